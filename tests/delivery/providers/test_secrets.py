import logging
from collections.abc import Callable
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts import secrets
from accounts.models import AuditEntry, User
from delivery.models import Provider
from delivery.providers.check import runs

CANARY = "canary-7f3A9"


@pytest.fixture
def provider(db: None) -> Provider:
    provider = Provider(name="Relay", host="127.0.0.1", port=2525, security="none", username="post")
    provider.password = CANARY
    provider.save()
    return provider


def test_a_sealed_secret_opens_again_and_is_not_the_plain_text(settings: Settings) -> None:
    sealed = secrets.seal("grüße 🔑")
    assert secrets.open(sealed) == "grüße 🔑"
    assert b"gr" not in sealed[:5]


def test_the_same_secret_is_sealed_differently_each_time() -> None:
    assert secrets.seal("same") != secrets.seal("same")


def test_a_new_secret_key_of_django_leaves_secrets_readable(settings: Settings) -> None:
    sealed = secrets.seal("kept")
    settings.SECRET_KEY = "another"
    assert secrets.open(sealed) == "kept"


def test_a_lost_key_is_said_in_words(settings: Settings) -> None:
    sealed = secrets.seal(CANARY)
    settings.SECRETS_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(secrets.Unreadable) as problem:
        secrets.open(sealed)
    assert CANARY not in str(problem.value)


def test_rotating_makes_the_old_key_superfluous(provider: Provider, settings: Settings) -> None:
    old, new = settings.SECRETS_KEYS[0], Fernet.generate_key().decode()
    settings.SECRETS_KEYS = [new, old]
    out = StringIO()
    call_command("rotate_secrets", stdout=out)
    settings.SECRETS_KEYS = [new]
    assert Provider.objects.get(pk=provider.pk).password == CANARY
    assert "1 secret sealed" in out.getvalue()


def test_rotating_changes_nothing_when_one_secret_cannot_be_read(provider: Provider, settings: Settings) -> None:
    stranger = Provider(name="Stranger", host="127.0.0.1", username="x")
    stranger.password_sealed = Fernet(Fernet.generate_key()).encrypt(b"lost")
    stranger.save()
    settings.SECRETS_KEYS = [Fernet.generate_key().decode(), *settings.SECRETS_KEYS]
    before = bytes(Provider.objects.get(pk=provider.pk).password_sealed or b"")
    with pytest.raises(CommandError, match="Stranger"):
        call_command("rotate_secrets")
    assert bytes(Provider.objects.get(pk=provider.pk).password_sealed or b"") == before


def test_the_database_never_holds_the_password_in_the_clear(provider: Provider) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT delivery_provider::text FROM delivery_provider")
        dump = "\n".join(row[0] for row in cursor.fetchall())
    assert "Relay" in dump
    assert CANARY not in dump
    assert CANARY.encode().hex() not in dump


def test_no_page_shows_the_password(provider: Provider, admin: User, client_for: Callable[[User], Client]) -> None:
    client = client_for(admin)
    for name, arguments in (("providers", []), ("provider", [provider.pk]), ("provider-edit", [provider.pk])):
        page = client.get(reverse(name, args=arguments))
        assert page.status_code == 200
        assert CANARY not in page.content.decode()


def test_a_form_sent_back_with_errors_does_not_show_the_password(
    admin: User, client_for: Callable[[User], Client]
) -> None:
    entered = {"name": "", "host": "smtp.example.org", "port": 587, "username": "post", "password": CANARY}
    page = client_for(admin).post(reverse("provider-new"), entered)
    assert page.status_code == 422
    assert CANARY not in page.content.decode()
    assert "Type the password once more." in page.content.decode(), "or the rest would be saved without it"


def test_saving_a_password_leaves_no_trace_in_log_or_audit(
    admin: User, client_for: Callable[[User], Client], caplog: pytest.LogCaptureFixture
) -> None:
    entered = {
        "name": "Relay",
        "host": "smtp.example.org",
        "port": 587,
        "security": "starttls",
        "username": "post",
        "password": CANARY,
        "connections": 5,
        "messages_per_connection": 100,
    }
    with caplog.at_level(logging.DEBUG):
        assert client_for(admin).post(reverse("provider-new"), entered).status_code == 302
    assert Provider.objects.get(name="Relay").password == CANARY
    assert CANARY not in caplog.text
    assert CANARY not in "".join(f"{entry.subject}{entry.detail}" for entry in AuditEntry.objects.all())


def test_neither_provider_nor_target_prints_the_password(provider: Provider, admin: User) -> None:
    assert CANARY not in repr(provider) + str(provider) + repr(runs.target(provider, recipient="kim@tester.example"))
