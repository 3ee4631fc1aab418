"""How mail arrived, in sums: whatever was really sent counts once, rehearsals never, and no message is read."""

import csv
import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation, User
from delivery import ledger
from delivery.deliverability import complaints, days
from delivery.deliverability.figures import Deliverability
from delivery.models import Batch, Chunk, FeedbackCount, FeedbackHour, LaneDay, Provider
from delivery.policy.advice import Figures

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(viewer: User, client_for: Callable[[User], Client]) -> Client:
    return client_for(viewer)


def sent(lane: str = "gmail", *, days_ago: float = 1, domain: str = "a.example", **changes: Any) -> Batch:
    """A thousand accepted, of which some came back."""
    batch = Batch.objects.create(
        **{
            "content_kind": "edition",
            "content_id": 1,
            "state": "done",
            "rehearsal": False,
            "sender_domain": domain,
            "started_at": timezone.now() - timedelta(days=days_ago),
        }
        | changes
    )
    counts = {"accepted": 500, "refused": 100, "hard": 60, "deferred": 275}
    Chunk.objects.create(batch=batch, lane=lane, size=600, **counts, is_done=True)
    Chunk.objects.create(batch=batch, lane=lane, size=500, accepted=500, is_done=False)
    FeedbackCount.objects.create(batch=batch, lane=lane, hard=10, soft=5, complained=4, delivered=20)
    return batch


def rows(days: int = 30) -> dict[str, dict[str, Any]]:
    return {table.about: {row.label: row for row in table.rows} for table in Deliverability(days).tables}


def test_what_came_of_it_is_shared_out_by_mailbox_domain_and_provider() -> None:
    relay = Provider.objects.create(name="Relay", host="mx.example", port=25, security="none")
    sent("gmail", provider=relay)
    sent("yahoo", domain="b.example")
    found = rows()
    assert set(found["mailbox"]) == {"Gmail", "Yahoo"}
    assert set(found["domain"]) == {"a.example", "b.example"}
    assert set(found["provider"]) == {"Relay", "Not known"}
    gmail = found["mailbox"]["Gmail"]
    assert (gmail.figures.accepted, gmail.figures.dead) == (1000, 70)
    assert gmail.refused == pytest.approx(100 / 1100)
    assert gmail.put_off == pytest.approx(0.2)
    assert (gmail.hard, gmail.soft, gmail.complained) == (0.01, 0.005, 0.004)
    assert gmail.complaint_kind == "bad"
    assert gmail.advice.kind == "bad"


def test_rehearsals_and_what_is_older_do_not_count() -> None:
    sent(rehearsal=True)
    sent(days_ago=40)
    assert Deliverability(30).is_empty
    assert Deliverability(90).whole.accepted == 1000


def test_what_is_still_being_sent_counts_however_long_ago_it_began() -> None:
    sent(days_ago=40, state="sending")
    sent(days_ago=40, state="paused", domain="b.example")
    sent(days_ago=40, state="sending", domain="c.example", finished_at=timezone.now() - timedelta(days=39))
    found = Deliverability(7)
    assert found.whole.accepted == 1000
    assert set(found.by_domain) == {"a.example"}
    (point,) = found.points
    assert timezone.localdate() - point.on in (timedelta(days=7), timedelta(days=6))


def stood(batch: Batch, *, days_ago: int, **counts: int) -> None:
    """As it was noted when that day began."""
    LaneDay.objects.create(batch=batch, lane="gmail", on=timezone.now() - timedelta(days=days_ago), **counts)


@pytest.mark.parametrize(
    "state", [{"state": "sending"}, {"state": "paused"}, {"state": "done", "finished_at": timezone.now()}]
)
def test_complaints_of_these_days_do_not_vanish_among_the_mails_of_a_long_campaign(state: dict[str, Any]) -> None:
    """A thousand mails and four complaints, of which the last two hundred mails brought three."""
    batch = sent(days_ago=60, **state)
    Batch.objects.filter(pk=batch.pk).update(accepted=1000)
    FeedbackHour.objects.create(hour=timezone.now() - timedelta(days=2), complained=3)
    stood(batch, days_ago=45, accepted=600, complained=1)
    stood(batch, days_ago=20, accepted=800, refused=100, dead=60, hard=5, complained=1)
    stood(batch, days_ago=3, accepted=900, refused=100, dead=60, hard=5, complained=1, soft=5, put_off=275)
    found = Deliverability(7)
    assert (found.whole.accepted, found.whole.complained, found.whole.refused) == (200, 3, 0)
    assert found.tables[0].rows[0].complaint_kind == "bad"
    assert Deliverability(30).whole.accepted == 400
    assert Deliverability(90).whole == Figures(1000, 100, 10, 5, 4, 70, 0, 275)
    assert [(point.figures.accepted, point.figures.complained) for point in found.points] == [(100, 0), (100, 3)]
    assert complaints.lately() == Figures(accepted=400, complained=3)


def test_what_was_paused_before_these_days_has_no_part_in_them() -> None:
    batch = sent(days_ago=60, state="paused")
    stood(batch, days_ago=40, accepted=1000, refused=100, hard=10, soft=5, complained=4, dead=70, put_off=275)
    assert Deliverability(30).is_empty


@pytest.mark.parametrize("state", ["paused", "sending"])
def test_what_was_paused_long_before_anything_was_noted_has_no_part_in_them_either(state: str) -> None:
    """As when days began to be noted, and a campaign had been paused for months."""
    batch = sent(days_ago=60, state=state)
    Batch.objects.filter(pk=batch.pk).update(accepted=1000)
    stood(batch, days_ago=1, accepted=900, refused=100, hard=10, soft=5, complained=4, dead=70, put_off=275)
    expected = 100 if state == "paused" else 1000
    assert (Deliverability(30).whole.accepted, complaints.lately().accepted) == (expected, expected)
    assert Deliverability(90).whole.accepted == 1000


@pytest.fixture
def elsewhere(organisation: Organisation) -> ZoneInfo:
    """The organisation is on another day than UTC, and that day ends in no less than an hour."""
    zone = "Pacific/Pago_Pago" if timezone.now().hour < 10 else "Pacific/Kiritimati"
    Organisation.objects.update(time_zone=zone)
    return ZoneInfo(zone)


def test_days_of_a_long_campaign_are_those_of_the_organisation(elsewhere: ZoneInfo) -> None:
    today = timezone.now().astimezone(elsewhere).date()
    batch = sent(days_ago=9, state="sending")
    for days_ago, accepted in ((3, 400), (2, 700)):
        LaneDay.objects.create(batch=batch, lane="gmail", on=today - timedelta(days=days_ago), accepted=accepted)
    days.note()
    assert LaneDay.objects.latest("on").on == today
    Chunk.objects.filter(batch=batch, is_done=True).update(accepted=620)
    sent(days_ago=0)
    found = Deliverability(7)
    points = {point.on: point.figures.accepted for point in found.points}
    # Three hundred more at the end of each of the first two days, and today 120, and a thousand of another campaign.
    assert [points.get(today - timedelta(days=days_ago)) for days_ago in (3, 2, 1, 0)] == [300, 300, None, 1120]
    assert sum(points.values()) == found.whole.accepted


def test_what_began_in_the_last_second_of_the_organisation_s_day_is_noted_on_its_next(elsewhere: ZoneInfo) -> None:
    begins = timezone.now().astimezone(elsewhere).replace(hour=0, minute=0, second=0, microsecond=0)
    before = sent(state="sending", started_at=begins - timedelta(seconds=1))
    sent(state="sending", started_at=begins)
    days.note()
    assert LaneDay.objects.get().batch == before


def test_how_a_long_campaign_stands_is_noted_once_a_day_and_forgotten_in_the_end() -> None:
    long = sent(days_ago=2, state="sending")
    sent(days_ago=0, state="sending")
    sent(days_ago=2, finished_at=timezone.now())
    sent(days_ago=2, state="sending", rehearsal=True)
    days.note()
    (noted,) = LaneDay.objects.all()
    assert (noted.batch, noted.lane) == (long, "gmail")
    assert (noted.accepted, noted.refused, noted.hard, noted.complained, noted.dead) == (1000, 100, 10, 4, 70)
    Chunk.objects.filter(batch=long).update(accepted=900)
    days.note()
    assert LaneDay.objects.get().accepted == 1000, "as the day began"
    LaneDay.objects.update(on=timezone.now() - timedelta(days=101))
    days.forget_old()
    assert not LaneDay.objects.exists()


def test_single_mails_of_these_days_count_however_old_their_words_are() -> None:
    provider = Provider.objects.create(name="Relay", host="127.0.0.1", port=2599)

    def send(address: str) -> Batch:
        return ledger.send_one(content_kind="signup", content_id=1, email=address, provider=provider).batch

    Batch.objects.filter(pk=send("a@example.org").pk).update(
        started_at=timezone.now() - timedelta(days=40), state="done", finished_at=timezone.now() - timedelta(days=39)
    )
    send("b@example.org")
    Chunk.objects.update(accepted=1, pending=0)
    assert Deliverability(30).whole.accepted == 1


def test_a_bounce_of_a_mailbox_whose_chunks_are_elsewhere_is_not_lost() -> None:
    """The lane of a domain may be learnt between the sending and the bounce."""
    batch = sent("other")
    FeedbackCount.objects.create(batch=batch, lane="gmail", hard=2)
    assert Deliverability(30).whole.hard == 12


def test_no_message_is_read_and_the_number_of_queries_stays(browser: Client) -> None:
    sent()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get("/deliverability/").status_code == 200
        for table in ("delivery_message", "delivery_feedback ", "delivery_feedbackevent", "tracking_event"):
            assert not [query["sql"] for query in captured if table in query["sql"]]
        return len(captured)

    browser.get("/deliverability/")
    before = queries()
    for n in range(20):
        sent(("gmail", "microsoft", "apple")[n % 3], days_ago=n, domain=f"d{n}.example")
    assert queries() == before


def test_the_page_says_what_to_do_and_shows_the_lines(browser: Client) -> None:
    for n in range(4):
        sent(days_ago=n, domain="<b>a</b>.example")
    page = " ".join(browser.get("/deliverability/?days=7").content.decode().split())
    assert "Too many mark it as spam" in page
    assert "0.40 %" in page
    assert "share-bad" in page
    assert "&lt;b&gt;a&lt;/b&gt;.example" in page
    assert "Stop at 0.3\\u00a0%" in page  # JSON of a chart
    assert "As a table" in page
    for title in ("Accepted", "Put off", "Bounced", "Marked as spam"):
        assert re.search(rf'<h3 id="chart-\d">{title}</h3> <p class="advice advice-\w+">.+?<canvas role="img"', page)
    assert page.count("The numbers are in the table below.") == 4


def test_a_day_that_bounced_is_named_beside_its_chart(browser: Client) -> None:
    for days_ago, hard in ((1, 0), (2, 36), (3, 0)):
        batch = sent(days_ago=days_ago)
        Chunk.objects.filter(batch=batch).update(refused=0, hard=0)
        FeedbackCount.objects.filter(batch=batch).update(hard=hard)
    on = timezone.localdate(timezone=ZoneInfo("Europe/Berlin")) - timedelta(days=2)
    page = browser.get("/deliverability/?days=7").content.decode()
    assert f"<span>{on.day} {on:%b}: Addresses are getting old." in page


def test_all_its_tables_can_be_taken_along(browser: Client) -> None:
    sent("gmail", domain="=a.example")
    sent("yahoo", domain="b.example")
    answer: Any = browser.get("/deliverability/?days=7&as=csv")
    header, *rows = csv.reader(StringIO(b"".join(answer).decode("utf-8-sig")))
    assert header[:5] == ["By", "Name", "Accepted", "Put off", "Refused"]
    assert [row[:2] for row in rows[:4]] == [
        ["Mailbox", "Gmail"],
        ["Mailbox", "Yahoo"],
        ["Domain", "'=a.example"],
        ["Domain", "b.example"],
    ]
    assert {row[0] for row in rows} == {"Mailbox", "Domain", "Provider", "Day"}
    assert rows[0][2:] == ["1000", "275", "100", "10", "5", "4"]


@pytest.mark.parametrize("query", ["", "?days=7", "?days=nonsense", "?days=99999999999999999999"])
def test_an_empty_page_says_what_will_be_here(query: str, browser: Client) -> None:
    page = browser.get(f"/deliverability/{query}").content.decode()
    assert "Nothing was sent in this time" in page


def test_three_months_are_shown_by_the_week_from_its_monday() -> None:
    for n in range(90):
        sent(days_ago=n + 0.1)
    weeks = Deliverability(90).points
    assert len(weeks) in (13, 14)
    assert {week.on.weekday() for week in weeks} == {0}
    assert len(Deliverability(7).points) in (7, 8)
    assert sum(week.figures.accepted for week in weeks) == 90_000
