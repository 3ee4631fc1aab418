"""The click map: the sent mail, what each link brought on it, and nothing in it that leads away or counts."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns.models import Campaign, Edition
from delivery import html_tokens
from tests.campaigns.reporting.conftest import Out
from tracking.models import Event, EventKind, Link

pytestmark = pytest.mark.django_db


def shown(browser: Client, out: Out, query: str = "") -> str:
    answer = browser.get(f"/campaigns/{out.campaign.pk}/clicks/{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_each_link_carries_its_place_share_and_people(send: Callable[..., Out], browser: Client) -> None:
    out = send(4)
    out.did(EventKind.CLICK, 0, 1, 2, link=out.links[0].pk)
    out.did(EventKind.CLICK, 0, link=out.links[1].pk)
    page = shown(browser, out)
    assert "<b>1</b>75.0\N{NO-BREAK SPACE}% · 3" in page
    assert "<b>2</b>25.0\N{NO-BREAK SPACE}% · 1" in page
    assert re.search(r'<a id="link-\d+"[^>]*data-tallypost="4">', page), "the most followed"
    assert re.search(r'<a id="link-\d+"[^>]*data-tallypost="2">', page), "a third as much"
    assert "Hello Reader" in page, "as one of its people got it"


def test_links_lead_to_their_row_or_nowhere(send: Callable[..., Out], browser: Client) -> None:
    out = send(2)
    page = shown(browser, out)
    rows = [f"{out.campaign.get_absolute_url()}#link-row-{link.pk}" for link in out.links]
    assert [href for href in html_tokens.hrefs(html_tokens.tokens(page)) if href] == rows
    assert "<base" not in page
    report = browser.get(out.campaign.get_absolute_url()).content.decode()
    for link in out.links:
        assert f'id="link-row-{link.pk}"' in report
        assert f"clicks/?version=1#link-{link.pk}" in report
        assert f'id="link-{link.pk}"' in page


def test_looking_at_it_counts_nothing(send: Callable[..., Out], browser: Client) -> None:
    out = send(2)
    page = shown(browser, out)
    assert "/o/" not in page
    assert "/c/" not in page
    assert not Event.objects.exists()


def test_no_script_runs_and_only_the_page_round_it_may_frame_it(send: Callable[..., Out], browser: Client) -> None:
    answer = browser.get(f"/campaigns/{send(2).campaign.pk}/clicks/")
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox allow-top-navigation-by-user-activation" in policy
    assert "allow-scripts" not in policy
    assert "frame-ancestors 'self'" in policy


def test_a_link_that_says_something_dangerous_says_it_harmlessly(send: Callable[..., Out], browser: Client) -> None:
    out = send(2)
    Link.objects.filter(pk=out.links[0].pk).update(label='"><script>alert(1)</script>')
    assert "<script>" not in shown(browser, out)


def test_each_version_shows_its_own_links(send: Callable[..., Out], browser: Client) -> None:
    out = send(3)
    first = Edition.objects.get(batch=out.batch)
    new = Link.objects.create(batch=out.batch, url="https://shop.example/new", label="New", position=2, versions=[2])
    html = first.html.replace("https://shop.example/b", "https://shop.example/new")
    Edition.objects.create(
        campaign=out.campaign,
        batch=out.batch,
        version=2,
        link_ids=[out.links[0].pk, new.pk],
        sender_name="N",
        sender_email="n@nordlicht.example",
        subject="Second",
        html=html,
        text=first.text,
    )
    out.did(EventKind.CLICK, 1, link=new.pk)
    assert "<b>3</b>33.3\N{NO-BREAK SPACE}% · 1" in shown(browser, out, "?version=2")
    assert f'id="link-{new.pk}"' not in shown(browser, out, "?version=1")
    assert browser.get(f"/campaigns/{out.campaign.pk}/clicks/?version=3").status_code == 404


def test_it_costs_the_same_for_any_number_of_people(send: Callable[..., Out], browser: Client) -> None:
    def queries(out: Out) -> int:
        with CaptureQueriesContext(connection) as captured:
            shown(browser, out)
        return len(captured)

    few, many = send(2), send(30)
    queries(few)
    assert queries(few) == queries(many)


def test_a_draft_has_no_click_map(send: Callable[..., Out], browser: Client) -> None:
    draft = Campaign.objects.create(name="Draft")
    assert browser.get(f"/campaigns/{draft.pk}/clicks/").status_code == 404
