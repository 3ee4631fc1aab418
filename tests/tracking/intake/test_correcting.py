"""Later verdicts, through the real intake: what was counted for a person moves over, and the sums go with it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from django.utils import timezone

from contacts.models import Contact
from delivery.models import Message
from tests.tracking.conftest import FIREFOX, Sent
from tests.tracking.intake.recount import assert_sums_equal_events
from tests.tracking.intake.test_mover import total
from tracking import tasks
from tracking.models import CompanyAct, Engagement, Event, EventKind, Link
from tracking.public import spool
from tracking.public.links import extend
from tracking.scoring import verdicts

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
HOME, OFFICE, RENTED = "84.180.12.7", "62.157.9.4", "51.15.200.7"  # the last one of no list
_files = count(1)


class Readers:
    """Acts at chosen seconds after the mails were accepted, in a spool of their own."""

    def __init__(self, sent: Sent, folder: Path, accepted_at: datetime) -> None:
        self.sent, self._folder, self._accepted_at = sent, folder, accepted_at
        Message.objects.filter(batch=sent.batch).update(accepted_at=accepted_at)

    def act(self, *acts: tuple[float, int, int | None], agent: str = CHROME, ip: str = HOME, note: str = "") -> None:
        """Each: seconds, reader, number of the link or None for an opening; -1 is the hidden link."""
        self._folder.mkdir(parents=True, exist_ok=True)
        lines = []
        for seconds, reader, link in acts:
            kind = EventKind.OPEN if link is None else EventKind.CLICK
            target = 0 if link is None or link < 0 else self.sent.links[link].pk
            said = "hidden" if link == -1 else note
            at = self._accepted_at.timestamp() + seconds
            message = self.sent.messages[reader].id
            lines.append(spool.encode(spool.Act(at, kind, message, target, said, ip, agent)))
        (self._folder / f"readers-{next(_files)}.spool").write_bytes(b"".join(lines))


@pytest.fixture
def readers(send: Callable[..., Sent], spools: Path) -> Callable[..., Readers]:
    def make(*, people: int = 3, links: int = 4, company: str = "") -> Readers:
        sent = send(people=people, links=links)
        if company:
            for index, message in enumerate(sent.messages):
                message.email = f"person{index}@{company}"
            Message.objects.bulk_update(sent.messages, ["email"])
        return Readers(sent, spools, timezone.now() - timedelta(hours=1))

    return make


def verdict_of(reader: Readers, index: int = 0) -> list[str]:
    rows = Event.objects.filter(message_id=reader.sent.messages[index].id).order_by("at")
    return list(rows.values_list("verdict", flat=True))


def test_first_human_act_after_a_correction_counts_as_the_first(
    readers: Callable[..., Readers], take_in: Callable[[], int]
) -> None:
    """The person came before the proof: the mail's second opening and click are then the person's first."""
    them = readers()
    them.act((30, 0, None), (40, 0, 0), ip=RENTED)
    take_in()
    them.act((400, 0, None), (420, 0, 1), agent=FIREFOX)
    take_in()
    assert (total(EventKind.OPEN, of="people"), total(EventKind.CLICK, of="people")) == (1, 1)
    them.act((40.1, 0, 1), (40.2, 0, 2), (40.3, 0, 3), ip=RENTED)
    take_in()
    assert verdict_of(them) == [verdicts.BURST] * 5 + [verdicts.HUMAN] * 2
    assert (total(EventKind.OPEN, of="people"), total(EventKind.CLICK, of="people")) == (1, 1)
    assert (total(EventKind.OPEN, is_machine=True), total(EventKind.CLICK, is_machine=True)) == (1, 4)
    first = Engagement.objects.get(kind=EventKind.CLICK, link_id=0, is_machine=False)
    assert first.first_at == Event.objects.get(is_machine=False, kind=EventKind.CLICK).at
    assert_sums_equal_events(them.sent.batch)


def test_person_who_comes_after_the_correction_counts(
    readers: Callable[..., Readers], take_in: Callable[[], int]
) -> None:
    them = readers()
    them.act((40, 0, 0), (40.1, 0, 1), ip=RENTED)
    take_in()
    assert total(EventKind.CLICK, of="people") == 1
    them.act((40.2, 0, 2), (40.3, 0, 3), ip=RENTED)
    take_in()
    assert total(EventKind.CLICK, of="people") == 0
    them.act((5000, 0, 2))
    take_in()
    assert total(EventKind.CLICK, of="people") == total(EventKind.CLICK) == 1
    assert_sums_equal_events(them.sent.batch)


def test_hidden_link_convicts_its_program_and_is_no_click(
    readers: Callable[..., Readers], take_in: Callable[[], int]
) -> None:
    them = readers()
    them.act((20, 0, None), (30, 0, 0))
    take_in()
    them.act((31, 0, -1))
    take_in()
    assert verdict_of(them) == [verdicts.HIDDEN] * 3
    assert total(EventKind.CLICK, of="people") == 0
    assert (total(EventKind.OPEN, is_machine=True), total(EventKind.CLICK, is_machine=True)) == (1, 1)
    assert_sums_equal_events(them.sent.batch)


def test_colleagues_of_a_forwarded_mail_stay_people(
    readers: Callable[..., Readers], take_in: Callable[[], int]
) -> None:
    """One mail, many programs at one office's address, within a minute."""
    them = readers(company="harbour.example")
    for number, agent in enumerate((CHROME, FIREFOX, "Outlook-iOS/723", CHROME, FIREFOX)):
        them.act((3000 + number * 7, 0, None), (3004 + number * 9, 0, number % 4), agent=agent, ip=OFFICE)
        take_in()
    assert set(verdict_of(them)) == {verdicts.HUMAN}
    assert_sums_equal_events(them.sent.batch)


def test_program_that_opens_for_a_whole_company_is_one_also_in_hindsight(
    readers: Callable[..., Readers], take_in: Callable[[], int]
) -> None:
    them = readers(people=8, company="harbour.example")
    them.act((31, 0, None), (32, 1, None), ip=RENTED)
    take_in()
    assert total(EventKind.OPEN, of="people") == 2
    them.act((33, 2, None), (34.5, 3, None), (36, 4, None), ip=RENTED)
    take_in()
    them.act((300, 5, None), (330, 0, None), ip=OFFICE)
    take_in()
    assert total(EventKind.OPEN, is_machine=True) == 5
    assert total(EventKind.OPEN, of="people") == 2
    assert verdict_of(them) == [verdicts.CROWD, verdicts.HUMAN]
    assert_sums_equal_events(them.sent.batch)


def test_people_of_a_mailbox_provider_are_no_company(
    readers: Callable[..., Readers], take_in: Callable[[], int]
) -> None:
    them = readers(people=8)
    them.act(*((31 + number, number, None) for number in range(8)), ip=OFFICE)
    take_in()
    assert total(EventKind.OPEN, of="people") == 8


def test_acts_of_companies_are_kept_for_minutes(readers: Callable[..., Readers], take_in: Callable[[], int]) -> None:
    them = readers(people=2, company="harbour.example")
    them.act((31, 0, None))
    take_in()
    assert CompanyAct.objects.count() == 1
    tasks.fold()
    assert not CompanyAct.objects.exists()


@pytest.mark.parametrize("is_folded", [False, True])
def test_contact_forgets_when_a_program_clicked(
    readers: Callable[..., Readers], take_in: Callable[[], int], is_folded: bool
) -> None:
    them = readers()
    them.act((10, 0, 0), ip=OFFICE, agent=FIREFOX)
    them.act((400, 0, 1), (400.2, 0, 2), ip=RENTED)
    take_in()
    if is_folded:
        tasks.fold()
    them.act((400.4, 0, 0), ip=RENTED)
    take_in()
    tasks.fold()
    person = Contact.objects.get(email=them.sent.messages[0].email)
    mine = Event.objects.get(message_id=them.sent.messages[0].id, is_machine=False)
    # What was not yet carried over is dropped; what was is looked up again.
    assert person.last_clicked_at == mine.at
    assert person.last_opened_at is None


def test_burst_is_measured_by_the_links_of_the_version_that_was_sent(
    readers: Callable[..., Readers], take_in: Callable[[], int]
) -> None:
    """Others got a corrected mail with more links in it: for them, three of five slow clicks are no burst."""
    them = readers(links=3)
    sent = them.sent
    Message.objects.filter(id=sent.messages[1].id).update(version=2)
    known = [(link.url, link.label) for link in sent.links]
    later = extend(sent.batch, [*known[:2], ("https://shop.example/new", "New"), ("https://shop.example/b", "B")], 2)
    assert [link.pk for link in later[:2]] == [link.pk for link in sent.links[:2]]
    assert Link.objects.filter(batch=sent.batch).count() == 5
    for reader in (0, 1):
        them.act(*((20 + 3 * link, reader, link) for link in range(3)))
    take_in()
    assert total(EventKind.CLICK, is_machine=True, of="people") == 1
    assert total(EventKind.CLICK, of="people") == 1
