"""A file of figures becomes rows: of our own domains and addresses only, and the same file twice changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts import wording
from delivery.domains.models import SendingDomain
from delivery.reputation.figures.reading import Kind, Line, NotReadable, Table, read
from delivery.reputation.models import MailboxFigure, SendingAddress

NAMES = {Kind.GOOGLE: "Google Postmaster Tools", Kind.MICROSOFT: "Microsoft SNDS"}
_SAID = ("day", "complained", "is_most", "mails", "verdict", "traps")
_NAMED = 3


@dataclass(slots=True)
class Taken:
    kind: Kind
    new: int = 0
    changed: int = 0
    known: int = 0
    empty: int = 0  # without any figure
    foreign: list[str] = field(default_factory=list)  # neither our domains nor our addresses
    days: list[date] = field(default_factory=list)

    @property
    def is_nothing(self) -> bool:
        return not (self.new or self.changed or self.known)


def take(raw: bytes, domain: SendingDomain | None, now: datetime) -> Taken:
    """`domain`: what a file of Google's is about that does not say so. Raises NotReadable."""
    table = read(raw, now)
    owners = _owners(table, domain)
    taken = Taken(table.kind, empty=table.empty)
    taken.foreign = sorted({line.subject for line in table.lines} - owners.keys())
    rows = {}  # what stands twice in a file counts as it stands last
    for line in table.lines:
        if line.subject in owners and (line.complained is not None or line.verdict):
            rows[owners[line.subject].pk, line.begins_at] = _figure(line, owners[line.subject])
    if rows:
        _keep(table.kind, rows.values(), taken)
    return taken


def in_words(taken: Taken) -> str:
    """What was read, dry."""
    if taken.is_nothing:
        return f"{NAMES[taken.kind]}: no figure of yours was in the file. {_left_out(taken)}".strip()
    first, last = min(taken.days), max(taken.days)
    span = f"{wording.day(first, last)} to {wording.day(last, last)}" if first != last else wording.day(first, last)
    counts = [(taken.new, "new"), (taken.changed, "changed"), (taken.known, "known already")]
    words = ", ".join(f"{number:,} {what}" for number, what in counts if number)
    return f"{NAMES[taken.kind]}, {span}: {words}. {_left_out(taken)}".strip()


def _left_out(taken: Taken) -> str:
    parts = []
    if taken.empty:
        parts.append(f"{taken.empty:,} {'line holds' if taken.empty == 1 else 'lines hold'} no figure.")
    if taken.foreign:
        named, more = ", ".join(taken.foreign[:_NAMED]), len(taken.foreign) - _NAMED
        what = "domains" if taken.kind == Kind.GOOGLE else "addresses"
        parts.append(f"Left out, as not among your {what}: {named}{f' and {more:,} more' if more > 0 else ''}.")
    return " ".join(parts)


def _owners(table: Table, domain: SendingDomain | None) -> dict[str, Any]:
    subjects = {line.subject for line in table.lines}
    if table.kind == Kind.MICROSOFT:
        return {address.ip: address for address in SendingAddress.objects.filter(ip__in=subjects)}
    owners: dict[str, Any] = {one.name: one for one in SendingDomain.objects.confirmed().filter(name__in=subjects)}
    if "" in subjects:
        if domain is None:
            raise NotReadable("The file does not say which domain it is about: choose that below it.")
        owners[""] = domain
    return owners


def _figure(line: Line, owner: Any) -> MailboxFigure:
    whose = {"domain": owner} if isinstance(owner, SendingDomain) else {"address": owner}
    day = (line.begins_at + (line.ends_at - line.begins_at) / 2).date()
    return MailboxFigure(
        **whose,
        begins_at=line.begins_at,
        day=day,
        **{name: getattr(line, name) for name in _SAID if name != "day"},
    )


@transaction.atomic
def _keep(kind: Kind, found: Iterable[MailboxFigure], taken: Taken) -> None:
    whose = "domain_id" if kind == Kind.GOOGLE else "address_id"
    rows = sorted(found, key=lambda row: (getattr(row, whose), row.begins_at))  # two uploads at once do not deadlock
    same = {f"{whose}__in": {getattr(row, whose) for row in rows}}
    before = {
        tuple(one[:2]): one[2:]
        for one in MailboxFigure.objects.filter(
            **same, begins_at__range=(min(row.begins_at for row in rows), max(row.begins_at for row in rows))
        ).values_list(whose, "begins_at", *_SAID)
    }
    changed = []
    for row in rows:
        taken.days.append(row.day)
        known = before.get((getattr(row, whose), row.begins_at))
        if known is None:
            taken.new += 1
        elif known == tuple(getattr(row, name) for name in _SAID):
            taken.known += 1
            continue
        else:
            taken.changed += 1
        changed.append(row)
    MailboxFigure.objects.bulk_create(
        changed,
        batch_size=1_000,
        update_conflicts=True,
        unique_fields=[whose.removesuffix("_id"), "begins_at"],
        update_fields=_SAID,
    )
