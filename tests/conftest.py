"""Services for the run, and the cast of all tests: an organisation and one person a role."""

import subprocess
from collections.abc import Callable
from functools import cache

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.models import Organisation, Role, User
from config import services

PASSWORD = "correct horse battery"

_LONGEST = ("test_exactly_once.py", "test_first_mail.py", "test_permissions.py", "test_accessibility.py", "test_run.py")
_running: list[subprocess.Popen[bytes]] = []


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):  # an xdist worker: its controller did it
        return
    for service in services.embedded(settings.VAR_DIR):
        service.place.make()
        service.prepare()
        with (settings.VAR_DIR / f"{service.name}.log").open("ab") as log:
            _running.append(subprocess.Popen(service.command, stdout=log, stderr=log, **service.place.identity))
        service.wait()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One xdist worker a file; all journeys on one, because they share a running product. The longest begin first."""
    for item in items:
        group = "journeys" if "journeys" in item.path.parts else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: _LONGEST.index(item.path.name) if item.path.name in _LONGEST else len(_LONGEST))


def pytest_unconfigure(config: pytest.Config) -> None:
    while _running:
        process = _running.pop()
        process.send_signal(2)  # PostgreSQL: a fast shutdown
        process.wait(30)


@pytest.fixture
def organisation(db: None) -> Organisation:
    return Organisation.objects.create(
        id=1,
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
    return User.objects.create(email=email, name=name, role=role, password=_hashed())


@cache
def _hashed() -> str:
    """As dear to make as a real one, so it is made once a process."""
    return make_password(PASSWORD)


@pytest.fixture
def client_for() -> Callable[[User], Client]:
    """A browser in which that person is logged in."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make
