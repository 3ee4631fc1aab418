"""Services for the run, and the cast of all tests: an organisation and one person a role."""

import contextlib
import gc
import importlib
import os
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, cast

import hypothesis
import pytest
import redis
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, login
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.contrib.contenttypes.management import create_contenttypes
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.cache import cache as kept
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate
from django.http import FileResponse, HttpRequest, HttpResponse
from django.template import Context, RequestContext, Template
from django.test import Client, TransactionTestCase
from django.test.signals import template_rendered
from django.test.utils import _TestState
from django.utils.safestring import SafeString
from hypothesis import HealthCheck
from hypothesis.internal.charmap import intervals_from_codec
from hypothesis.internal.constants_ast import constants_from_module, is_local_module_file
from pytest_django import DjangoDbBlocker
from xdist.scheduler import LoadScopeScheduling

from accounts.models import BrandKit, Organisation, Role, User
from accounts.sessions.store import SessionStore
from config import services
from contacts.segments import measuring
from delivery.guards import heartbeat
from tests.database.base import DatabaseWrapper

pytest_plugins = ["tests.mailbox"]
PASSWORD = "correct horse battery"

_LONGEST = (
    *("test_exactly_once.py", "test_accessibility.py", "test_canvas.py", "test_first_mail.py", "test_rehearsal.py"),
    *("test_places.py", "test_run.py", "test_warmed.py", "test_strangers.py", "test_offers.py"),
    *("test_recovery.py", "test_killed.py", "test_demo.py", "test_states.py", "test_throttling.py", "test_settling.py"),
)
_APART = ("/test_accessibility.py", "/test_offers.py")
# Many tests that wait for nothing, in shares of some seconds: until the end no processor is without work.
_LAST, _SHARES = "test_permissions.py", 24
# A password takes a guesser long in the products that tests start; here it is hashed the same way, but at once.
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1
# A busy machine is slow, which says nothing about what is tested.
hypothesis.settings.register_profile("tallypost", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.settings.load_profile("tallypost")
# No test pulls the plug: what the kernel has is as good as what the disk has.
_FORGETFUL = ("--fsync=off", "--full_page_writes=off")
# Nor does ANALYZE come by in the middle of a test: it finds full pages and, as nothing is committed, nobody in them. A
# few hundred people are then joined for minutes, as if there were none. `_without_old_rows` takes the place of VACUUM.
_UNDISTURBED = ("--autovacuum=off",)
# What a page counts at once, it counts in a blink or says later: a test of that alone is as impatient as users are.
AT_ONCE_MS, measuring.AT_ONCE_MS = measuring.AT_ONCE_MS, 15_000
_NOTHING_IS_LEFT_OUT = os.environ.get("TALLYPOST_EVERY_TEST") == "1"
_redis = redis.Redis.from_url(settings.REDIS_URL)
_VACUUM_SECONDS, _vacuumed_at = 20.0, 0.0
_running: list[subprocess.Popen[bytes]] = []
_ahead: list[subprocess.Popen[bytes]] = []


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):  # an xdist worker: its controller did it
        return
    for service in services.embedded(settings.VAR_DIR):
        service.place.make()
        service.prepare()
        with (settings.VAR_DIR / f"{service.name}.log").open("ab") as log:
            command = [
                *service.command,
                *((*_FORGETFUL, *_UNDISTURBED) if isinstance(service, services.Postgres) else ()),
            ]
            _running.append(subprocess.Popen(command, stdout=log, stderr=log, **service.place.identity))
        service.wait()
    if getattr(config.option, "numprocesses", None):
        _ahead.append(subprocess.Popen([sys.executable, "-m", "tests.database"], cwd=config.rootpath))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """On a machine that was given all it needs (`.ci/run`), a test that is left out for want of a program fails."""
    report = yield
    if report.skipped and _NOTHING_IS_LEFT_OUT and isinstance(report.longrepr, tuple):
        reason = str(report.longrepr[2]).removeprefix("Skipped: ")
        if not reason.startswith("only root"):  # rights that a container may withhold are no program
            report.outcome = "failed"
            report.longrepr = f"{report.nodeid} was left out, which no test may be here: {reason}"
    return report


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest begin first, and the finest shares last."""
    turns = {name: turn for turn, name in enumerate(_LONGEST)} | {_LAST: len(_LONGEST) + 1}
    items.sort(key=lambda item: turns.get(item.path.name, len(_LONGEST)))


def pytest_collection(session: pytest.Session) -> None:
    """Thousands of tests stay to the end: no collection of garbage need look through them again and again."""
    gc.disable()
    if hasattr(session.config, "workerinput") and session.config.args == session.config.getini("testpaths"):
        worker = session.config.workerinput
        number, of = int(worker["workerid"].removeprefix("gw")), worker["workercount"]
        _compile_share(session.config.rootpath, number, of)
        _read_share(number, of)


def _compile_share(root: Path, number: int, of: int) -> None:
    """In a fresh checkout pytest rewrites and compiles each module of tests, which is kept for whoever imports it next.

    All xdist workers would come to the same module at the same time: each begins with other ones instead.
    """
    modules = sorted(root.glob("tests/**/test_*.py"))
    for module in modules[number::of]:
        with contextlib.suppress(Exception, pytest.skip.Exception):  # the collection comes to it again, and says it
            importlib.import_module(".".join(module.relative_to(root).with_suffix("").parts))


def _read_share(number: int, of: int) -> None:
    """Hypothesis tries the constants of our modules and must know all letters: what one worker finds, it keeps for all.

    When the collection ends each worker asks for all of them, all at the same time.
    """
    if number == 0:
        intervals_from_codec("utf-8")
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if zlib.crc32(name.encode()) % of == number and file and is_local_module_file(file):
            constants_from_module(module)


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)  # what one test leaves is little
    gc.enable()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return _ByFile(config, log)


class _ByFile(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """One xdist worker a file.

    Of files whose tests take long and share nothing, any worker that is free takes the next test. What is asked of all
    addresses is shared out by address, which is staged once for all its tests.
    """

    def _split_scope(self, nodeid: str) -> str:
        path, _, test = nodeid.partition("::")
        if path.endswith(f"/{_LAST}"):
            return f"{path} {zlib.crc32(test.partition('[')[2].encode()) % _SHARES}"
        return nodeid if path.endswith(_APART) else path


def pytest_unconfigure(config: pytest.Config) -> None:
    while _ahead:
        _ahead.pop().wait(60)
    while _running:
        process = _running.pop()
        process.send_signal(2)  # PostgreSQL: a fast shutdown
        process.wait(60)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """After each test that committed Django says again which tables and permissions there are: those are kept here."""
    assert post_migrate.disconnect(create_contenttypes)
    assert post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    assert hasattr(TransactionTestCase, "_should_reload_connections")  # after a test that committed; always, by itself
    TransactionTestCase._should_reload_connections = _is_session_spoiled
    Client._login = _log_in  # type: ignore[attr-defined]  # django-stubs leave it out


@pytest.fixture(scope="session", autouse=True)
def _what_pages_knew(django_test_environment: None) -> None:
    """Django would copy for a test what each of a page's many templates knew: that of the page itself is enough."""
    plain = _TestState.saved_data.template_render  # type: ignore[attr-defined]  # django-stubs leave them out

    def render(template: Template, context: Context) -> SafeString:
        if context.template is template and isinstance(context, RequestContext):
            template_rendered.send(sender=template, template=template, context=context)
        return cast("SafeString", plain(template, context))

    Template._render = render  # type: ignore[attr-defined]


@pytest.fixture(scope="session", autouse=True)
def _bundle_is_kept(django_test_environment: None) -> None:
    """A browser would ask with each page whether scripts, styles and fonts changed that were built a moment ago."""
    plain = StaticFilesHandler.serve

    def serve(self: StaticFilesHandler, request: HttpRequest) -> HttpResponse | FileResponse:
        answer = plain(self, request)
        answer["Cache-Control"] = "max-age=3600"
        return answer

    StaticFilesHandler.serve = serve  # type: ignore[assignment]


_log_in_as_django_does = Client._login  # type: ignore[attr-defined]  # as above


def _log_in(client: Client, user: User, backend: str | None = None) -> None:
    """Django would store a session before the login and another one at it: in a new browser there is none to leave."""
    if settings.SESSION_COOKIE_NAME in client.cookies:
        _log_in_as_django_does(client, user, backend)
        return
    request = HttpRequest()
    request.session = SessionStore()
    request.session.update({SESSION_KEY: str(user.pk), HASH_SESSION_KEY: user.get_session_auth_hash()})
    login(request, user, backend)
    request.session.save()
    client._set_login_cookies(request)  # type: ignore[attr-defined]  # as above


def _is_session_spoiled(_: TransactionTestCase) -> bool:
    return not cast("DatabaseWrapper", connections[DEFAULT_DB_ALIAS]).is_as_new()


@pytest.fixture(scope="module", autouse=True)
def _without_old_rows(django_db_blocker: DjangoDbBlocker) -> None:
    """What tests have rolled back still lies in the tables, and whatever reads them goes over it."""
    global _vacuumed_at
    database, now = connections[DEFAULT_DB_ALIAS], time.monotonic()
    if database.connection is None or database.in_atomic_block or now - _vacuumed_at < _VACUUM_SECONDS:
        return
    with django_db_blocker.unblock(), database.cursor() as cursor:
        cursor.execute("VACUUM (SKIP_LOCKED)")
    _vacuumed_at = now


@pytest.fixture(autouse=True)
def _no_old_heartbeat() -> None:
    """A test that let the dispatcher work a minute ago would have every page say that nothing is sent."""
    _redis.delete(kept.make_key(heartbeat.KEY))  # thousands of times: the cache makes a client for each call


@pytest.fixture
def organisation(db: None) -> Organisation:
    return Organisation.objects.create(
        id=1,
        brand=BrandKit.objects.create(),
        name="Nordlicht Books",
        postal_address="Hafenstraße 7\n20457 Hamburg\nGermany",
        time_zone="Europe/Berlin",
        sender_name="Nordlicht Books",
        sender_email="news@nordlicht.example",
        public_url="https://news.nordlicht.example",
    )


@pytest.fixture
def owner(organisation: Organisation) -> User:
    return _person("owner@nordlicht.example", "Olga Owner", Role.OWNER)


@pytest.fixture
def admin(organisation: Organisation) -> User:
    return _person("admin@nordlicht.example", "Aron Admin", Role.ADMIN)


@pytest.fixture
def marketer(organisation: Organisation) -> User:
    return _person("marketer@nordlicht.example", "Mia Marketer", Role.MARKETER)


@pytest.fixture
def viewer(organisation: Organisation) -> User:
    return _person("viewer@nordlicht.example", "Vito Viewer", Role.VIEWER)


def _person(email: str, name: str, role: Role) -> User:
    return User.objects.create(email=email, name=name, role=role, password=make_password(PASSWORD))


@pytest.fixture
def client_for() -> Callable[[User], Client]:
    """A browser in which that person is logged in."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make
