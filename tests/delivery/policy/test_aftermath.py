"""What something that came back means: for the second line, and for the person."""

from typing import Any

import pytest

from delivery.policy.aftermath import COMPLAINED, DELIVERED, HARD_TERM, SOFT, Effect, effect, largest_hour
from delivery.policy.soft_bounces import Failing
from delivery.replies import Category

C = Category
DEAD = {"is_permanent": True, "suppresses": True}


@pytest.mark.parametrize(
    ("kind", "said", "expected"),
    [
        ("bounce", {"category": C.INVALID_RECIPIENT, **DEAD}, Effect(HARD_TERM, reason="hard_bounce")),
        ("bounce", {"category": C.INACTIVE_MAILBOX, **DEAD}, Effect(HARD_TERM, reason="hard_bounce")),
        ("bounce", {"category": C.INACTIVE_MAILBOX, "is_permanent": True}, Effect(HARD_TERM, failing=Failing.DOMAIN)),
        ("bounce", {"category": C.BAD_DOMAIN, **DEAD}, Effect(HARD_TERM, failing=Failing.DOMAIN)),
        ("bounce", {"category": C.MAILBOX_FULL}, Effect(SOFT, failing=Failing.SOFT)),
        ("bounce", {"category": C.EXPIRED}, Effect(SOFT, failing=Failing.SOFT)),
        ("bounce", {"category": C.SPAM_CONTENT}, Effect(SOFT, is_blocked=True)),
        ("bounce", {"category": C.MESSAGE_TOO_LARGE}, Effect(SOFT)),
        ("complaint", {"detail": "abuse"}, Effect(COMPLAINED, reason="complaint")),
        ("complaint", {"detail": "not-spam"}, Effect()),
        ("complaint", {"detail": "opt-out"}, Effect(leaves=True)),
        ("unsubscribe", {}, Effect(leaves=True)),
        ("delivered", {}, Effect(DELIVERED, reaches=True)),
        ("delay", {"category": C.GREYLIST}, Effect()),
        ("autoreply", {"suppresses": True}, Effect()),
        ("something new", {"suppresses": True}, Effect()),
    ],
)
def test_what_it_means(kind: str, said: dict[str, Any], expected: Effect) -> None:
    assert effect(kind, **said) == expected


@pytest.mark.parametrize(("accepted", "most"), [(0, 500), (5_000, 500), (100_000, 10_000)])
def test_an_hour_s_most_grows_with_what_was_sent(accepted: int, most: int) -> None:
    assert largest_hour(accepted) == most
