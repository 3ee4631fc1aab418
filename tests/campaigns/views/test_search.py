"""The search from anywhere, over whatever has a name."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from campaigns import starters
from campaigns.models import Campaign, Template
from contacts.models import MailingList, Segment, SignupForm
from delivery.models import Batch
from tests.web.cast import Cast

pytestmark = pytest.mark.django_db

KINDS = ("Campaigns", "Lists", "Segments", "Forms", "Templates")
_MAKERS: dict[str, Callable[[str], object]] = {
    "Campaigns": lambda name: Campaign.objects.create(name=name),
    "Lists": lambda name: MailingList.objects.create(name=name),
    "Segments": lambda name: Segment.objects.create(name=name),
    "Forms": lambda name: SignupForm.objects.create(name=name),
    "Templates": lambda name: Template.objects.create(campaign=Campaign.objects.create(name=name)),
}


def found(browser: Client, words: str) -> dict[str, dict[str, str]]:
    """Of each kind the addresses, each with what it says."""
    page = browser.get(reverse("search"), {"q": words}, headers={"HX-Request": "true"}).content.decode()
    sections = re.findall(r'<section aria-label="(\w+)">(.*?)</section>', page, re.DOTALL)
    rows = {kind: re.findall(r'<a href="([^"]+)">(.*?)</a>', section, re.DOTALL) for kind, section in sections}
    return {kind: {url: re.sub("<[^>]+>", "", words) for url, words in links} for kind, links in rows.items()}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MARKETER, Role.OWNER])
def test_every_kind_is_found_by_its_name_and_leads_where_the_person_may_go(role: Role) -> None:
    cast = Cast(role)
    for make in _MAKERS.values():
        make("Überlinger Bücher")
    browser = cast.browser()
    everything = found(browser, "überlinger BÜCH")
    assert set(everything) == set(KINDS) - ({"Templates"} if role == Role.VIEWER else set())
    for links in everything.values():
        assert [browser.get(url).status_code for url in links] == [200]
    hint = browser.get(reverse("search")).content.decode().partition('id="everything-hint">')[2].partition("</p>")[0]
    assert "lists, segments, forms" in hint
    assert ("templates" in hint) == ("Templates" in everything)


def test_what_was_put_away_is_found_and_says_so() -> None:
    browser, now = Cast(Role.MARKETER).browser(), timezone.now()
    MailingList.objects.create(name="Harbour", archived_at=now)
    SignupForm.objects.create(name="Harbour fair", archived_at=now, paused_at=now)
    SignupForm.objects.create(name="Harbour", paused_at=now)
    Template.objects.create(campaign=Campaign.objects.create(name="Harbour"), archived_at=now)
    assert {kind: list(links.values()) for kind, links in found(browser, "harbour").items()} == {
        "Lists": ["Harbour Archived"],
        "Forms": ["Harbour Paused", "Harbour fair Archived"],
        "Templates": ["Harbour Put away"],
    }


def test_campaigns_whose_subject_alone_says_it_come_behind_those_of_the_name_the_latest_first() -> None:
    browser = Cast(Role.MARKETER).browser()
    for name in ("Old letter", "New letter"):
        Campaign.objects.create(name=name, subject="Spring is here")
    Campaign.objects.create(name="Spring for everybody")
    Campaign.objects.create(name="Spring")
    shown = [words.removesuffix(" Draft") for words in found(browser, "spring")["Campaigns"].values()]
    assert shown == ["Spring", "Spring for everybody", "New letter", "Old letter"]


def test_templates_that_came_with_the_product_are_found_beside_ones_own() -> None:
    starter = starters.all()[0]
    Template.objects.create(campaign=Campaign.objects.create(name=f"{starter.name} of ours"))
    browser = Cast(Role.MARKETER).browser()
    links = found(browser, starter.name.upper())["Templates"]
    assert list(links.values()) == [f"{starter.name} Ours", f"{starter.name} of ours"]
    assert [browser.get(url).status_code for url in links] == [200, 200]


def test_search_says_which_campaign_is_a_rehearsal() -> None:
    batch = Batch.objects.create(content_kind="edition", content_id=1, rehearsal=True, state="done")
    Campaign.objects.create(name="Spring", batch=batch)
    assert list(found(Cast(Role.MARKETER).browser(), "spring")["Campaigns"].values()) == ["Spring Sent, rehearsal"]


def test_many_of_a_kind_are_few_and_the_one_that_is_typed_whole_comes_first() -> None:
    browser = Cast(Role.MARKETER).browser()
    for kind in KINDS:
        for before in ("A ", "B ", "C ", "D ", "E ", "F ", ""):
            _MAKERS[kind](f"{before}Readers")
    assert found(browser, "nobody") == {}  # what is kept for a while is asked for here
    with CaptureQueriesContext(connection) as of_one:
        assert list(found(browser, "f readers")["Lists"].values()) == ["F Readers"]
    with CaptureQueriesContext(connection) as of_many:
        everything = found(browser, "readers")
    for kind in KINDS:
        said = [words.removesuffix(" Draft") for words in everything[kind].values()]
        assert said == ["Readers", "A Readers", "B Readers", "C Readers", "D Readers"]
    assert len(of_many) == len(of_one)
