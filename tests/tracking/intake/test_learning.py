"""A person's act settles a mail whose connection broke before the answer; a program's proves nothing."""

from collections.abc import Callable

import pytest

from delivery import ledger
from delivery.models import Attempt, Batch, Message, MessageState, Provider
from tests.tracking.conftest import Reader, Sent
from tests.tracking.intake.test_mover import SCANNER
from tracking.intake import learning
from tracking.models import Engagement
from tracking.tasks import fold


def line(sent: Sent) -> str:
    assert ledger.audit(sent.batch).unaccounted == 0
    return ledger.tally(sent.batch).words


@pytest.mark.parametrize("act", [Sent.open, Sent.click])
def test_who_opens_or_clicks_has_it(
    act: Callable[[Sent], str], reader: Reader, uncertain: Sent, take_in: Callable[[], int]
) -> None:
    reader("GET", act(uncertain))
    take_in()
    assert line(uncertain) == "3 = 3 + 0 + 0 + 0 + 0"
    said = Attempt.objects.get(message_id=uncertain.messages[0].id)
    assert said.decision == "accepted"
    assert "so it had arrived" in said.text


def test_who_leaves_by_its_button_has_it(reader: Reader, uncertain: Sent, take_in: Callable[[], int]) -> None:
    reader(
        "POST", uncertain.unsubscribe(), b"List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    take_in()
    assert line(uncertain) == "3 = 3 + 0 + 0 + 0 + 0"


def test_a_programs_look_proves_nothing(reader: Reader, uncertain: Sent, take_in: Callable[[], int]) -> None:
    reader("GET", uncertain.click(), agent=SCANNER)
    take_in()
    assert line(uncertain) == "3 = 2 + 0 + 0 + 1 + 0"


def test_a_click_calls_off_the_second_sending(reader: Reader, uncertain: Sent, take_in: Callable[[], int]) -> None:
    provider = Provider.objects.create(name="Relay", host="127.0.0.1", port=2599)
    Batch.objects.filter(pk=uncertain.batch.pk).update(provider=provider)
    ledger.send_again(Batch.objects.get(pk=uncertain.batch.pk), by="Ada")
    assert line(uncertain) == "3 = 2 + 1 + 0 + 0 + 0"
    reader("GET", uncertain.click())
    take_in()
    assert line(uncertain) == "3 = 3 + 0 + 0 + 0 + 0"
    assert not Message.objects.filter(batch=uncertain.batch, state=MessageState.PENDING).exists()


def test_an_act_before_the_worker_was_found_dead_counts_too(
    reader: Reader, sent: Sent, take_in: Callable[[], int], request: pytest.FixtureRequest
) -> None:
    reader("GET", sent.click())
    take_in()
    assert Engagement.objects.exists()
    request.getfixturevalue("uncertain")
    fold()
    assert line(sent) == "3 = 3 + 0 + 0 + 0 + 0"
    assert learning.catch_up() == 0
