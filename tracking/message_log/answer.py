"""“Did Ana get it?”, answered in one sentence that can be pasted into a reply, with the server's words."""

import re
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils import timezone

from accounts import wording
from contacts.models import Contact
from delivery import titles
from delivery.models import Attempt, Feedback, FeedbackEvent, Message, MessageState, Term, Waiting
from tracking.message_log import came_back
from tracking.message_log import wording as log_wording

_QUESTION = re.compile(r"^\s*did\s+(.+?)\s+(?:get|receive|see|got)\b.*$", re.IGNORECASE)
_REPLY_CHARS = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """`sentence` is ours, `reply` the server's own, hostile text; `kind` is one of the face's states."""

    kind: str
    sentence: str
    reply: str
    url: str


def subject_of(words: str) -> str:
    """Whom a question speaks of; the words themselves if they are no question."""
    asked = _QUESTION.match(words)
    return asked[1] if asked else words


def answers(contact: Contact, limit: int = 3) -> list[Answer]:
    """Of the person's latest real mails, the latest first; of rehearsals, which reach nobody, if there is no other."""
    mails = Message.objects.filter(contact_id=contact.pk).select_related("batch").order_by("-id")
    found = list(mails.filter(batch__rehearsal=False)[:limit]) or list(mails[:limit])
    ids = [message.id for message in found]
    waiting = Waiting.objects.in_bulk(ids)
    said = {row.message_id: row for row in Attempt.objects.filter(message_id__in=ids).order_by("id")}
    returned = Feedback.objects.in_bulk(ids)
    events = {row.message_id: row for row in FeedbackEvent.objects.filter(message_id__in=ids).order_by("is_permanent")}
    unheard = [message for message in found if message.state == MessageState.ACCEPTED and message.id not in returned]
    dropped = came_back.dropped(unheard)
    named = titles.titles(message.batch_id for message in found)
    answered = []
    for message in found:
        answer = _answer(contact, message, waiting.get(message.id), said.get(message.id), named[message.batch_id].text)
        if message.state == MessageState.ACCEPTED and message.id in returned:
            answer = _after(answer, message, returned[message.id], events.get(message.id))
        elif message.id in dropped:
            sentence = f"Probably not: {_accepted(answer)}, but {dropped[message.id]}."
            answer = replace(answer, kind="warn", sentence=sentence)
        answered.append(answer)
    return answered


def _accepted(answer: Answer) -> str:
    return answer.sentence.removeprefix("Yes: ").removesuffix(".")


def _after(answer: Answer, message: Message, row: Feedback, event: FeedbackEvent | None) -> Answer:
    """The same once something has come back of it."""
    accepted = _accepted(answer)
    why = f" Why: {reason}" if (reason := log_wording.of_bounce(row.category)) else ""
    back = wording.moment(timezone.localtime((event and event.happened_at) or row.at), timezone.localtime())
    reply = " ".join(filter(None, [event.status, event.diagnostic]))[:_REPLY_CHARS] if event else answer.reply
    match row.term:
        case Term.HARD:
            return replace(
                answer, kind="bad", sentence=f"No: {accepted}, and it came back {back} for good.{why}", reply=reply
            )
        case Term.SOFT:
            return replace(answer, kind="bad", sentence=f"No: {accepted}, and it came back {back}.{why}", reply=reply)
        case Term.COMPLAINED:
            sentence = f"Yes: {accepted}, and it was marked as spam {back}. Nothing more is sent there."
            return replace(answer, kind="warn", sentence=sentence)
        case _:
            return replace(answer, sentence=f"Yes: {accepted}, and reported it as delivered {back}.")


def _answer(contact: Contact, message: Message, waiting: Waiting | None, last: Attempt | None, title: str) -> Answer:
    name = wording.isolated(f"{contact.first_name} {contact.last_name}".strip() or message.email)
    mail = f"“{wording.isolated(title)}”" + (" (a rehearsal, which reaches nobody)" if message.batch.rehearsal else "")
    category = waiting.category if waiting else ""
    reason = log_wording.reason(category)
    why = f" Why: {reason}" if reason else ""
    now = timezone.localtime()
    at = message.accepted_at or (last.at if last else None)
    when = f" {wording.moment(timezone.localtime(at), now)}" if at else ""
    match message.state:
        case MessageState.ACCEPTED:
            kind, text = "good", f"Yes: the mail server of {message.email} accepted {mail}{when}."
        case MessageState.REFUSED:
            kind, text = "bad", f"No: {name} did not get {mail}; the server refused it{when}.{why}"
        case MessageState.UNCERTAIN:
            kind = "warn"
            text = f"Perhaps: the connection broke{when} before the server of {message.email} answered to {mail}."
        case MessageState.SKIPPED:
            kind, text = "none", f"No: {mail} was not sent to {name}.{why}"
        case MessageState.PENDING | MessageState.DEFERRED if paused := log_wording.of_pause(
            message.batch, message.email
        ):
            kind, text = "wait", f"Not yet: {mail} to {name} waits. {paused}"
        case MessageState.DEFERRED if waiting and waiting.retry_at:
            next_try = wording.moment(timezone.localtime(waiting.retry_at), now)
            kind, text = "wait", f"Not yet: {mail} to {name} waits for its next try {next_try}.{why}"
        case _:
            kind, text = "wait", f"Not yet: {mail} to {name} is waiting to be sent."
    reply = " ".join(filter(None, [str(last.code or ""), last.enhanced, last.text])) if last else message.reply or ""
    return Answer(kind, text, reply[:_REPLY_CHARS], reverse("message", args=[message.id]))
