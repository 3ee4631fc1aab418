"""Every address, every role, every verb: the allowed change something real, the others nothing at all."""

import pytest
from django.urls import reverse

from tests.web import walking
from tests.web.address import Address
from tests.web.addresses import ADDRESSES
from tests.web.cast import ROLES, STRANGER, Cast

pytestmark = pytest.mark.django_db

NAMES = walking.names()
UNSAFE = ("post", "put", "patch", "delete")
REFUSED = {403, 404, 405}


def url_of(name: str, cast: Cast) -> str:
    return reverse(name, kwargs=ADDRESSES[name].args(cast)) + ADDRESSES[name].query


def may(address: Address, role: str) -> bool:
    return address.who is None or role in address.who


def test_every_address_is_known_here() -> None:
    missing = [name for name in NAMES if name not in ADDRESSES]
    gone = [name for name in ADDRESSES if name not in NAMES]
    assert not missing, f"no entry in tests/web/addresses for: {', '.join(missing)}"
    assert not gone, f"no such address any more: {', '.join(gone)}"


@pytest.mark.parametrize("name", [name for name in NAMES if name in ADDRESSES])
def test_reading_is_for_those_who_may_and_changes_nothing(name: str) -> None:
    address, cast = ADDRESSES[name], Cast(STRANGER)
    url = url_of(name, cast)
    for role in ROLES:
        cast.become(role)
        browser = cast.browser()
        before = walking.written()
        response = browser.get(url)
        b"".join(response)  # a file is closed at its end
        assert walking.written() == before, role
        if not may(address, role):
            _assert_refused(role, response.status_code, response.headers.get("Location", ""))
        elif address.get:
            assert response.status_code in address.statuses, role
        else:
            assert response.status_code == 405, role


@pytest.mark.parametrize("name", [name for name in NAMES if name in ADDRESSES])
def test_changing_is_for_those_who_may(name: str) -> None:
    address, cast = ADDRESSES[name], Cast(STRANGER)
    url = url_of(name, cast)
    for role in ROLES:
        cast.become(role)
        with cast.rolled_back():
            _try_to_change(address, cast, url)


def _try_to_change(address: Address, cast: Cast, url: str) -> None:
    verbs: tuple[str, ...] = UNSAFE
    if address.post and address.changes and may(address, cast.role):
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
