"""What recipients see, walked through in several languages and without scripts: axe finds nothing."""

import pytest
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from tests.web import stage
from tests.web.browser import TARGETS, visitor
from tests.web.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("language", ["de", "ar", "ja"])
def test_axe_finds_nothing_from_the_first_look_to_undo(language: str, live_server: LiveServer) -> None:
    cast = Cast(Role.OWNER)
    token = stage.unsubscribe_token(cast)["token"]
    with visitor(live_server.url, None, rules=TARGETS) as visit:
        page = visit.page
        page.set_extra_http_headers({"Accept-Language": language})
        page.goto(f"/u/{token}")
        assert page.get_attribute("html", "lang") == language
        visit.look()
        page.check("input[name=opens][value=refused]")
        page.check("input[name=clicks][value=given]")
        visit.send("form[action$=counting] button")
        visit.look("answered")
        assert page.is_checked("input[name=opens][value=refused]")
        page.goto(f"/u/{token}/preferences")
        visit.look("choices")
        page.check("input[name=days][value='60']")
        visit.send("button[value=pause]")
        visit.look("paused")
        assert page.is_visible("button[value=resume]")
        page.goto(f"/u/{token}")
        visit.send("form[action$=leave] .btn-primary")
        visit.look("left")
        visit.send("form[action$=undo] button")
        visit.look("undone")
        page.goto("/u/nothing")
        visit.look("unknown")
    found = [text for text in visit.found if "status of 404" not in text]
    assert not found, "\n" + "\n".join(found)
