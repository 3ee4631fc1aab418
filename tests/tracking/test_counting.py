"""By person, anonymously, not at all; and what a refusal or a setting changes afterwards."""

from collections.abc import Callable

import pytest

from accounts.models import Organisation
from contacts import tracking_consent
from contacts.models import TrackingConsent
from contacts.tracking_consent import Answer, Part
from delivery import tokens
from tests.tracking.conftest import Reader, Sent
from tracking.intake import reading_places
from tracking.models import Engagement, Event, Rollup
from tracking.public import addresses, spool
from tracking.reports import numbers

pytestmark = pytest.mark.django_db


def kinds(sent: Sent) -> list[int]:
    return list(Event.objects.filter(batch=sent.batch).order_by("id").values_list("kind", flat=True))


def refuse(sent: Sent, *parts: Part) -> None:
    answer = Answer(dict.fromkeys(parts, TrackingConsent.REFUSED), "page")
    tracking_consent.record(sent.contact(), answer)


@pytest.mark.parametrize(("refused", "kept"), [(Part.OPENS, [2]), (Part.CLICKS, [1])])
def test_refusing_one_part_leaves_the_other(
    sent: Sent, reader: Reader, take_in: Callable[[], int], refused: Part, kept: list[int]
) -> None:
    """The mail went out before: its pixel is still loaded, its links are still followed."""
    refuse(sent, refused)
    assert reader("GET", sent.open())["Content-Type"] == "image/gif"
    assert reader("GET", sent.click())["Location"] == "https://shop.example/0"
    take_in()
    assert kinds(sent) == kept


def test_whom_nobody_asked_is_counted_as_settings_say_now(
    sent: Sent, reader: Reader, take_in: Callable[[], int], organisation: Organisation
) -> None:
    organisation.measures_unknown_opens = False
    organisation.save()
    reader("GET", sent.open())
    reader("GET", sent.click())
    take_in()
    assert kinds(sent) == [2]
    tracking_consent.record(sent.contact(), Answer({Part.OPENS: TrackingConsent.GIVEN}, "page"))
    reader("GET", sent.open())
    take_in()
    assert kinds(sent) == [2, 1]


@pytest.fixture
def anonymous(sent: Sent) -> Sent:
    sent.batch.tracking = "anonymous"
    sent.batch.save()
    return sent


def test_anonymous_opens_and_clicks_are_sums_of_nobody(
    anonymous: Sent, reader: Reader, take_in: Callable[[], int], organisation: Organisation
) -> None:
    picture = addresses.open_of_batch("", anonymous.batch.pk)
    link = addresses.click_of_batch("", anonymous.batch.pk, anonymous.links[1].pk)
    for _ in range(3):
        assert reader("GET", picture)["Content-Type"] == "image/gif"
    assert reader("GET", link)["Location"] == "https://shop.example/1"
    reader("HEAD", link)
    take_in()
    assert not Event.objects.exists()
    assert not Engagement.objects.exists()
    rows = Rollup.objects.order_by("kind", "link_id").values_list("kind", "link_id", "total", "people")
    assert list(rows) == [(1, 0, 3, 0), (2, 0, 1, 0), (2, anonymous.links[1].pk, 1, 0)]
    report = numbers.report([anonymous.batch.pk])
    assert (report.opened.total, report.opened.people, report.opened.share) == (3, 0, None)
    assert report.opened.note == "Anonymous: counted, not by person"
    assert report.sentence == "1 click counted, not by person, nobody unsubscribed."


def test_an_anonymous_act_leaves_no_internet_address_in_the_spool(anonymous: Sent, reader: Reader, spools) -> None:  # type: ignore[no-untyped-def]
    reader("GET", addresses.open_of_batch("", anonymous.batch.pk))
    (path,) = spools.glob("*.spool")
    (act,), _ = spool.read(path, 0, 10_000)
    assert (act.first, act.ip) == (anonymous.batch.pk, "")


def test_tokens_of_a_batch_and_of_a_message_are_not_each_other_s(sent: Sent, reader: Reader) -> None:
    of_message, of_batch = tokens.seal(tokens.OPEN, 7), tokens.seal(tokens.OPEN_OF_BATCH, 7)
    assert tokens.read(tokens.OPEN, of_batch) is None
    assert tokens.read(tokens.OPEN_OF_BATCH, of_message) is None
    assert reader("GET", f"/o/b.{of_message}").status == 404
    assert reader("GET", f"/o/{of_batch}").status == 404
    assert reader("GET", f"/c/b.{of_batch}").status == 404


def test_a_mail_sent_without_tracking_is_reported_as_not_measured(sent: Sent) -> None:
    sent.batch.tracking = "off"
    sent.batch.save()
    report = numbers.report([sent.batch.pk])
    assert report.clicked.note == "Not measured: it was sent without tracking"
    assert report.sentence == "Clicks were not counted, nobody unsubscribed."


@pytest.mark.parametrize(
    ("rule", "four", "six"),
    [
        ("neighbourhood", "192.0.2.0", "2001:db8:1::"),
        ("none", None, None),
        ("full", "192.0.2.77", "2001:db8:1:2:3:4:5:6"),
    ],
)
def test_internet_addresses_are_kept_as_the_setting_says(rule: str, four: str | None, six: str | None) -> None:
    assert reading_places.kept("192.0.2.77", rule) == four
    assert reading_places.kept("2001:db8:1:2:3:4:5:6", rule) == six
    assert reading_places.kept("nonsense", rule) is None


def test_the_setting_holds_for_the_next_event(
    sent: Sent, reader: Reader, take_in: Callable[[], int], organisation: Organisation
) -> None:
    reader("GET", sent.open())
    take_in()
    organisation.address_kept = "none"
    organisation.save()
    reader("GET", sent.open(1))
    take_in()
    assert list(Event.objects.order_by("id").values_list("ip", flat=True)) == ["192.0.2.0", None]
