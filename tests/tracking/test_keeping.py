"""Old single events go by whole months; what reports, lists and links need of them stays."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from contacts.models import Suppression
from tests.running import database_url
from tests.tracking.conftest import FIREFOX, Reader, Sent
from tracking import keeping
from tracking.models import Engagement, Event, EventKeeping, EventKind, Rollup
from tracking.public import spool

OLD = datetime(2021, 3, 15, 12, tzinfo=UTC)


@pytest.fixture
def old(sent: Sent, spools: Path, take_in: Callable[[], int]) -> Sent:
    """Opened and clicked five years ago, and opened today."""
    write(spools, "then", sent, OLD)
    write(spools, "now", sent, timezone.now())
    assert take_in() == 4
    return sent


def write(spools: Path, name: str, sent: Sent, at: datetime, person: int = 0) -> None:
    spools.mkdir(parents=True, exist_ok=True)
    message, link = sent.messages[person].id, sent.links[0].id
    acts = [(EventKind.OPEN, 0), (EventKind.CLICK, link)]
    lines = [
        spool.encode(spool.Act(at.timestamp() + n, kind, message, second, "", "", FIREFOX))
        for n, (kind, second) in enumerate(acts)
    ]
    (spools / f"{name}.spool").write_bytes(b"".join(lines))


def keep(months: int | None, *, tables: bool = False) -> None:
    EventKeeping.objects.update_or_create(id=1, defaults={"months": months, "keeps_tables": tables})


def exists(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [table])
        return bool(cursor.fetchone() != (None,))


def test_without_a_setting_everything_stays(old: Sent) -> None:
    assert keeping.take_off() == 0
    assert Event.objects.count() == 4


def test_months_that_are_too_old_go_and_reports_and_lists_keep_what_they_say(old: Sent) -> None:
    sums = sorted(Rollup.objects.values_list("hour", "kind", "link_id", "total", "people"))
    first = sorted(Engagement.objects.values_list("message_id", "kind", "link_id", "first_at"))
    keep(24)
    assert keeping.take_off() == 0
    assert {event.at.year for event in Event.objects.all()} == {timezone.now().year}
    assert not exists("tracking_event_202103")
    assert sorted(Rollup.objects.values_list("hour", "kind", "link_id", "total", "people")) == sums
    assert sorted(Engagement.objects.values_list("message_id", "kind", "link_id", "first_at")) == first
    assert EventKeeping.get().gone_before == date(2021, 4, 1)


def test_the_month_that_just_ended_is_not_older_than_a_month() -> None:
    assert keeping.first_kept(date(2026, 3, 1), 1) == date(2026, 2, 1)
    assert keeping.first_kept(date(2026, 3, 31), 24) == date(2024, 3, 1)


def test_what_comes_late_for_a_month_that_is_gone_counts_and_is_not_kept(
    old: Sent, spools: Path, take_in: Callable[[], int]
) -> None:
    keep(24)
    keeping.take_off()
    write(spools, "late", old, OLD, person=1)
    assert take_in() == 2
    assert not exists("tracking_event_202103")
    assert Event.objects.count() == 2
    opened = Rollup.objects.get(kind=EventKind.OPEN, link_id=0, hour__year=2021)
    assert (opened.total, opened.people) == (2, 2)


def test_tables_that_shall_be_kept_take_in_what_came_late_too(
    old: Sent, spools: Path, take_in: Callable[[], int]
) -> None:
    keep(24, tables=True)
    keeping.take_off()
    assert exists("tracking_event_202103_kept")
    EventKeeping.objects.update(gone_before=None)  # an intake that had looked before
    write(spools, "late", old, OLD, person=1)
    take_in()
    keeping.take_off()
    assert not exists("tracking_event_202103")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tracking_event_202103_kept")
        assert cursor.fetchone() == (4,)


@pytest.mark.django_db(transaction=True)
def test_whoever_works_with_events_comes_first(
    send: Callable[..., Sent], spools: Path, take_in: Callable[[], int]
) -> None:
    sent = send()
    write(spools, "then", sent, OLD)
    take_in()
    keep(24)
    with psycopg.connect(database_url()) as other:
        other.execute("SELECT count(*) FROM tracking_event")  # and its transaction lasts
        assert keeping.take_off() == 1
        assert Event.objects.count() == 2
    assert keeping.take_off() == 0
    assert Event.objects.count() == 0


def test_links_of_a_five_year_old_mail_work_when_its_message_and_its_events_are_gone(
    old: Sent, reader: Reader, take_in: Callable[[], int]
) -> None:
    """As when the partition of its messages was detached: the token carries what is needed."""
    gone = old.contact(0).email
    keep(24)
    keeping.take_off()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM delivery_message WHERE id = %s", [old.messages[0].id])
    answer = reader("GET", old.click(0, 1))
    assert (answer.status, answer["Location"]) == (302, "https://shop.example/1")
    assert reader("GET", old.open(0)).status == 200
    assert reader("GET", old.unsubscribe(0)).status == 200
    assert reader("POST", old.unsubscribe(0)).status == 200
    assert Suppression.objects.get().email == gone
    take_in()


def test_an_admin_is_told_what_goes_and_what_stays_before_anything_goes(
    old: Sent, admin: User, client_for: Callable[[User], Client]
) -> None:
    browser = client_for(admin)
    asked = browser.post("/settings/events/", {"months": "24"}).content.decode()
    assert "before 1 April 2021" in asked
    assert "What stays" in asked
    assert EventKeeping.get().months is None
    browser.post("/settings/events/", {"months": "24", "sure": "1"})
    assert EventKeeping.get().months == 24
    assert AuditEntry.objects.filter(action="events.keeping").exists()
    keeping.take_off()
    assert "before 1 April 2021 are no longer kept" in browser.get("/settings/events/").content.decode()


def test_a_setting_that_takes_nothing_off_is_saved_at_once(
    sent: Sent, admin: User, client_for: Callable[[User], Client]
) -> None:
    answer = client_for(admin).post("/settings/events/", {"months": "60", "keeps_tables": "on"})
    assert answer.status_code == 302
    assert (EventKeeping.get().months, EventKeeping.get().keeps_tables) == (60, True)


def test_marketers_do_not_decide_it(sent: Sent, marketer: User, client_for: Callable[[User], Client]) -> None:
    assert client_for(marketer).get("/settings/events/").status_code == 403


def test_the_page_of_an_old_mail_says_that_its_single_events_are_gone(
    old: Sent, viewer: User, client_for: Callable[[User], Client]
) -> None:
    message = old.messages[0]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE delivery_message SET accepted_at = %s WHERE id = %s", [OLD, message.id])
    keep(24)
    keeping.take_off()
    browser: Any = client_for(viewer)
    assert "before 1 April 2021 are no longer kept" in " ".join(
        browser.get(f"/messages/{message.id}/").content.decode().split()
    )
    assert "no longer kept" not in browser.get(f"/messages/{old.messages[1].id}/").content.decode()
