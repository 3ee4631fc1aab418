"""A campaign on its way: the product launches, builds, counts and judges it; only the servers' answers are made up."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection

from accounts.models import User
from campaigns.message import editions
from campaigns.models import Campaign
from campaigns.preflight import content, findings
from delivery import ledger, replies
from delivery.dispatch import due_retries, tick
from delivery.engine.bookkeeping import settling
from delivery.engine.bookkeeping.settling import BatchRules, Counts
from delivery.feedback import failing, suppression
from delivery.ledger import building, watching
from delivery.models import Batch, Chunk, MessageState, Provider
from delivery.outcomes import Outcome
from delivery.policy import soft_bounces
from delivery.policy.stop_rules import COUNTED
from delivery.replies import Stage
from tools.demo.clock import Clock
from tools.demo.people import Mailbox, Person

_RATE = 25  # mails a second


@dataclass(frozen=True, slots=True)
class Answer:
    stage: Stage
    code: int
    enhanced: str
    text: str


_GONE = (
    Answer(Stage.RCPT, 550, "5.1.1", "The email account that you tried to reach does not exist. {email}"),
    Answer(Stage.RCPT, 550, "5.1.1", "<{email}>: Recipient address rejected: User unknown in virtual mailbox table"),
    Answer(Stage.RCPT, 550, "5.1.1", "Requested action not taken: mailbox unavailable"),
    Answer(Stage.RCPT, 550, "5.2.1", "The email account that you tried to reach is disabled."),
)
_LATER = Answer(Stage.RCPT, 451, "4.7.1", "<{email}>: Greylisted, please try again in 300 seconds")
_BROKEN = "The connection broke after the mail was sent, before the answer came."


@dataclass(slots=True)
class Way:
    """How a campaign goes. `until`: the share of its people at which `interrupt` is called and nothing more leaves."""

    clock: Clock
    people: Mapping[int, Person]  # by contact
    until: float = 1.0
    interrupt: Callable[[Batch], None] | None = None
    breaks_off: bool = False
    chance: random.Random = field(default_factory=lambda: random.Random(7))


def launch(campaign: Campaign, relay: Provider, by: User) -> Batch:
    """As campaigns.sending.launching does where nothing blocks it: made-up people and servers do."""
    edition = editions.freeze(campaign)
    edition.created_by, edition.preflight = by, findings.kept(content.check(campaign, is_real=True))
    edition.save()
    audience = campaign.audience()
    batch = ledger.launch(
        content_kind="edition",
        content_id=edition.pk,
        provider=relay,
        audience=audience,
        lists=list(audience.lists),
        group=campaign.group,
        hold_seconds=10,
        sender_domain=edition.sender_domain,
        not_before=campaign.scheduled_at,
    )
    edition.batch = campaign.batch = batch
    edition.save(update_fields=["batch"])
    editions.freeze_links(edition, batch)
    campaign.save(update_fields=["batch", "updated_at"])
    return batch


def send(batch: Batch, way: Way) -> None:
    """Until it is through or somebody has stopped it."""
    building.build(batch.pk)
    way.clock.set(way.clock.at + timedelta(seconds=11))
    with connection.cursor() as cursor:
        tick.start_due(cursor)
    batch.refresh_from_db()
    for chunk in Chunk.objects.filter(batch=batch, is_done=False).order_by("id"):
        _drive(batch, chunk, way)
        batch.refresh_from_db()
        if batch.state != Batch.State.SENDING:
            return
        if way.interrupt and batch.accepted >= way.until * batch.total:
            way.interrupt(batch)
            return
    _try_again(batch, way)
    end()


def end() -> None:
    """Whatever has nothing left to do."""
    with connection.cursor() as cursor:
        tick.end_batches(cursor)


def _try_again(batch: Batch, way: Way) -> None:
    for _ in range(5):
        way.clock.set(way.clock.at + timedelta(minutes=15))
        with connection.cursor() as cursor:
            due_retries.gather(cursor)
        for chunk in Chunk.objects.filter(batch=batch, is_done=False):
            _drive(batch, chunk, way)


def _drive(batch: Batch, chunk: Chunk, way: Way) -> None:
    """What a worker writes down of one chunk, and what it does about refusals."""
    messages = _messages(batch, chunk)
    outcomes = [found for message in messages if (found := _outcome(message, way))]
    if way.breaks_off and not chunk.ids and len(messages) > 20:
        outcomes += _unanswered(messages, outcomes)
        way.breaks_off = False
    refused = [outcome for outcome in outcomes if outcome.state == MessageState.REFUSED]
    suppression.suppress(outcome for outcome in refused if outcome.suppresses)
    rules, counts = BatchRules(batch.pk, batch.stream, None, batch.provider, lane=chunk.lane), Counts()
    with connection.cursor() as cursor:
        if outcomes:
            settling.write(cursor, rules, outcomes, counts)
            cursor.execute(_DATE_ATTEMPTS, [way.clock.at, batch.pk, way.clock.at])
        accepted = [message.id for message in messages if message.id not in {each.message_id for each in outcomes}]
        counts.accepted = _accept(accepted, batch, way)
        settling.count(cursor, chunk.pk, counts, len(messages))
        settling.end_chunk(cursor, chunk.pk)
    way.clock.set(way.clock.at + timedelta(seconds=len(messages) / _RATE))
    if refused:
        failing.note(batch.pk, refused)
        suppression.hold_mass_events(batch.pk, (outcome for outcome in refused if outcome.suppresses))
        if any(outcome.category in COUNTED for outcome in refused):
            watching.judge(batch.pk)


@dataclass(frozen=True, slots=True)
class _Message:
    id: int
    contact_id: int
    email: str
    attempts: int


def _messages(batch: Batch, chunk: Chunk) -> list[_Message]:
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERS, [batch.pk, chunk.first_id, chunk.last_id, chunk.ids or [], int(MessageState.PENDING)])
        return [_Message(*row) for row in cursor.fetchall()]


def _outcome(message: _Message, way: Way) -> Outcome | None:
    """None: accepted at once."""
    person = way.people[message.contact_id]
    if way.clock.at < person.fails_from:
        return None
    if person.mailbox == Mailbox.GONE:
        return _answered(message, _GONE[message.id % len(_GONE)])
    if person.mailbox == Mailbox.CAUTIOUS and not message.attempts:
        return _answered(message, _LATER)
    return None


def _answered(message: _Message, answer: Answer) -> Outcome:
    verdict = replies.classify(answer.stage, answer.code, answer.enhanced, answer.text)
    state = MessageState.REFUSED if verdict.is_permanent else MessageState.DEFERRED
    return Outcome(
        message.id,
        message.email,
        state,
        "refused" if verdict.is_permanent else "retry",
        verdict.category,
        answer.stage,
        code=answer.code,
        enhanced=answer.enhanced,
        text=f"{answer.enhanced} {answer.text.format(email=message.email)}",
        attempts=message.attempts,
        duration_ms=90 + message.id % 400,
        verdict=verdict if verdict.retries else None,
        suppresses=verdict.suppresses,
        failing=soft_bounces.failing(verdict, answer.stage),
    )


def _unanswered(messages: Sequence[_Message], others: Sequence[Outcome]) -> list[Outcome]:
    settled = {outcome.message_id for outcome in others}
    return [
        Outcome(
            message.id,
            message.email,
            MessageState.UNCERTAIN,
            "uncertain",
            replies.Category.NETWORK,
            Stage.BODY,
            text=_BROKEN,
        )
        for message in messages[:12:4]
        if message.id not in settled
    ]


def _accept(ids: Sequence[int], batch: Batch, way: Way) -> int:
    with connection.cursor() as cursor:
        provider = batch.provider.pk if batch.provider else None
        cursor.execute(_ACCEPT, [int(MessageState.ACCEPTED), provider, way.clock.at, _RATE, list(ids)])
        return int(cursor.rowcount)


_MEMBERS = """
SELECT id, contact_id, email, attempts FROM delivery_message
WHERE batch_id = %s AND (id BETWEEN %s AND %s OR id = ANY(%s)) AND state = %s ORDER BY id
"""
_ACCEPT = """
UPDATE delivery_message m SET state = %s, attempts = attempts + 1, provider_id = %s,
    accepted_at = %s::timestamptz + given.n / %s::float * interval '1 second'
FROM unnest(%s::bigint[]) WITH ORDINALITY AS given (id, n) WHERE m.id = given.id
"""
_DATE_ATTEMPTS = "UPDATE delivery_attempt SET at = %s WHERE batch_id = %s AND at > %s"
