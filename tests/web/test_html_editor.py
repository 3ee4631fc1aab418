"""The editor of HTML opens on the line that a finding speaks of. Takes seconds: a browser is started."""

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from campaigns.models import Campaign
from tests.web import stage
from tests.web.browser import visitor
from tests.web.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_a_finding_leads_to_its_line(live_server: LiveServer, width: int, height: int) -> None:
    cast = Cast(Role.OWNER)
    lines = [f"<p>Words of line {number}</p>" for number in range(1, 201)]
    lines[149] = '<p><a href="http://shop.nordlicht.example/">The shop</a></p>'
    campaign = stage.campaign(cast)
    Campaign.objects.filter(pk=campaign.pk).update(content_kind="html", html="\n".join(lines))
    with visitor(live_server.url, cast.browser().cookies["sessionid"].value) as visit:
        visit.page.set_viewport_size({"width": width, "height": height})
        visit.page.goto(f"/campaigns/{campaign.pk}/check/")
        visit.page.get_by_role("link", name="Go to line 150").click()
        active = visit.page.locator(".cm-activeLine")
        expect(active).to_have_text(lines[149])
        expect(active).to_be_in_viewport()
        visit.page.keyboard.press("Delete")
        expect(visit.page.locator(".cm-activeLine")).to_have_text("")
        assert not visit.found
