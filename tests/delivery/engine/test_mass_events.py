"""A domain that says of many at once that they do not exist may be wrong: they are on hold, not suppressed."""

from typing import Any

import pytest

from contacts.models import Contact, Suppression
from contacts.suppression import holding
from delivery.feedback import suppression
from delivery.ledger import tally
from delivery.models import Failure, Message, MessageState, Waiting
from tests.delivery.engine.conftest import make_batch


@pytest.fixture(autouse=True)
def _not_looked_yet() -> None:
    suppression._looked.clear()


def people(*domains: tuple[str, int]) -> list[str]:
    return [f"p{n}@{domain}" for domain, count in domains for n in range(count)]


def reasons() -> dict[str, int]:
    found = Suppression.objects.values_list("email", "reason")
    counts: dict[str, int] = {}
    for email, reason in found:
        key = f"{email.partition('@')[2]} {reason}"
        counts[key] = counts.get(key, 0) + 1
    return counts


def test_domain_that_denies_many_is_held_and_others_are_suppressed(
    serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    """All of firm.example, 11 of the 200 of big.example, and one of small.example: too few to stop the campaign."""

    def rule(t: Any) -> str | None:
        local, _, domain = t.recipient.partition("@")
        every = {"firm.example": 1, "big.example": 19, "small.example": 1_000}[domain]
        return "550 5.1.1 No such user" if int(local[1:]) % every == 0 else None

    server = serve(rules={"rcpt": rule})
    provider = provider_of(server)
    batch = batch_of(provider, people(("small.example", 800), ("big.example", 200), ("firm.example", 20)))
    send(batch)
    assert tally(batch).words == "1,020 = 988 + 0 + 32 + 0 + 0"
    assert reasons() == {"big.example hard_bounce": 11, "firm.example held": 20, "small.example hard_bounce": 1}
    assert [held.domain for held in holding.held()] == ["firm.example"]

    Contact.objects.all().delete()
    again = make_batch(provider, people(("firm.example", 20)))
    send(again)
    assert tally(again).skipped == 20, "nobody on hold is written to"
    assert set(Waiting.objects.filter(batch=again).values_list("category", flat=True)) == {"suppressed"}

    holding.keep("firm.example")
    Contact.objects.all().delete()
    third = make_batch(provider, people(("firm.example", 20)))
    send(third)
    assert Message.objects.filter(batch=third, state=MessageState.REFUSED).count() == 20, "tried again"
    assert holding.waiting() == 20, "and on hold again"


def test_a_rehearsal_holds_nobody(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    server = serve(rules={"rcpt": lambda t: "550 5.1.1 No such user"})
    batch = batch_of(provider_of(server, kind="sandbox"), people(("firm.example", 30)), rehearsal=True)
    send(batch)
    assert tally(batch).refused == 30
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("rehearsal", [False, True])
def test_who_cannot_be_reached_is_remembered_unless_it_was_rehearsed(
    serve: Any, provider_of: Any, batch_of: Any, send: Any, rehearsal: bool
) -> None:
    server = serve(rules={"rcpt": lambda t: "556 5.1.10 Domain takes no mail" if t.recipient[1] == "1" else None})
    provider = provider_of(server, kind="sandbox" if rehearsal else "smtp")
    batch = batch_of(provider, people(("gone.example", 3)), rehearsal=rehearsal, group="campaign-9")
    send(batch)
    remembered = [] if rehearsal else [("p1@gone.example", "domain", "campaign-9")]
    assert list(Failure.objects.values_list("email", "kind", "campaign")) == remembered
    assert not Suppression.objects.exists()
