"""The protocol itself, against schedules that hypothesis draws; and each of its rules, by what happens without it."""

import pytest
from hypothesis.stateful import run_state_machine_as_test

from tests.delivery.engine.protocol.length import FIND, length
from tests.delivery.engine.protocol.parts import Rules
from tests.delivery.engine.protocol.schedule import Schedule

MISHAPS = {
    "end_turn",
    "fail_over",
    "kill",
    "lose_connection",
    "lose_something",
    "pass_time",
    "pause_or_resume",
    "recover",
    "start",
    "suspend",
    "sweep",
}
# What must happen for the lack of a rule to do harm.
HARMS = {
    "window_binds": {"lose_something", "recover", "sweep"},
    "journal_first": {"kill", "sweep"},
    "checkpoints_fenced": {"start", "recover", "sweep"},
    "lock_before_reading": {"start", "recover", "sweep"},
    "uncertain_stays": {"kill", "sweep"},
    "lost_is_uncertain": {"lose_something", "recover", "sweep"},
    "retry_in_one_chunk": {"kill", "sweep"},
    "debts_leave_journal": {"end_turn", "kill", "sweep"},
    "look_renews_nothing": {"pass_time"},
}


@pytest.fixture(autouse=True)
def engine_of_this_process() -> None:
    """None is needed here."""


def test_nobody_is_mailed_twice_and_nobody_is_forgotten(capsys: pytest.CaptureFixture[str]) -> None:
    """Some seconds: hundreds of schedules, each with kills, lost answers, lost journals and clocks that lie."""
    run_state_machine_as_test(Schedule, settings=length(150))
    with capsys.disabled():
        print(f"\n{Schedule.summary()}")  # noqa: T201


@pytest.mark.parametrize("rule", HARMS)
def test_without_any_of_its_rules_it_fails(rule: str) -> None:
    """Else the schedules prove nothing."""
    others = MISHAPS - HARMS[rule]
    careless = type("Careless", (Schedule,), {"protocol": Rules(**{rule: False}), **dict.fromkeys(others)})
    with pytest.raises(AssertionError):
        run_state_machine_as_test(careless, settings=length(20_000, **FIND))


def test_every_rule_has_its_harm() -> None:
    assert set(HARMS) == set(Rules.__dataclass_fields__)
    assert all(hasattr(Schedule, mishap) for mishap in MISHAPS)
