from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from delivery.feedback import acting
from delivery.feedback.forms import AUTOMATED, Heard
from tests.delivery.feedback.webhooks.events import touched
from tests.delivery.feedback.webhooks.provider import tell, webhook
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


GOOGLE = {"client-info": {"bot": "gmail", "client-name": "unknown", "user-agent": "GoogleImageProxy"}}
# As its documentation says it: how each provider marks what no person did, and what it adds to people's.
SAID = [
    ("sendgrid", "opened", {"sg_machine_open": True}, True),
    ("sendgrid", "opened", {"sg_machine_open": False}, False),
    ("sendgrid", "clicked", {"url": "https://shop.example/0"}, False),
    ("mailgun", "opened", {"client-info": {"bot": "apple", "user-agent": "Mozilla/5.0"}}, True),
    ("mailgun", "opened", {"client-info": {"bot": "generic"}}, True),
    ("mailgun", "clicked", {"client-info": {"bot": "generic"}}, True),
    ("mailgun", "opened", GOOGLE, False),  # loads the picture when somebody reads
    ("mailgun", "clicked", GOOGLE, True),
    ("mailgun", "opened", {"client-info": {"bot": "", "client-name": "Firefox"}}, False),
    ("sparkpost", "opened", {"user_agent_parsed": {"is_proxy": True, "is_prefetched": True}}, True),
    ("sparkpost", "opened", {"type": "initial_open", "user_agent_parsed": {"is_prefetched": True}}, True),
    ("sparkpost", "opened", {"user_agent_parsed": {"is_proxy": True, "is_prefetched": False}}, False),
    ("sparkpost", "clicked", {"user_agent_parsed": {"is_prefetched": True}}, True),
    ("brevo", "opened", {"event": "proxy_open"}, True),
    ("brevo", "opened", {"event": "unique_proxy_open"}, True),
    ("brevo", "opened", {"event": "unique_opened"}, False),
    ("brevo", "clicked", {"link": "https://shop.example/0"}, False),
    ("amazon_ses", "opened", {"isBot": "true"}, True),
    ("amazon_ses", "clicked", {"isBot": "false"}, False),
]


@pytest.mark.parametrize(("kind", "word", "more", "is_machine"), SAID)
def test_each_provider_s_own_mark_moves_the_act_over_and_nothing_else_does(
    sent: Sent,
    reader: Reader,
    take_in: Callable[[], int],
    flags: list[dict[str, Any]],
    kind: str,
    word: str,
    more: dict[str, Any],
    is_machine: bool,
) -> None:
    webhook(kind)
    reader("GET", sent.open(0) if word == "opened" else sent.click(0))
    reader("GET", sent.open(1))
    take_in()
    event = Event.objects.get(message_id=sent.messages[0].id)
    tell(kind, touched(kind, sent.messages[0], word, event.at, **more))
    for flag in flags:
        tasks.turn_flagged(**flag)
    assert list(Event.objects.filter(is_machine=True)) == ([event] if is_machine else [])
    assert_sums_equal_events(sent.batch)
