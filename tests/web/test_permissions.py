"""Every address, every role, every verb: the allowed change something real, the others nothing at all.

Nor does what another site made a browser send change anything, and nothing that a request may carry is an error.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from accounts.login import confirming
from accounts.models import Role
from accounts.sessions import listing
from tests.web import walking
from tests.web.address import Address
from tests.web.addresses import ADDRESSES
from tests.web.cast import ROLES, STRANGER, Cast
from tests.web.test_csrf import WITHOUT_TOKEN

pytestmark = pytest.mark.django_db

NAMES = walking.names()
KNOWN = [name for name in NAMES if name in ADDRESSES]
UNSAFE = ("post", "put", "patch", "delete")
REFUSED = {403, 404, 405}
# As people come here. By another one each page looks first whether it is a host of counted links, where nobody works.
HOST = "news.nordlicht.example"
A_DAY = timedelta(days=1)
# NUL, which PostgreSQL does not take; more digits than Python reads; a digit that is no decimal.
HOSTILE = ("a\0b", "9" * 5_000, "²")
READ = [
    "q",
    "who",
    "state",
    "list",
    "before",
    "after",
    "trail",
    "term",
    "link",
    "contact",
    "as",
    "view",
    "open",
    "preset",
    "test",
    "seen",
    "version",
    "kind",
    "block",
    "position",
    "inside",
    "column",
    "direction",
    "starter",
    "typed",
    "provider",
    "name",
    "label",
    "reason",
    "next",
    "theme",
    "everyone",
    "lists",
    "newest_id",
    "column-0",
    "label-0",
]


class Staged:
    """One address with all it needs, and everybody logged in. What a test does to it has not happened for the next."""

    def __init__(self, name: str, sessions: dict[str, str]) -> None:
        self.name = name
        self.address = ADDRESSES[name]
        self.cast = Cast(STRANGER)
        self.cast.client_options["SERVER_NAME"] = HOST
        self.cast.sessions.update(sessions)
        self.args = self.address.args(self.cast)

    @property
    def url(self) -> str:
        return reverse(self.name, kwargs=self.args)


@pytest.fixture(scope="module")
def _sessions(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, str]]:
    """Of somebody of each role in one organisation, logged in once for all addresses.

    The login counts for all of them, and when a browser was last seen is written now: later every request would do so.
    """
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(confirming, "GRACE", A_DAY)
        patch.setattr(listing, "_STALE_SECONDS", A_DAY.total_seconds())
        patch.setattr(settings, "ALLOWED_HOSTS", [*settings.ALLOWED_HOSTS, HOST])
        cast = Cast(STRANGER)
        for role in Role.values:
            cast.become(role)
            cast.stay_logged_in()
            assert cast.browser().get(reverse("account_logout")).status_code == 200
        yield cast.sessions
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def staged(
    request: pytest.FixtureRequest, _sessions: dict[str, str], django_db_blocker: DjangoDbBlocker
) -> Iterator[Staged]:
    """Made once for all that is asked of an address."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Staged(request.param, _sessions)
        transaction.set_rollback(True)


def may(address: Address, role: str) -> bool:
    return address.who is None or role in address.who


def test_every_address_is_known_here() -> None:
    missing = [name for name in NAMES if name not in ADDRESSES]
    gone = [name for name in ADDRESSES if name not in NAMES]
    assert not missing, f"no entry in tests/web/addresses for: {', '.join(missing)}"
    assert not gone, f"no such address any more: {', '.join(gone)}"


@pytest.mark.parametrize("staged", KNOWN, indirect=True)
def test_reading_is_for_those_who_may_and_changes_nothing(staged: Staged) -> None:
    address, cast = staged.address, staged.cast
    for role in ROLES:
        cast.become(role)
        browser = cast.browser()
        before = walking.written()
        response = browser.get(staged.url + address.query)
        b"".join(response)  # a file is closed at its end
        assert walking.written() == before, role
        if not may(address, role):
            _assert_refused(role, response.status_code, response.headers.get("Location", ""))
        elif address.get:
            assert response.status_code in address.statuses, role
        else:
            assert response.status_code == 405, role


@pytest.mark.parametrize("staged", KNOWN, indirect=True)
def test_changing_is_for_those_who_may(staged: Staged) -> None:
    for role in ROLES:
        staged.cast.become(role)
        with staged.cast.rolled_back():
            _try_to_change(staged.address, staged.cast, staged.url + staged.address.query)


@pytest.mark.parametrize("staged", [name for name in KNOWN if name not in WITHOUT_TOKEN], indirect=True)
def test_a_post_without_a_token_is_refused(staged: Staged) -> None:
    staged.cast.become(Role.OWNER)
    with staged.cast.rolled_back():
        data = staged.address.post(staged.cast) if staged.address.post else {}
        browser = staged.cast.browser(enforce_csrf_checks=True)
        before = walking.written()
        assert browser.post(staged.url, data).status_code == 403
        assert walking.written() == before


@pytest.mark.parametrize("staged", KNOWN, indirect=True)
def test_hostile_values_are_no_error(staged: Staged) -> None:
    staged.cast.become(Role.OWNER)
    with staged.cast.rolled_back():
        browser = staged.cast.browser()
        usual: dict[str, Any] = staged.address.post(staged.cast) if staged.address.post else {}
        for value in HOSTILE:
            said = dict.fromkeys(READ, value)
            tries = [("get", said), ("post", said), *(("post", usual | {field: value}) for field in usual)]
            for verb, data in tries:
                with transaction.atomic():
                    b"".join(getattr(browser, verb)(staged.url, data))
                    transaction.set_rollback(True)


def _try_to_change(address: Address, cast: Cast, url: str) -> None:
    verbs: tuple[str, ...] = UNSAFE
    if address.post and address.changes and may(address, cast.role):
        with cast.rolled_back():  # and with that a session which it ended is there again
            data, before = address.post(cast), address.changes(cast)
            response = cast.browser().post(url, data)
            b"".join(response)  # a file is closed at its end
            assert response.status_code < 400, f"{cast.role}: {response.content.decode()[:3000]}"
            assert address.changes(cast) != before, cast.role
        verbs = UNSAFE[1:]
    _assert_nothing_changes(address, cast, url, verbs)


def _assert_nothing_changes(address: Address, cast: Cast, url: str, verbs: tuple[str, ...]) -> None:
    data = address.post(cast) if address.post and "post" in verbs and cast.actor else {}
    browser, before = cast.browser(), walking.written()
    for verb in verbs:
        response = getattr(browser, verb)(url, data) if verb == "post" else getattr(browser, verb)(url)
        assert response.status_code < 500, cast.role
        if not may(address, cast.role):
            _assert_refused(cast.role, response.status_code, response.headers.get("Location", ""))
    assert walking.written() == before, cast.role


def _assert_refused(role: str, status: int, location: str) -> None:
    if role == STRANGER:
        assert status in REFUSED or location.startswith("/login/"), f"answered {status} {location}"
    else:
        assert status in REFUSED, f"{role} was answered {status} {location}"
