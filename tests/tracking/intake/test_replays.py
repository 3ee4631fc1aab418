from collections.abc import Callable

from contacts.models import ConsentEvent
from tests.tracking.conftest import Reader, Sent
from tests.tracking.intake.test_mover import SCANNER, total
from tracking.intake.replays import MOST_STORED
from tracking.models import Event, EventKind

REPLAYS = 200


def test_address_replayed_two_hundred_times_is_stored_up_to_a_bound(
    reader: Reader, sent: Sent, take_in: Callable[[], int]
) -> None:
    for number in range(REPLAYS):
        for path in (sent.open(), sent.click()):
            reader("GET", path)
        if number % 70 == 0:
            take_in()
    take_in()
    for kind in (EventKind.OPEN, EventKind.CLICK):
        assert Event.objects.filter(kind=kind).count() == MOST_STORED == total(kind)
        assert total(kind, of="people") == 1


def test_unsubscribe_replayed_two_hundred_times_is_kept_up_to_a_bound(
    reader: Reader, sent: Sent, take_in: Callable[[], int]
) -> None:
    for _ in range(REPLAYS):
        assert reader("POST", sent.unsubscribe(), b"List-Unsubscribe=One-Click").status == 200
    take_in()
    assert Event.objects.filter(kind=EventKind.UNSUBSCRIBE).count() <= MOST_STORED
    assert ConsentEvent.objects.count() <= len(sent.lists) + 1


def test_machine_that_asks_without_end_hides_no_human(reader: Reader, sent: Sent, take_in: Callable[[], int]) -> None:
    for _ in range(REPLAYS):
        reader("GET", sent.open(), agent=SCANNER)
    take_in()
    reader("GET", sent.open())
    take_in()
    assert total(EventKind.OPEN, of="people") == 1
