"""A report given away by a link: numbers and the mail for whoever has it, for as long as it works, and no more."""

import csv
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from campaigns.models import Campaign, SharedReport
from campaigns.reporting import sharing
from delivery import html_tokens
from tests.campaigns.reporting.conftest import Out
from tracking.models import EventKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def out(send: Callable[..., Out]) -> Out:
    cache.clear()
    sent = send(4)
    sent.did(EventKind.CLICK, 0, 1, link=sent.links[0].pk)
    sent.did(EventKind.UNSUBSCRIBE, 2, channel="page")
    return sent


def shared(out: Out, browser: Client, days: str = "30") -> SharedReport:
    answer = browser.post(f"/campaigns/{out.campaign.pk}/share/", {"days": days, "note": "The board"})
    assert answer.status_code == 302
    return SharedReport.objects.latest("id")


def test_whoever_has_the_link_reads_the_numbers_without_a_login(out: Out, browser: Client) -> None:
    link = shared(out, browser)
    answer = Client().get(f"/shared/{sharing.token(link)}/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "2 of 4 people clicked (50.0\N{NO-BREAK SPACE}%), 1 unsubscribed." in page
    assert "Offer A" in page
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies


def test_nobody_is_named_and_nothing_leads_to_people(out: Out, browser: Client) -> None:
    token = sharing.token(shared(out, browser))
    page, mail = (Client().get(f"/shared/{token}/{end}").content.decode() for end in ("", "mail/"))
    for message in out.messages:
        assert message.email not in page + mail
    assert "Reader0" not in page + mail
    assert "Hello you" in mail, "as somebody of whom nothing is known"
    assert "<b>1</b>50.0\N{NO-BREAK SPACE}% · 2" in mail
    assert not [href for href in html_tokens.hrefs(html_tokens.tokens(page)) if href and "/campaigns/" in href]


def test_the_link_stands_on_the_campaigns_page_and_in_the_audit_trail(out: Out, browser: Client) -> None:
    link = shared(out, browser)
    page = browser.get(out.campaign.get_absolute_url()).content.decode()
    assert f"https://news.nordlicht.example/shared/{sharing.token(link)}/" in page
    assert "The board" in page
    assert AuditEntry.objects.filter(action="report.shared", detail__link=link.pk).exists()


def test_a_link_that_was_taken_back_leads_nowhere_at_once(out: Out, browser: Client) -> None:
    link = shared(out, browser)
    address = f"/shared/{sharing.token(link)}/"
    assert Client().get(address).status_code == 200
    browser.post(f"/campaigns/{out.campaign.pk}/share/{link.pk}/revoke/")
    assert Client().get(address).status_code == 404
    assert Client().get(f"{address}mail/").status_code == 404
    assert AuditEntry.objects.filter(action="report.unshared", detail__link=link.pk).exists()
    assert sharing.token(link) not in browser.get(out.campaign.get_absolute_url()).content.decode()


def test_a_link_ends_when_it_said(out: Out, browser: Client) -> None:
    link = shared(out, browser, days="7")
    assert timedelta(days=6) < link.expires_at - timezone.now() < timedelta(days=8)
    SharedReport.objects.filter(pk=link.pk).update(expires_at=timezone.now())
    assert Client().get(f"/shared/{sharing.token(link)}/").status_code == 404


def test_a_forged_link_leads_nowhere_and_many_tries_have_to_wait(out: Out, browser: Client) -> None:
    token = sharing.token(shared(out, browser))
    value, _, signature = token.rpartition(".")
    other = "B" if signature[0] == "A" else "A"
    forged = [f"{value}.{other}{signature[1:]}", f"1-{signature}", f"{value[:-1]}x.{signature}", "x" * 400, "."]
    answers = [Client().get(f"/shared/{text}/").status_code for text in forged]
    assert set(answers) <= {404, 429}
    assert Client().get("/shared/one-more/").status_code == 429
    assert Client().get(f"/shared/{token}/").status_code == 200, "who has a link is not held up"


def test_a_link_opens_its_own_campaign_alone(
    out: Out, send: Callable[..., Out], browser: Client, organisation: object
) -> None:
    other = send(3, name="Another letter")
    link = shared(out, browser)
    page = Client().get(f"/shared/{sharing.token(link)}/").content.decode()
    assert "Another letter" not in page
    assert browser.post(f"/campaigns/{other.campaign.pk}/share/{link.pk}/revoke/").status_code == 404


def test_a_viewer_shares_nothing(out: Out, viewer: User, client_for: Callable[[User], Client]) -> None:
    answer = client_for(viewer).post(f"/campaigns/{out.campaign.pk}/share/", {"days": "30"})
    assert answer.status_code == 403
    assert not SharedReport.objects.exists()


def test_what_has_not_left_is_not_shared(out: Out, browser: Client) -> None:
    draft = Campaign.objects.create(name="Draft")
    browser.post(f"/campaigns/{draft.pk}/share/", {"days": "30"})
    browser.post(f"/campaigns/{out.campaign.pk}/share/", {"days": "9999"})
    assert not SharedReport.objects.exists()


PAGES = ("reports", "report-compare", "report-lists", "report-cohorts", "report-hours", "deliverability")


@pytest.mark.parametrize("page", PAGES)
def test_the_table_of_a_page_under_reports_is_read_by_whoever_has_its_link(
    out: Out, browser: Client, page: str
) -> None:
    query = f"campaign={out.campaign.pk}&days=30&as=csv"
    browser.post(reverse("report-share", args=[page]), {"days": "7", "note": "The board", "query": query})
    link = SharedReport.objects.get(page=page)
    assert link.query == f"campaign={out.campaign.pk}&days=30"
    address = f"/shared/{sharing.token(link)}/"
    assert address in browser.get(f"{reverse(page)}?{link.query}").content.decode()
    answer = Client().get(address)
    table = BeautifulSoup(answer.content, "html.parser")
    file: Any = browser.get(f"{reverse(page)}?{link.query}&as=csv")
    header, *rows = csv.reader(StringIO(b"".join(file).decode("utf-8-sig")))
    assert [head.get_text() for head in table.select("th")] == (header if rows else [])
    assert len(table.select("tbody tr")) == len(rows)
    told = {head.get_text() for head in table.select(".report-words dt")}
    assert bool(told) == bool(rows), "who has only the link reads what the numbers mean, too"
    assert page == "report-compare" or told <= set(header)
    assert not answer.cookies
    page_s_words = answer.content.decode()
    assert not any(message.email in page_s_words for message in out.messages)
    assert not [head for head in html_tokens.hrefs(html_tokens.tokens(page_s_words)) if head and "/reports/" in head]
    assert Client().get(f"{address}mail/").status_code == 404
    browser.post(reverse("report-unshare", args=[link.pk]))
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_page_without_numbers_offers_no_link_to_them_and_still_shows_those_that_work(
    browser: Client, page: str
) -> None:
    assert "Make a link" not in browser.get(reverse(page)).content.decode()
    browser.post(reverse("report-share", args=[page]), {"days": "7"})
    assert "Take back" in browser.get(reverse(page)).content.decode()


def test_a_link_to_a_page_ends_by_itself_and_its_query_is_not_the_reader_s(out: Out, browser: Client) -> None:
    browser.post(reverse("report-share", args=["reports"]), {"days": "7", "query": "tag=none"})
    link = SharedReport.objects.get(page="reports")
    address = f"/shared/{sharing.token(link)}/"
    read = Client().get(f"{address}?tag=").content.decode()
    assert out.campaign.name not in read, "whoever reads it cannot ask for more"
    SharedReport.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(address).status_code == 404
