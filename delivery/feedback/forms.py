"""What came back in one shape, whatever form it had: a mail is read here, providers' requests register a reader."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from delivery.bounces import Finding, Kind, Trace, addresses
from delivery.feedback import recognising
from delivery.feedback.intake import MAIL
from delivery.feedback.reading.reader import Mail
from delivery.replies import Category

AUTOMATED = "automated"  # the detail of an opening or a click that the provider says was a program's


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that was said of a mail of ours. `kind` is one of delivery.bounces.Kind, or a provider's own word,
    which is kept, shown, and changes nothing.

    `message_ids`: all messages of ours that were named. None of them: not ours; several: put together by somebody.
    """

    kind: str
    message_ids: frozenset[int]
    recipient: str = ""
    category: Category | None = None
    status: str = ""
    is_permanent: bool = False
    suppresses: bool = False
    diagnostic: str = ""
    reporting_mta: str = ""
    gives_up_at: datetime | None = None
    happened_at: datetime | None = None
    detail: str = ""  # of a complaint: its feedback type; AUTOMATED


Read = Callable[[bytes], Sequence[Heard]]
_READERS: dict[str, Read] = {}


def register(form: str, read: Read) -> None:
    """`read` gets what delivery.feedback.intake.Item.raw was, in the feedback process; it may raise ValueError."""
    if form == MAIL:
        raise ValueError("Mails are read by delivery.bounces.")
    _READERS[form] = read


def reader(form: str) -> Read | None:
    return _READERS.get(form)


def of_mail(mail: Mail, envelope_to: str) -> list[Heard]:
    """A mail of ours goes to one address. Where a report names several, it stands for several people (an alias, a
    list), and as long as one of them may be there, so is it. That a mail to ourselves did not arrive says nothing of
    the person."""
    named = recognising.messages(mail.trace, envelope_to)
    heard = [
        _heard(finding, named)
        for finding in mail.findings
        if (finding.kind != Kind.UNMARKED or _came_back(mail, envelope_to)) and not _is_for_us(finding, mail.trace)
    ]
    people = [each for each in heard if each.kind in _OF_DELIVERY]
    if len(people) > 1 and not all(each.suppresses for each in people):
        return [replace(each, suppresses=False, is_permanent=False) for each in heard]
    return heard


def _came_back(mail: Mail, envelope_to: str) -> bool:
    """To the return address of a mail, which no person sees: what comes there was sent by a program (RFC 3834)."""
    return len(recognising.by_addresses((envelope_to, *mail.trace.envelope_addresses))) == 1


_OF_DELIVERY = frozenset({Kind.BOUNCE, Kind.DELAY, Kind.DELIVERED})


def _is_for_us(finding: Finding, trace: Trace) -> bool:
    """What did not arrive was on its way to one of our return addresses, or to the sender: a bounce, or an answer."""
    recipient = finding.recipient or ""
    return finding.kind in _OF_DELIVERY and (
        bool(recognising.by_addresses([recipient])) or recipient.casefold() in map(str.casefold, trace.senders)
    )


def _heard(finding: Finding, named: frozenset[int]) -> Heard:
    if finding.is_permanent and _speaks_of_our_address(finding):
        finding = replace(finding, category=Category.SENDER_NOT_VERIFIED, is_permanent=False, suppresses=False)
    return Heard(
        kind=Kind.AUTOREPLY if finding.kind == Kind.UNMARKED else finding.kind,
        message_ids=named,
        recipient=finding.recipient or "",
        category=finding.category,
        status=finding.status,
        is_permanent=finding.is_permanent,
        suppresses=finding.suppresses,
        diagnostic=finding.diagnostic,
        reporting_mta=finding.reporting_mta,
        gives_up_at=finding.gives_up_at,
        detail=finding.feedback_type,
    )


def _speaks_of_our_address(finding: Finding) -> bool:
    """“<bounce+…@…>: User unknown” is no word about the person: it is our return address that was not found."""
    return bool(recognising.by_addresses(addresses.found_in(finding.diagnostic, 5)))
