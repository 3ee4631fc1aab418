"""What the page says of returned mail."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from accounts.models import Organisation
from delivery.feedback import settling, wording
from delivery.feedback.listening.place import place
from delivery.feedback.webhooks.catalogue import kinds
from delivery.models import FeedbackEvent, Message, Returned, ReturnListener, ReturnMailbox, Webhook

LISTED = 30
_JUST_SET = "It opens within a few seconds."
_FULL = (
    "As many servers as it takes at once hold connections to it, and others are told to come back: what returns comes"
    " late. If it goes on, let a mail server in front take port 25 and hand the mail on, as Returned mail describes."
)
_SILENT = "The part that receives returned mail does not run. Start Tallypost again on its server: make run."


@dataclass(frozen=True, slots=True)
class Standing:
    """`kind` as of components/state.html."""

    kind: str
    title: str
    words: str = ""
    since: datetime | None = None
    is_settled: bool = True  # False: look again in a moment


@dataclass(frozen=True, slots=True)
class Held:
    """What of one source waits for somebody to look."""

    source: str
    way: str
    reports: int
    people: int
    since: datetime
    newest_id: int
    wishes: int  # of the reports, those in which somebody complains or leaves
    by: str = ""  # the way, and which one of several, in words


@dataclass(frozen=True, slots=True)
class About:
    """One event, and whom the mail was for that it is about; "" where that is no longer known."""

    event: FeedbackEvent
    email: str

    @property
    def said(self) -> str:
        return wording.said(self.event)


@dataclass(frozen=True, slots=True)
class Line:
    returned: Returned
    about: Sequence[About]

    @property
    def kind(self) -> str:
        """As of components/state.html."""
        return _KINDS.get(Returned.State(self.returned.state), "none")

    @property
    def words(self) -> str:
        """What the state alone does not say."""
        return "" if self.returned.words == settling.COUNTED_WORDS else self.returned.words


_KINDS = {
    Returned.State.COUNTED: "good",
    Returned.State.WAITING: "wait",
    Returned.State.HELD: "warn",
    Returned.State.UNREADABLE: "bad",
}


def standing(organisation: Organisation, listener: ReturnListener) -> Standing:
    if not organisation.bounce_domain:
        return Standing("none", "Off", "Nothing is received as long as no bounce domain is set.")
    if listener.is_silent:
        return Standing("bad", "Not listening", f"{_JUST_SET} If it does not: {_SILENT}", is_settled=False)
    if listener.problem:
        return Standing("bad", "Not listening", listener.problem, listener.since, is_settled=False)
    if not listener.is_open:
        return Standing("wait", "Opening", _JUST_SET, is_settled=False)
    if listener.is_full:
        return Standing("warn", "Full", _FULL, listener.full_since)
    return Standing("good", f"Listening at {listener.place}", since=listener.since)


def trouble(organisation: Organisation | None) -> str:
    """Why nothing can be received although it should, and the cure; "" if all is well. Cheap."""
    if organisation is None or not organisation.bounce_domain:
        return ""
    listener = ReturnListener.objects.filter(pk=1).first()
    if listener is None or listener.seen_at is None:
        return ""  # set this moment, or a start that is not over: the page says so
    if listener.is_silent:
        return _SILENT
    return listener.problem or (_FULL if listener.is_full else "")


def has_way_in(organisation: Organisation | None) -> bool:
    """Whether bounces of real mail can come back at all; of the command it is known once it brought one."""
    return (
        (organisation is not None and bool(organisation.bounce_domain))
        or Webhook.objects.filter(state=Webhook.State.ACTIVE).exists()
        or ReturnMailbox.objects.filter(is_paused=False).exists()
        or Returned.objects.filter(way=Returned.Way.PIPE).exists()
    )


def held(up_to: int | None = None) -> list[Held]:
    """`up_to`: without what came after that one."""
    waiting = held_reports() if up_to is None else held_reports().filter(pk__lte=up_to)
    rows = waiting.order_by().values_list("source", "way")
    wishes = Count("pk", filter=Q(words=settling.HELD_WISHES))
    sums = rows.annotate(Count("pk"), Sum("would_suppress"), Min("received_at"), Max("pk"), wishes=wishes)
    found = [Held(*row) for row in sums.order_by("source")]
    names = _names() if found else {}
    return [replace(one, by=names.get(one.source, str(Returned.Way(one.way).label))) for one in found]


def held_reports() -> QuerySet[Returned]:
    return Returned.objects.filter(state=Returned.State.HELD)


def _names() -> dict[str, str]:
    """Of mailboxes and webhooks, by the source that stands with what they brought."""
    mailboxes = {one.source: f"Mailbox {one.name}" for one in ReturnMailbox.objects.all()}
    return mailboxes | {
        one.source: f"Webhook of {one.label or kinds()[one.kind].name}" for one in Webhook.objects.all()
    }


def last() -> list[Line]:
    rows = list(Returned.objects.select_related("provider").defer("raw").order_by("-id")[:LISTED])
    events: dict[int | None, list[FeedbackEvent]] = defaultdict(list)
    for event in FeedbackEvent.objects.filter(returned__in=[row.pk for row in rows]).order_by("id")[: LISTED * 10]:
        events[event.returned_id].append(event)
    shown = {row.pk: events[row.pk][:3] for row in rows}
    numbers = [event.message_id for few in shown.values() for event in few]
    emails = dict(Message.objects.filter(pk__in=numbers).values_list("pk", "email"))
    return [Line(row, [About(event, emails.get(event.message_id, "")) for event in shown[row.pk]]) for row in rows]


def handing_on(domain: str) -> str:
    """Lines for Postfix's main.cf."""
    where = place()
    to = f"lmtp:unix:{where}" if where.is_socket else f"lmtp:inet:{where}"
    return (
        f"relay_domains = {domain}\n"
        f"relay_recipient_maps =\n"
        f"transport_maps = inline:{{ {{{domain} = {to}}} }}\n"
        f"lmtp_destination_concurrency_limit = 8"
    )


def piping() -> str:
    return f'cd {settings.BASE_DIR} && uv run python manage.py read_returned --to "$RECIPIENT"'
