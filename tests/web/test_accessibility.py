"""Every page there is, full of data, with its dialogs and errors open: axe finds nothing.

Takes seconds a page: each is looked at in two themes and two widths in a real browser.
"""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from accounts.login import confirming
from accounts.models import Role
from tests.web.addresses import GROUPS
from tests.web.addresses.accounts import with_app
from tests.web.browser import Visitor, visitor
from tests.web.cast import STRANGER, Cast

pytestmark = pytest.mark.django_db(transaction=True)

# What people print, and hand on, besides the report of a campaign.
PRINTED = {"home", "campaign-proof", "deliverability", *GROUPS["across"]}


@pytest.fixture(autouse=True)
def _nobody_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine a walk takes longer than the minutes for which a login counts."""
    monkeypatch.setattr(confirming, "GRACE", timedelta(days=1))


@pytest.mark.parametrize("group", GROUPS)
def test_axe_finds_nothing_on_any_page(group: str, live_server: LiveServer) -> None:
    cast = Cast(Role.OWNER)
    pages = [
        (address.url(name, args(cast)), address.spoil, name in PRINTED)
        for name, address in GROUPS[group].items()
        if address.is_page
        for args in (address.args, *address.states)
    ]
    session = cast.browser().cookies["sessionid"].value
    with visitor(live_server.url, session) as visit:
        for url, spoil, is_printed in pages:
            _visit(visit, url, spoil)
            if is_printed or visit.page.locator(".report").count():
                visit.look_on_paper()
    assert not visit.found, "\n" + "\n".join(visit.found)


def test_a_chart_that_was_drawn_on_a_wider_screen_widens_no_page(live_server: LiveServer) -> None:
    cast = Cast(Role.OWNER)
    why = GROUPS["contacts"]["segment-why"]
    session, path = cast.browser().cookies["sessionid"].value, why.url("segment-why", why.args(cast))
    with visitor(live_server.url, session) as visit:
        visit.page.set_viewport_size({"width": 390, "height": 900})
        visit.page.goto(path)
        wide = """canvas => {
            canvas.style.width = '960px'
            return document.documentElement.scrollWidth - innerWidth
        }"""
        assert visit.page.locator(".chart canvas[style]").evaluate(wide) == 0


@pytest.mark.parametrize("path", ["/login/", "/login/passkey/", "/nothing-here/"])
def test_axe_finds_nothing_where_a_stranger_gets(path: str, live_server: LiveServer) -> None:
    Cast(STRANGER)
    with visitor(live_server.url, None) as visit:
        visit.page.goto(path)
        visit.look()
        if path == "/login/":
            visit.send("main .btn-primary")
            visit.look("with errors")
    found = [text for text in visit.found if "status of 404" not in text]
    assert not found, "\n" + "\n".join(found)


def test_axe_finds_nothing_where_a_second_factor_is_set_up_and_asked_for(live_server: LiveServer) -> None:
    cast = Cast(Role.VIEWER)
    with_app(cast)
    assert cast.actor
    cast.actor.set_password("correct horse battery")
    cast.actor.save()
    half_way, colleague = Client(), Client()
    half_way.post("/login/", {"login": cast.actor.email, "password": "correct horse battery"})
    colleague.force_login(cast.owner)
    sessions = [browser.cookies["sessionid"].value for browser in (colleague, half_way)]
    with visitor(live_server.url, sessions[0]) as visit:
        _visit(visit, "/account/two-factor/app/", "main .btn-primary")
        visit.page.context.add_cookies([{"name": "sessionid", "value": sessions[1], "url": live_server.url}])
        _visit(visit, "/login/second-factor/", "main .btn-primary")
    assert not visit.found, "\n" + "\n".join(visit.found)


def test_axe_finds_nothing_on_the_set_up_page(live_server: LiveServer) -> None:
    with visitor(live_server.url, None) as visit:
        _visit(visit, "/setup/", "main .btn-primary")
    assert not visit.found, "\n" + "\n".join(visit.found)


def _visit(visit: Visitor, url: str, spoil: str) -> None:
    response = visit.page.goto(url)
    if response is None or response.status != 200 or urlsplit(visit.page.url).path != urlsplit(url).path:
        visit.note(f"{url} answered {response.status if response else 'nothing'} at {visit.page.url}")
        return
    visit.look(with_dialogs=True)
    if spoil:
        visit.send(spoil)
        visit.look("with errors")
