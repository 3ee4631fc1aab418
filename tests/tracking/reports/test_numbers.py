from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from delivery.models import Batch, Chunk, FeedbackCount, MailDomain, Message
from tests.tracking.conftest import Reader, Sent
from tracking.models import EventKind, Link, Rollup
from tracking.reports import numbers, over_time

APPLE = "Mozilla/5.0"


@pytest.fixture
def chunked(sent: Sent) -> Sent:
    Chunk.objects.create(batch=sent.batch, lane="gmail", size=3, accepted=3, is_done=True)
    return sent


def test_a_report_says_dashes_and_never_nought_per_cent_before_anything_happened(chunked: Sent) -> None:
    report = numbers.report([chunked.batch.id])
    assert [figure.share for figure in report.figures] == [None, None, None, None]
    assert report.sentence == "Nobody of 3 people has clicked yet, nobody unsubscribed."
    page = render_to_string("tracking/_report.html", {"report": report, "campaign_url": "/"})
    assert ">0.0\N{NO-BREAK SPACE}%" not in page
    assert "nobody yet" in page


def test_figures_count_people_and_keep_machines_beside(
    chunked: Sent, reader: Reader, take_in: Callable[[], int]
) -> None:
    for link in (0, 0, 1):
        reader("GET", chunked.click(0, link))
    reader("GET", chunked.click(1, 0))
    reader("GET", chunked.open(0))
    reader("GET", chunked.open(1), agent=APPLE)
    reader("GET", chunked.open(2), agent=APPLE)
    reader("POST", chunked.unsubscribe(2))
    take_in()
    report = numbers.report([chunked.batch.id])
    assert (report.clicked.people, report.clicked.total, report.clicked.machines) == (2, 4, 0)
    assert (report.opened.people, report.opened.machines) == (1, 2)
    assert report.clicked.share == pytest.approx(2 / 3)
    assert report.sentence == "2 of 3 people clicked (66.7\N{NO-BREAK SPACE}%), 1 unsubscribed."
    assert [(way.label, way.people) for way in report.ways] == [("by the button of their mail program", 1)]
    assert [(link.people, link.total) for link in report.links] == [(2, 3), (1, 1)]
    (lane,) = report.lanes
    assert (lane.label, lane.accepted, lane.clicked, lane.opened, lane.unsubscribed) == ("Gmail", 3, 2, 1, 1)
    assert sum(point.clicked for point in report.series) == 2


def test_a_report_costs_the_same_at_any_number_of_events(chunked: Sent) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            report = numbers.report([chunked.batch.id])
            render_to_string("tracking/_report.html", {"report": report, "campaign_url": "/"})
        assert not [query["sql"] for query in captured if "tracking_event" in query["sql"]]
        assert not [query["sql"] for query in captured if "delivery_message" in query["sql"]]
        return len(captured)

    before = queries()
    start = datetime(2026, 11, 1, tzinfo=UTC)
    Rollup.objects.bulk_create(
        Rollup(
            batch=chunked.batch,
            hour=start + timedelta(hours=hour),
            kind=EventKind.CLICK,
            link_id=link_id,
            is_machine=False,
            total=10,
            people=5,
        )
        for hour in range(500)
        for link_id in (0, chunked.links[0].id)
    )
    assert queries() == before <= 15  # one of them asks for conversions


def test_a_rehearsal_says_so(send: Callable[..., Sent]) -> None:
    report = numbers.report([send(rehearsal=True).batch.id])
    page = render_to_string("tracking/_report.html", {"report": report, "campaign_url": "/"})
    assert "Rehearsal" in page
    assert "enter no trend" in page


def test_what_a_link_says_is_shown_and_never_run(chunked: Sent) -> None:
    Link.objects.filter(id=chunked.links[0].id).update(label="<script>alert(1)</script>", url='https://x/"><b>')
    page = render_to_string("tracking/_report.html", {"report": numbers.report([chunked.batch.id])})
    assert "<script>" not in page
    assert '"><b>' not in page


def test_several_batches_are_one_report(send: Callable[..., Sent], reader: Reader, take_in: Callable[[], int]) -> None:
    first, second = send(), send()
    reader("GET", first.click())
    reader("GET", second.click())
    take_in()
    report = numbers.report([first.batch.id, second.batch.id])
    assert (report.accepted, report.clicked.people) == (6, 2)
    assert numbers.headline([first.batch.id, second.batch.id]).startswith("2 of 6 people clicked")


def test_a_report_of_nothing_is_a_sentence_too(db: None) -> None:
    assert numbers.headline([]) == numbers.headline([4711]) == "Nothing has been delivered yet."


def test_a_report_is_fresh_while_it_is_sent_and_an_hour_on(sent: Sent) -> None:
    assert numbers.report([sent.batch.id]).is_fresh
    Batch.objects.update(finished_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert not numbers.report([sent.batch.id]).is_fresh


START = datetime(2026, 3, 28, 10, 40, tzinfo=UTC)


def test_the_first_day_is_shown_by_the_hour_and_what_follows_by_the_day() -> None:
    sums = [
        (START.replace(minute=0), EventKind.CLICK, False, 3),
        (START.replace(minute=0) + timedelta(hours=2), EventKind.OPEN, False, 1),
        (START.replace(minute=0) + timedelta(hours=30), EventKind.CLICK, False, 2),
        (START.replace(minute=0) + timedelta(hours=31), EventKind.CLICK, False, 4),
    ]
    points = over_time.points(sums, START, UTC)
    assert len(points) == 25
    assert (points[0].label, points[0].clicked) == ("28 Mar 10:00", 3)
    assert (points[2].opened, points[3].clicked) == (1, 0)
    assert (points[-1].label, points[-1].clicked) == ("29 Mar", 6)
    assert over_time.points([], START, UTC) == []


def test_no_sum_is_lost_whenever_it_came() -> None:
    first = START.replace(minute=0)
    sums = [
        (first + timedelta(hours=hour), EventKind.CLICK, False, 1) for hour in (-3, 0, 23, 24, 48, 24 * 59, 24 * 90)
    ]
    assert sum(point.clicked for point in over_time.points(sums, START, UTC)) == len(sums)


def test_people_of_a_company_count_where_its_mail_is_hosted(
    sent: Sent, reader: Reader, take_in: Callable[[], int]
) -> None:
    Chunk.objects.create(batch=sent.batch, lane="gmail", size=3, accepted=3, is_done=True)
    MailDomain.objects.create(domain="nordlicht.example", lane="gmail", looked_up_at=timezone.now())
    Message.objects.filter(pk=sent.messages[0].pk).update(email="ana@nordlicht.example")
    reader("GET", sent.click(0))
    take_in()
    (lane,) = numbers.report([sent.batch.pk]).lanes
    assert (lane.label, lane.clicked) == ("Gmail", 1)


def test_the_share_by_mailbox_is_of_the_delivered_like_the_one_of_the_whole_mail(
    sent: Sent, reader: Reader, take_in: Callable[[], int]
) -> None:
    Batch.objects.filter(pk=sent.batch.pk).update(accepted=4)
    MailDomain.objects.create(domain="nordlicht.example", lane="gmail", looked_up_at=timezone.now())
    Message.objects.filter(pk=sent.messages[0].pk).update(email="ana@nordlicht.example")
    Chunk.objects.create(batch=sent.batch, lane="gmail", size=4, accepted=4, is_done=True)
    FeedbackCount.objects.create(batch=sent.batch, lane="gmail", hard=1, soft=1)
    reader("GET", sent.click(0))
    take_in()
    report = numbers.report([sent.batch.pk])
    (lane,) = report.lanes
    assert lane.click_share == report.clicked.share
    assert f"{report.clicked.share:.2f}" == f"{1 / report.delivered:.2f}"
    shown = " ".join(render_to_string("tracking/report/_mailboxes.html", {"report": report}).split())
    assert "Of the delivered, how many clicked." in shown
    assert "Of the accepted, how many clicked" not in shown


def test_a_mailbox_provider_that_took_nothing_says_so(sent: Sent) -> None:
    Chunk.objects.create(batch=sent.batch, lane="yahoo", size=3, refused=3, deferred=5, is_done=True)
    report = numbers.report([sent.batch.pk])
    assert [(lane.label, lane.refused, lane.put_off) for lane in report.lanes if not lane.accepted] == [("Yahoo", 3, 5)]
    shown = " ".join(render_to_string("tracking/report/_mailboxes.html", {"report": report}).split())
    assert 'data-label="refused">3</td>' in shown
    assert 'data-label="put off">5</td>' in shown
    assert "Turned away at once" in shown


@pytest.mark.parametrize(
    ("complained", "said"), [(0, ""), (1, ""), (2, "begins to land in the spam"), (3, "providers refuse such mail")]
)
def test_complaints_above_a_line_of_mailbox_providers_are_said_beside_their_number(
    complained: int, said: str, sent: Sent
) -> None:
    Batch.objects.filter(pk=sent.batch.pk).update(accepted=1000)
    FeedbackCount.objects.create(batch=sent.batch, lane="yahoo", complained=complained)
    figure = numbers.report([sent.batch.pk]).complained
    assert figure.people == complained
    assert said in figure.doubt
    assert bool(said) == bool(figure.doubt)
