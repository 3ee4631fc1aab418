"""What a source of mail is, by how its mail fared, and what to do with the policy next. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

WELL = 0.98  # of a source's mails; forwarding breaks some of everybody's
_MOSTLY = 0.5
ENOUGH_DAYS, ENOUGH_MAILS = 14, 100
_DAYS_OF_ONE = 3
_FEW = 10  # mails of an unknown source that nobody need look at


class Kind(StrEnum):
    OURS = "ours"
    FAILING = "failing"
    FORWARDED = "forwarded"
    UNKNOWN = "unknown"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    mails: int
    passed: int  # DMARC: by one of the two
    by_spf: int
    by_dkim: int
    stopped: int  # put with the spam or refused
    addresses: int
    last_day: date
    reporters: int  # whose reports are signed
    days: int  # that those speak of
    is_ours: bool | None  # as an admin said

    @property
    def failed(self) -> int:
        return self.mails - self.passed

    @property
    def share(self) -> float:
        return self.passed / self.mails if self.mails else 0.0

    @property
    def kind(self) -> Kind:
        """Nobody passes who has neither a key of the domain nor a place in its SPF record."""
        if self.is_ours is False and not self.by_spf:
            return Kind.FOREIGN
        if self.passed == 0:
            return Kind.FAILING if self.is_ours else Kind.UNKNOWN
        if self.share >= WELL:
            return Kind.OURS
        # Who only ever passes by the signature, and seldom, hands on what others sent.
        is_forwarder = not self.by_spf and self.share < _MOSTLY and not self.is_ours
        return Kind.FORWARDED if is_forwarder else Kind.FAILING

    @property
    def is_plausible(self) -> bool:
        """Whoever owns a domain can sign a report, so what one alone says for a day or two moves no advice."""
        return self.reporters > 1 or self.days >= _DAYS_OF_ONE or self.is_ours is True

    @property
    def needs_word(self) -> bool:
        """An admin has to say whether it is theirs."""
        return self.kind == Kind.UNKNOWN and self.is_ours is None and self.mails >= _FEW


@dataclass(frozen=True, slots=True)
class Advice:
    kind: str  # as of components/state.html
    text: str


def next_step(sources: Sequence[Source], policy: str, days: int) -> Advice:
    """`days`: from the first that reports speak of to the last; `policy`: what the DNS asks for now, or nothing."""
    sources = [source for source in sources if source.is_plausible]
    mails = sum(source.mails for source in sources)
    failing = [source for source in sources if source.kind == Kind.FAILING]
    if failing:
        worst = max(failing, key=lambda source: source.failed)
        what = f"{worst.failed:,} of {worst.mails:,} mails from {worst.name} do not pass"
        more = f", nor do all from {len(failing) - 1} more of your sources" if len(failing) > 1 else ""
        return Advice("bad", f"{what}{more}: set up SPF or DKIM there before you ask for a stricter policy.")
    if days < ENOUGH_DAYS or mails < ENOUGH_MAILS:
        so_far = f"{mails:,} {'mail' if mails == 1 else 'mails'} in {days} {'day' if days == 1 else 'days'}"
        return Advice("wait", f"{so_far} so far: wait for two weeks of reports before you change the policy.")
    asked = [source for source in sources if source.needs_word]
    if asked:
        which = "1 unknown source sends" if len(asked) == 1 else f"{len(asked)} unknown sources send"
        return Advice("warn", f"{which} in your name: say whether that is you.")
    return _stricter(policy)


def _stricter(policy: str) -> Advice:
    if policy == "reject":
        return Advice("good", "All your own sources pass, and forgeries are refused: nothing is left to do.")
    if policy == "quarantine":
        return Advice(
            "good",
            "All your own sources pass: p=reject is safe, unless people write to mailing lists from this domain.",
        )
    return Advice("good", "All your own sources pass: p=quarantine is safe.")


def begins_to_fail(before: tuple[int, int], now: tuple[int, int]) -> bool:
    """By mails and how many of them passed, in the month before and in the last days."""
    mails, passed = before
    mails_now, passed_now = now
    was_well = mails >= 50 and passed >= mails * WELL
    return was_well and mails_now - passed_now >= _FEW and passed_now < mails_now * 0.9


def by_weight(sources: Iterable[Source]) -> list[Source]:
    """What somebody has to look at first."""
    order = [Kind.FAILING, Kind.UNKNOWN, Kind.OURS, Kind.FORWARDED, Kind.FOREIGN]
    return sorted(sources, key=lambda source: (order.index(source.kind), -source.mails, source.name))
