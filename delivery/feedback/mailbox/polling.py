"""A look into a mailbox: what is new is read, reports about mails of ours go to the intake, and the position moves on.

A page of mails is taken, put away and remembered, in this order: whoever is killed in between reads that page again,
and the intake knows what it has.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db import connection
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts import secrets
from accounts.egress.deadline import Deadline
from delivery.domains.delivered import checking
from delivery.domains.delivered.reading import Arrived
from delivery.domains.dmarc_reports import keeping
from delivery.domains.dmarc_reports.reading import Reading
from delivery.feedback import forms, intake
from delivery.feedback.mailbox import cures
from delivery.feedback.mailbox.account import WANTED_BYTES, Account, Contents, Fetched, Lying, pages
from delivery.feedback.mailbox.cures import LoginFailed
from delivery.feedback.mailbox.imap import Imap
from delivery.feedback.mailbox.opening import Opening, Position
from delivery.feedback.mailbox.pop3 import Pop3
from delivery.feedback.reading.reader import Reader
from delivery.models import KnownMail, Returned, ReturnMailbox
from delivery.oauth.tokens import NoToken
from delivery.providers.check.cures import Failed

MOST_MAILS = 2_000
MOST_BYTES = 64_000_000
WORKING_SECONDS = 25.0
_CUT_OFF_SECONDS = 60.0
_CLAIMED_FOR = timedelta(minutes=3)
_EVERY = {
    ReturnMailbox.Protocol.IMAP: timedelta(minutes=1),
    ReturnMailbox.Protocol.POP3: timedelta(minutes=5),  # it lists the whole mailbox each time
}

Opened = Callable[[Account, Deadline, Position], Opening]


class _Changed(Exception):
    """Somebody edited or removed the mailbox meanwhile."""


def poll(mailbox_id: int, opened: Opened = Opening) -> None:
    """Unless somebody else is at it, or it is paused or not due."""
    now = timezone.now()
    if not ReturnMailbox.objects.due().filter(pk=mailbox_id).update(next_poll_at=now + _CLAIMED_FOR):
        return
    mailbox = ReturnMailbox.objects.filter(pk=mailbox_id).first()
    if mailbox is None:
        return
    try:
        account = Account.of(mailbox)
    except NoToken as refusal:
        mailbox.fails(refusal.words, refusal.cure, refusal.raw, is_login=refusal.is_refused)
        return
    except secrets.Unreadable:
        problem = cures.unreadable_secret()
        mailbox.fails(problem.words, problem.cure, "", is_login=True)
        return
    _Poll(mailbox, account).run(opened)


class _Poll:
    def __init__(self, mailbox: ReturnMailbox, account: Account) -> None:
        self._mailbox, self._account = mailbox, account
        self._reader = Reader()
        self._refusal: Failed | None = None  # of putting away what was taken: it counts all the same

    def run(self, opened: Opened) -> None:
        try:
            with Deadline(_CUT_OFF_SECONDS) as deadline:
                opening = opened(self._account, deadline, self._position())
                try:
                    behind = self._read(opening, opening.run())
                finally:
                    opening.close()
        except Failed as problem:
            self._fails(problem)
        except _Changed:
            pass  # its next poll goes by what is there now
        else:
            self._ends(behind)
        finally:
            self._reader.close()

    def _position(self) -> Position:
        mailbox = self._mailbox
        if mailbox.is_imap:
            return Position(mailbox.uid_validity, mailbox.last_uid)
        known = frozenset(map(bytes, mailbox.known_mails.values_list("digest", flat=True)))
        return Position(known=known if known or mailbox.read_at else None)

    def _read(self, opening: Opening, contents: Contents) -> int:
        """Returns how many are left for the next polls."""
        visit, looked_at, size = opening.visit, 0, 0
        if isinstance(visit, Pop3):
            self._remember(visit.passed_over)
            self._forget(visit.gone)
        until = timezone.now() + timedelta(seconds=WORKING_SECONDS)
        with opening.speaking():
            found = visit.new(MOST_MAILS)
        for page in pages(found):
            with opening.speaking():
                fetched = list(visit.fetch(page))
            ours = self._take(opening, fetched)
            if ours:
                self._put_away(opening, ours)
            self._move_on(opening, page, len(ours))
            looked_at += len(page)
            size += sum(len(each.raw) for each in fetched)
            if timezone.now() > until or size > MOST_BYTES:
                break
        with opening.speaking():
            visit.say_goodbye()
        return max(0, contents.new - looked_at) if found else 0

    def _take(self, opening: Opening, fetched: Sequence[Fetched]) -> list[Lying]:
        """Stored, once this returns. What reports nothing stays untouched: somebody may have answered a campaign."""
        ours, seen = [], []
        said = list(self._reader.read([each.raw for each in fetched]))
        for each, mail in zip(fetched, said, strict=True):
            if mail is None:
                continue
            if mail.arrived is not None and self._notes(mail.arrived):
                seen.append(each.lying)
            elif mail.dmarc is not None and (report := self._report(opening, each, mail.dmarc)):
                ours.append(report)
            elif any(heard.message_ids for heard in forms.of_mail(mail, "")):
                ours.append(each)
        now = timezone.now()
        items = [intake.Item(each.raw, received_at=min(each.received_at or now, now)) for each in ours]
        if items:
            intake.take(items, way=Returned.Way.MAILBOX, source=self._mailbox.source)
        return [*seen, *(each.lying for each in ours)]

    def _notes(self, arrived: Arrived) -> bool:
        """One that we sent to see how it arrives. False: we did not, or nothing is said of it."""
        try:
            return checking.take(arrived)
        except checking.NotPossible:
            return False

    def _report(self, opening: Opening, fetched: Fetched, reading: Reading) -> Fetched | None:
        """On a domain of ours; one that is too long for the first look is fetched whole."""
        if reading.report is None and fetched.lying.size > len(fetched.raw) >= WANTED_BYTES:
            with opening.speaking():
                whole = next(iter(opening.visit.fetch([fetched.lying], intake.LARGEST_BYTES)), None)
            mail = next(self._reader.read([whole.raw])) if whole else None
            if whole and mail and mail.dmarc:
                fetched, reading = whole, mail.dmarc
        return fetched if reading.report is not None and keeping.is_ours(reading.report) else None

    def _put_away(self, opening: Opening, ours: Sequence[Lying]) -> None:
        try:
            with opening.speaking():
                opening.visit.put_away(ours)
        except cures.NotPutAway as refusal:
            self._refusal = refusal

    def _move_on(self, opening: Opening, page: Sequence[Lying], taken: int) -> None:
        counts: dict[str, object] = {"looked_at": F("looked_at") + len(page), "taken": F("taken") + taken}
        if taken:
            counts["taken_at"] = timezone.now()
        if isinstance(opening.visit, Imap):
            counts |= {"uid_validity": opening.visit.uid_validity, "last_uid": max(lying.number for lying in page)}
        self._update(counts)
        if isinstance(opening.visit, Pop3):
            self._remember(frozenset(lying.digest for lying in page))

    def _ends(self, behind: int) -> None:
        if self._refusal:
            self._fails(self._refusal)
            return
        now = timezone.now()
        wait = timedelta(0) if behind else _EVERY[ReturnMailbox.Protocol(self._mailbox.protocol)]
        ends = {"read_at": now, "behind": behind, "next_poll_at": now + wait}
        well = {"failures": 0, "failing_since": None, "problem": "", "cure": "", "detail": ""}
        try:
            self._update(ends | well)
        except _Changed:
            return

    def _fails(self, problem: Failed) -> None:
        if self._same().exists():
            self._mailbox.fails(problem.words, problem.cure, problem.raw, is_login=isinstance(problem, LoginFailed))

    def _update(self, fields: dict[str, object]) -> None:
        if not self._same().update(**fields):
            raise _Changed

    def _same(self) -> QuerySet[ReturnMailbox]:
        """The mailbox, as long as it is the one that was opened."""
        account = self._account
        return ReturnMailbox.objects.filter(
            pk=self._mailbox.pk,
            protocol=account.protocol,
            host=account.host,
            port=account.port,
            username=account.username,
            folder=account.folder,
        )

    def _remember(self, digests: frozenset[bytes]) -> None:
        if digests:
            with connection.cursor() as cursor:
                cursor.execute(_REMEMBER, [self._mailbox.pk, list(digests)])

    def _forget(self, digests: frozenset[bytes]) -> None:
        if digests:
            KnownMail.objects.filter(mailbox=self._mailbox, digest__in=list(digests)).delete()


_REMEMBER = """
INSERT INTO delivery_knownmail (mailbox_id, digest) SELECT %s, unnest(%s::bytea[])
ON CONFLICT (mailbox_id, digest) DO NOTHING
"""
