from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from delivery.feedback import acting
from delivery.feedback.forms import AUTOMATED, Heard
from tests.tracking.conftest import Reader, Sent
from tests.tracking.intake.recount import assert_sums_equal_events
from tests.tracking.intake.test_mover import total
from tracking import tasks
from tracking.models import Event, EventKind
from tracking.scoring import verdicts


@pytest.fixture
def flags() -> Iterator[list[dict[str, Any]]]:
    """What the task is given, as its receiver would hand it over."""
    found: list[dict[str, Any]] = []

    def receive(sender: object, *, message_id: int, kind: str, at: datetime, **_: Any) -> None:
        found.append({"message_id": message_id, "kind": kind, "at": at.isoformat()})

    acting.automated.connect(receive)
    yield found
    acting.automated.disconnect(receive)


def hear(event: Event, detail: str) -> None:
    kind = "opened" if event.kind == EventKind.OPEN else "clicked"
    heard = Heard(
        kind=kind,
        message_ids=frozenset({event.message_id}),
        detail=detail,
        happened_at=event.at - timedelta(seconds=2),
    )
    with transaction.atomic():
        acting.act([acting.told(heard, returned_id=1, source="amazon_ses", provider_id=None)])


@pytest.mark.parametrize("kind", [EventKind.OPEN, EventKind.CLICK])
def test_what_the_provider_takes_for_a_program_moves_over(
    sent: Sent, reader: Reader, take_in: Callable[[], int], flags: list[dict[str, Any]], kind: EventKind
) -> None:
    reader("GET", sent.open(0))
    reader("GET", sent.click(0))
    take_in()
    event = Event.objects.get(kind=kind)
    hear(event, "")
    assert not flags
    for _ in range(2):
        hear(event, AUTOMATED)
        tasks.turn_flagged(**flags.pop())
        assert list(Event.objects.filter(is_machine=True).values_list("kind", "verdict")) == [(kind, verdicts.PROVIDER)]
    assert total(kind) == total(kind, of="people") == 0
    assert total(kind, is_machine=True) == total(kind, is_machine=True, of="people") == 1
    assert_sums_equal_events(sent.batch)
