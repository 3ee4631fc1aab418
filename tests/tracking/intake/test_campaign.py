"""A campaign with a known mixture of people and programs, through the real intake. Takes seconds a seed: it is long."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from delivery.models import Message
from tests.tracking.conftest import Sent
from tests.tracking.intake.campaign import CLICK, HIDDEN, OPEN, Act, Campaign
from tests.tracking.intake.recount import assert_sums_equal_events
from tracking.intake.mover import Intake
from tracking.models import Event, EventKind
from tracking.public import spool

_LEAST = 0.95
_BLOCK_ACTS = 40  # as few at a time as the intake sees of a campaign that is just being read


@pytest.mark.parametrize("seed", [1, 23, 60_422])
def test_people_and_programs_are_told_apart(seed: int, send: Callable[..., Sent], spools: Path) -> None:
    campaign = Campaign(seed)
    sent = _send(campaign, send)
    for first in range(0, len(campaign.acts), _BLOCK_ACTS):
        _take_in(sent, campaign.acts[first : first + _BLOCK_ACTS], spools, first)
    judged = _judged(sent, campaign)
    assert len(judged) == len(campaign.acts)
    counted = [pair for pair in judged if not pair[0].note]  # HEAD is no opening and no click
    wrong = Counter(f"{act.who}: {act.kind}" for act, verdict in counted if act.is_human == bool(verdict))
    print(f"seed {seed}: {len(judged)} acts, mistaken {dict(wrong)}")  # noqa: T201 - the figures are read, too
    figures = [
        (kind, side, *_measured([pair for pair in counted if pair[0].kind == kind], side == "people"))
        for kind in (OPEN, CLICK)
        for side in ("people", "programs")
    ]
    for kind, side, precision, recall in figures:
        print(f"  {kind:5} {side:8} precision {precision:.3f} recall {recall:.3f}")  # noqa: T201 - the figures are read, too
    disguised = [bool(verdict) for act, verdict in counted if act.who.startswith("filter that clicks")]
    print(f"  of filters that call themselves browsers {sum(disguised) / len(disguised):.3f} are recognised")  # noqa: T201 - the figures are read, too
    assert min(min(precision, recall) for *_, precision, recall in figures) >= _LEAST
    assert_sums_equal_events(sent.batch)


def _send(campaign: Campaign, send: Callable[..., Sent]) -> Sent:
    sent = send(people=len(campaign.emails), links=campaign.links)
    accepted_at = timezone.now() - timedelta(days=20)
    for message, email in zip(sent.messages, campaign.emails, strict=True):
        message.email, message.accepted_at = email, accepted_at
    Message.objects.bulk_update(sent.messages, ["email", "accepted_at"])
    return sent


def _take_in(sent: Sent, acts: list[Act], spools: Path, number: int) -> None:
    spools.mkdir(parents=True, exist_ok=True)
    lines = []
    for act in acts:
        message = sent.messages[act.mail]
        assert message.accepted_at
        kind = EventKind.OPEN if act.kind == OPEN else EventKind.CLICK
        link = 0 if act.link is None else sent.links[act.link].pk
        if act.kind == OPEN:
            link = 0
        note = "hidden" if act.kind == HIDDEN else act.note
        at = message.accepted_at.timestamp() + act.seconds
        lines.append(spool.encode(spool.Act(at, kind, message.id, link, note, act.ip, act.agent)))
    (spools / f"campaign-{number}.spool").write_bytes(b"".join(lines))
    Intake(spools).read_all()


def _judged(sent: Sent, campaign: Campaign) -> list[tuple[Act, str]]:
    """Each act with the verdict that stands in the end, found again by its mail, kind and microsecond."""
    accepted = {message.id: message.accepted_at.timestamp() for message in sent.messages if message.accepted_at}
    place = {message.id: index for index, message in enumerate(sent.messages)}
    verdicts: dict[tuple[int, bool, int], str] = {}
    for row in Event.objects.filter(batch=sent.batch):
        seconds = round((row.at.timestamp() - accepted[row.message_id]) * 1e3)
        verdicts[place[row.message_id], row.kind == EventKind.OPEN, seconds] = row.verdict
    return [(act, _near(verdicts, act.mail, act.kind == OPEN, round(act.seconds * 1e3))) for act in campaign.acts]


def _near(verdicts: dict[tuple[int, bool, int], str], mail: int, is_open: bool, milliseconds: int) -> str:
    return next(
        verdicts[mail, is_open, milliseconds + off]
        for off in (0, 1, -1)
        if (mail, is_open, milliseconds + off) in verdicts
    )


def _measured(judged: list[tuple[Act, str]], is_human: bool) -> tuple[float, float]:
    said = [act for act, verdict in judged if (verdict == "") == is_human]
    true = [act for act, _ in judged if act.is_human == is_human]
    right = [act for act in said if act.is_human == is_human]
    return len(right) / len(said), len(right) / len(true)
