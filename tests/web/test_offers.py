"""No page offers anybody what he is refused afterwards: links, forms, buttons and what scripts fetch by themselves.

Opens every page of the product once a role, which takes a minute.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from selectolax.lexbor import LexborHTMLParser

from accounts.login import confirming
from accounts.models import Role
from accounts.permissions import PERMISSIONS
from tests.web.address import Address
from tests.web.addresses import ADDRESSES, GROUPS
from tests.web.cast import Cast
from tests.web.test_permissions import may

pytestmark = pytest.mark.django_db

_LEADS = ("href", "action", "formaction", "hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete", "src")
_TEMPLATE = re.compile(rb"<(/?)template\b")
_LEADING = ", ".join(["form", *(f"[{name}]" for name in _LEADS)])


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("role", [Role.VIEWER, Role.MARKETER, Role.ADMIN])
def test_no_page_offers_what_its_reader_is_refused(group: str, role: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirming, "GRACE", timedelta(days=1))  # for which the one login counts
    cast = Cast(role)
    cast.stay_logged_in()
    offered = {
        f"{page} offers {where}"
        for name, address in GROUPS[group].items()
        if address.get and may(address, role)
        for page in _urls(name, address, cast)
        for where in _refused(page, cast)
    }
    assert not offered, "\n".join(sorted(offered))
    assert cast.browser().get("/").status_code == 200, "some page has ended the session"


def _urls(name: str, address: Address, cast: Cast) -> Iterator[str]:
    for args in (address.args, *address.states):
        yield address.url(name, args(cast))


def _refused(page: str, cast: Cast) -> Iterator[str]:
    response = cast.browser().get(page)
    body = b"".join(response)  # a file is closed at its end
    if "html" not in response.headers.get("Content-Type", ""):
        return
    shown = LexborHTMLParser(_TEMPLATE.sub(rb"<\1div", body))  # what scripts make copies of leads somewhere, too
    yield from (f"a button for the dialog {name}, which is not there" for name in _missing_dialogs(shown))
    for where in _led_to(shown, page):
        permission = _asked_at(urlsplit(where).path)
        if permission is not None and permission not in PERMISSIONS[cast.role]:
            yield f"{where} ({permission})"


@cache  # many a page leads to the same
def _asked_at(path: str) -> str | None:
    """The permission that who opens it must have."""
    try:
        permission: str | None = getattr(resolve(path).func, "permission", None)
    except Resolver404:
        return None
    return permission


def _missing_dialogs(shown: LexborHTMLParser) -> list[str]:
    wanted = [button.attributes["data-dialog"] or "" for button in shown.css("[data-dialog]")]
    there = {tag.attributes["id"] for tag in shown.css("[id]")}
    return [name for name in wanted if name not in there]


def _led_to(shown: LexborHTMLParser, page: str) -> set[str]:
    """Addresses of this site to which something on the page leads."""
    found = set()
    for tag in shown.css(_LEADING):
        given = tag.attributes
        places = [given[name] or "" for name in _LEADS if name in given]
        if tag.tag == "form" and given.get("method") == "post" and "action" not in given:
            places.append(page)
        found |= {urljoin(page, place) for place in places if not urlsplit(place).netloc}
    return found


def test_all_pages_are_walked() -> None:
    assert sum(address.get for address in ADDRESSES.values()) > 50
