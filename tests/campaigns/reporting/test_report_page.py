"""What a marketer reads on a campaign's page once it is sent."""

import csv
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns.models import Campaign
from delivery.models import Batch
from tests.campaigns.reporting.conftest import Out
from tracking.models import EventKind, Link
from tracking.reports.tables import TABLES

pytestmark = pytest.mark.django_db


def page(browser: Client, out: Out, query: str = "") -> str:
    return " ".join(browser.get(f"{out.campaign.get_absolute_url()}{query}").content.decode().split())


def test_the_first_sentence_compares_with_the_campaigns_before(send: Callable[..., Out], browser: Client) -> None:
    for _ in range(4):
        send(20).did(EventKind.CLICK, 0)
    out = send(20)
    out.did(EventKind.CLICK, *range(10))
    assert "50.0 % of 20 people clicked: 45.0 points above your last four. Nobody unsubscribed" in page(browser, out)


def test_the_first_sentence_counts_what_was_accepted_a_moment_ago(send: Callable[..., Out], browser: Client) -> None:
    """A part of a campaign that is being sent is folded into its sums only at its end."""
    out = send(20)
    out.did(EventKind.CLICK, 0)
    Batch.objects.filter(pk=out.batch.pk).update(state="sending", accepted=4, pending=0, finished_at=None)
    out.batch.chunks.update(accepted=6, pending=10, is_done=False)
    shown = page(browser, out)
    assert "10.0 % of 10 people clicked so far." in shown
    assert "of 10 delivered" in shown


def test_of_one_person_the_report_speaks_as_people_do(send: Callable[..., Out], browser: Client) -> None:
    for shown in (page(browser, send(1)), page(browser, send(1, rehearsal=True))):
        assert "Nobody has clicked" in shown
        assert "Nobody of" not in shown


def test_what_is_no_more_than_chance_is_as_usual(send: Callable[..., Out], browser: Client) -> None:
    for people in (3, 4, 5):
        send(20).did(EventKind.CLICK, *range(people))
    out = send(20)
    out.did(EventKind.CLICK, *range(6))
    assert "30.0 % of 20 people clicked: about as usual, your last three had 20.0 %" in page(browser, out)


def test_a_first_campaign_a_young_one_and_a_rehearsal_are_compared_with_nothing(
    send: Callable[..., Out], browser: Client
) -> None:
    assert "Once there are three campaigns before it" in page(browser, send(5))
    for _ in range(3):
        send(5)
    young = page(browser, send(5, ago=timedelta(hours=2)))
    assert "Nobody of 5 people has clicked yet" in young
    assert "A day after it was sent, it is compared with your last four" in young
    rehearsal = page(browser, send(5, rehearsal=True))
    assert "your last" not in rehearsal
    assert "enter no trend" in rehearsal


def test_rehearsals_are_not_what_is_usual(send: Callable[..., Out], browser: Client) -> None:
    for _ in range(3):
        send(10, rehearsal=True).did(EventKind.CLICK, *range(9))
    assert "Once there are three campaigns before it" in page(browser, send(10))


def test_machines_stand_beside_the_people_when_asked_for(send: Callable[..., Out], browser: Client) -> None:
    out = send(10)
    out.did(EventKind.OPEN, 0, 1)
    out.did(EventKind.OPEN, *range(2, 8), is_machine=True)
    alone, beside = page(browser, out), page(browser, out, "?machines=shown")
    assert "Figures are of people." in alone
    assert "Opened by machines" not in alone
    assert "<strong>60.0 %</strong> more by machines" in beside
    assert "Opened by machines" in beside
    for shown in (alone, beside):
        assert '<span class="figure-value">20.0 %</span>' in shown, "people are counted the same either way"


def test_clicks_of_those_who_opened_say_when_machines_make_them_unreliable(
    send: Callable[..., Out], browser: Client
) -> None:
    out = send(10)
    out.did(EventKind.OPEN, 0, 1, 2, 3)
    out.did(EventKind.CLICK, 0)
    assert "Unreliable here" not in page(browser, out)
    out.did(EventKind.OPEN, *range(4, 8), is_machine=True)
    shown = page(browser, out)
    assert "Unreliable here: machines made 50 % of the openings." in shown
    assert "25.0 %" in shown


def test_every_number_has_its_meaning_beside_it_and_all_of_them_on_paper(
    send: Callable[..., Out], browser: Client
) -> None:
    out = send(4)
    out.did(EventKind.CLICK, 0, link=out.links[0].pk)
    soup = BeautifulSoup(page(browser, out), "html.parser")
    figures = {}
    for figure in soup.select(".figures > div"):
        word = figure.select_one(".explained > button")
        assert word is not None
        meaning = figure.find(id=str(word["aria-describedby"]))
        assert meaning is not None, word
        figures[word.get_text(strip=True)] = meaning.get_text(strip=True)
    assert {"Clicked", "Opened, an estimate", "Unsubscribed", "Marked as spam"} <= figures.keys()
    assert "The unsubscribe link does not count" in figures["Clicked"]
    assert min(map(len, figures.values())) > 40
    printed = soup.select(".printed-definitions > div")
    on_paper = {str(one.dt and one.dt.string): str(one.dd and one.dd.string) for one in printed}
    assert figures.items() <= on_paper.items()


def test_who_left_is_said_by_the_way_they_took(send: Callable[..., Out], browser: Client) -> None:
    out = send(6)
    out.did(EventKind.UNSUBSCRIBE, 0, 1, channel="page")
    out.did(EventKind.UNSUBSCRIBE, 2, channel="one-click")
    seen = page(browser, out)
    assert "2 by the page behind the link in the mail" in seen
    assert "1 by the button of their mail program" in seen


def test_the_marks_of_a_shop_are_left_out_of_what_is_shown_of_a_link(send: Callable[..., Out], browser: Client) -> None:
    shown = page(browser, send(2))
    assert ">https://shop.example/a?x=1</span>" in shown
    assert "utm_source" not in shown.split('class="link-target"')[1].split(">")[1]


@pytest.mark.parametrize("table", TABLES)
def test_every_table_can_be_taken_along(table: str, send: Callable[..., Out], browser: Client) -> None:
    out = send(3)
    out.did(EventKind.CLICK, 0, link=out.links[0].pk)
    answer = browser.get(f"{out.campaign.get_absolute_url()}report/{table}.csv")
    header, *rows = list(csv.reader(StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert header == list(TABLES[table][0])
    assert all(len(row) == len(header) for row in rows)
    if table == "links":
        assert [row[4] for row in rows] == ["1", "0"]


def test_hours_in_a_table_that_is_taken_along_are_those_of_the_page(send: Callable[..., Out], browser: Client) -> None:
    out = send(3)
    out.did(EventKind.CLICK, 0)
    answer = browser.get(f"{out.campaign.get_absolute_url()}report/over-time.csv")
    rows = list(csv.reader(StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert f"<td>{rows[1][0]}</td>" in page(browser, out)


def test_no_cell_of_a_table_is_run_as_a_formula(send: Callable[..., Out], browser: Client) -> None:
    out = send(3)
    Link.objects.filter(pk=out.links[0].pk).update(label='=HYPERLINK("http://evil.example")')
    answer = browser.get(f"{out.campaign.get_absolute_url()}report/links.csv")
    rows = list(csv.reader(StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert rows[1][1].startswith("'=")


def test_tables_are_of_campaigns_that_went_out(send: Callable[..., Out], browser: Client) -> None:
    out = send(2)
    assert browser.get(f"{out.campaign.get_absolute_url()}report/people.csv").status_code == 404
    draft = Campaign.objects.create(name="Draft")
    assert browser.get(f"/campaigns/{draft.pk}/report/links.csv").status_code == 404


def test_the_page_costs_the_same_for_any_number_of_people(send: Callable[..., Out], browser: Client) -> None:
    def queries(out: Out) -> int:
        with CaptureQueriesContext(connection) as captured:
            page(browser, out)
        assert not [query["sql"] for query in captured if "tracking_event" in query["sql"]]
        return len(captured)

    few, many = send(2), send(40)
    for out in (few, many):
        out.did(EventKind.CLICK, 0, link=out.links[0].pk)
    queries(few)
    assert queries(few) == queries(many)
