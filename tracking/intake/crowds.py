"""People of one company for whom one program at one place does the same within seconds.

Kept for minutes in a small table of its own, because what came a moment ago may stand in another block, or in another
web host's spool: events themselves are not asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Protocol

from django.db.backends.utils import CursorWrapper

from delivery.policy import mailbox_providers
from tracking.scoring import bursts

_AROUND = timedelta(seconds=10)
KEPT = timedelta(minutes=15)


class Mailed(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def batch_id(self) -> int: ...
    @property
    def email(self) -> str: ...


class Act(Protocol):
    @property
    def mail(self) -> Mailed: ...
    @property
    def at(self) -> datetime: ...
    @property
    def kind(self) -> int: ...
    @property
    def ip(self) -> str | None: ...
    @property
    def user_agent(self) -> str: ...


class New(Act, Protocol):
    @property
    def is_fresh(self) -> bool: ...
    @property
    def is_machine(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Crowd:
    """Keys of what was too much at once, with the times; and the mails it was done for."""

    keys: dict[int, tuple[datetime, datetime]]
    mails: frozenset[int]

    def has(self, act: Act) -> bool:
        if not self.keys or act.mail.id not in self.mails or act.ip is None:
            return False
        span = self.keys.get(_key(act))
        return span is not None and span[0] <= act.at <= span[1]


_NOBODY = Crowd({}, frozenset())


def find(cursor: CursorWrapper, events: Sequence[New]) -> Crowd:
    """Notes what came and looks at what came just before it, of the same key."""
    noted = [(_key(event), event.at, event.mail.id) for event in events if event.is_fresh and _is_of_company(event)]
    if not noted:
        return _NOBODY
    with cursor.copy("COPY tracking_companyact (key, at, message_id) FROM STDIN") as copy:
        for row in noted:
            copy.write_row(row)
    times = [at for _, at, _ in noted]
    cursor.execute(_CLOSE, [list({key for key, _, _ in noted}), min(times) - _AROUND, max(times) + _AROUND])
    spans: dict[int, tuple[datetime, datetime]] = {}
    mails: set[int] = set()
    for key, ats, message_ids in cursor.fetchall():
        if bursts.crowd([(at.timestamp(), number) for at, number in zip(ats, message_ids, strict=True)]):
            spans[key] = (min(ats), max(ats))
            mails |= set(message_ids)
    return Crowd(spans, frozenset(mails)) if spans else _NOBODY


def _is_of_company(event: New) -> bool:
    """Mailbox providers' people share nothing but the provider."""
    return (
        not event.is_machine
        and event.ip is not None
        and mailbox_providers.lane(event.mail.email) == mailbox_providers.OTHER
    )


def _key(act: Act) -> int:
    domain = act.mail.email.rpartition("@")[2].lower()
    text = f"{act.mail.batch_id} {act.kind} {domain} {act.ip} {act.user_agent}"
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)


# Only what is of several mails can be a crowd; the last hundred of each key are enough to see one.
_CLOSE = """
SELECT k.key, a.ats, a.message_ids FROM unnest(%s::bigint[]) AS k (key) CROSS JOIN LATERAL (
    SELECT array_agg(at) AS ats, array_agg(message_id) AS message_ids FROM (
        SELECT at, message_id FROM tracking_companyact WHERE key = k.key AND at BETWEEN %s AND %s
        ORDER BY at DESC LIMIT 100) latest
    HAVING count(DISTINCT message_id) >= 3) a
"""


def forget(cursor: CursorWrapper, before: datetime) -> None:
    cursor.execute("DELETE FROM tracking_companyact WHERE at < %s", [before])
