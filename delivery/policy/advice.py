"""What to do next about how mail arrives somewhere: one sentence. Pure.

The lines are those of the large mailbox providers: at 0.1 % complaints mail begins to land in the spam folder, at 0.3 %
it is refused. A campaign stops itself at 5 % dead addresses and 1 % refused as spam (delivery.policy.stop_rules).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from accounts.wording import rate

LOOK_AT, STOP_AT = 0.001, 0.003  # complaints of the accepted
_FEW = 100
_DEAD, _MANY_DEAD = 0.02, 0.05
_BLOCKED = 0.01
_SOFT = 0.05
_MANY_PUT_OFF = 0.2
_SURELY_SOME = 10_000  # among so many somebody complains: if none is heard, nobody tells


class About(StrEnum):
    MAILBOX = "mailbox"
    DOMAIN = "domain"
    PROVIDER = "provider"
    DAY = "day"  # or a week
    ALL = "all"


class Told(StrEnum):
    """The figure that an advice is about."""

    ACCEPTED = "accepted"
    PUT_OFF = "put off"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over some time. `dead` and `blocked` count answers at once and those that came back later."""

    accepted: int = 0
    refused: int = 0
    hard: int = 0  # of the accepted, later
    soft: int = 0
    complained: int = 0
    dead: int = 0
    blocked: int = 0
    put_off: int = 0  # answers that asked to come again later, several of one mail included

    @property
    def tried(self) -> int:
        return self.accepted + self.refused

    @property
    def put_off_share(self) -> float | None:
        """Of all answers."""
        return self.put_off / (self.put_off + self.tried) if self.put_off or self.tried else None

    def of_tried(self, part: int) -> float | None:
        return part / self.tried if self.tried else None

    def of_accepted(self, part: int) -> float | None:
        return part / self.accepted if self.accepted else None


@dataclass(frozen=True, slots=True)
class Advice:
    kind: str  # a state of the face: good, wait, warn, bad, none
    text: str


def complaint_kind(share: float | None) -> str:
    """Which side of the lines: good, warn, bad."""
    share = share or 0.0
    return "bad" if share >= STOP_AT else "warn" if share >= LOOK_AT else "good"


def advise(figures: Figures, about: About, *, lane: str = "") -> Advice:
    """The gravest alone. `lane` is the mailbox provider's, as delivery.policy.mailbox_providers names it."""
    if figures.tried < _FEW:
        return _TOO_FEW
    gravest = next((advice for _, advice in _advices(figures, about)), None)
    return gravest or Advice("good", _silence(figures, lane) or _NOTHING)


def by_figure(whole: Figures, days: Iterable[tuple[str, Figures]] = (), *, span: str = "day") -> dict[Told, Advice]:
    """Of all mail, for each figure of its own. What is well on the whole may not have been on one of the `days`.

    `days` are named as the page names them, the oldest first; `span` is what one of them is called.
    """
    if whole.tried < _FEW:
        return dict.fromkeys(Told, _TOO_FEW)
    well = {told: Advice("good", f"Nothing to do: no {span} of {_FEW} mails or more {_LINES[told]}.") for told in Told}
    of_whole = dict(reversed(list(_advices(whole, About.ALL))))  # of two the graver
    return well | _of_days(days, span) | of_whole


def _of_days(days: Iterable[tuple[str, Figures]], span: str) -> dict[Told, Advice]:
    """The gravest of each figure, with the last day that it was said of."""
    found: dict[Told, dict[Advice, list[str]]] = {}
    for name, figures in days:
        if figures.tried >= _FEW:
            for told, advice in dict(reversed(list(_advices(figures, About.DAY)))).items():
                found.setdefault(told, {}).setdefault(advice, []).append(name)
    return {
        told: _dated(*max(said.items(), key=lambda item: item[0].kind == "bad"), span) for told, said in found.items()
    }


def _dated(advice: Advice, names: list[str], span: str) -> Advice:
    more = len(names) - 1
    others = f" and {more} {span}{'s' if more > 1 else ''} before" if more else ""
    return Advice(advice.kind, f"{names[-1]}{others}: {advice.text}")


def _advices(figures: Figures, about: About) -> Iterator[tuple[Told, Advice]]:
    """All that there is to say, the gravest first."""
    complained = figures.complained / figures.accepted if figures.accepted and figures.complained > 1 else 0.0
    dead, blocked = figures.dead / figures.tried, figures.blocked / figures.tried
    if complained >= STOP_AT:
        yield Told.COMPLAINED, Advice("bad", _COMPLAINTS)
    if blocked >= _BLOCKED and figures.blocked > 1:
        yield Told.ACCEPTED, Advice("bad", _OF_BLOCKED[about])
    if dead >= _MANY_DEAD:
        yield Told.BOUNCED, Advice("bad", _MANY_GONE)
    if LOOK_AT <= complained < STOP_AT:
        yield Told.COMPLAINED, Advice("warn", _NEAR_THE_LINE)
    if _DEAD <= dead < _MANY_DEAD:
        yield Told.BOUNCED, Advice("warn", _SOME_GONE)
    if figures.soft >= _SOFT * figures.tried:
        yield Told.BOUNCED, Advice("warn", _MANY_FULL)
    if (figures.put_off_share or 0.0) >= _MANY_PUT_OFF:
        yield Told.PUT_OFF, Advice("wait", _LATER_OF_ALL if about in {About.DAY, About.ALL} else _LATER)


_NOTHING = "Nothing to do."
# What a day does to be named, the words after "no day".
_LINES = {
    Told.ACCEPTED: f"had {rate(_BLOCKED)} refused as spam, and more than one",
    Told.PUT_OFF: f"had {rate(_MANY_PUT_OFF)} of the answers put off",
    Told.BOUNCED: f"had {rate(_DEAD)} of the addresses gone or {rate(_SOFT)} bounced for now",
    Told.COMPLAINED: f"had {rate(LOOK_AT)} complaints of two people or more",
}
_TOO_FEW = Advice("none", "Too few mails to judge.")
_MANY_GONE = "Many addresses do not exist. Find the import or form they came by before you send again."
_SOME_GONE = "Addresses are getting old. Leave out people who have not opened or clicked for a year."
_LATER = "It often asks to come later, and Tallypost does. Spread large sendings over more hours."
_LATER_OF_ALL = "Servers often ask to come later, and Tallypost does. Spread large sendings over more hours."
_MANY_FULL = "Many mailboxes are full or refuse for now. Look at the reasons in the last report."
_COMPLAINTS = "Too many mark it as spam. Until it is below 0.1 %, write only to people who clicked lately."
_NEAR_THE_LINE = "Near the line for complaints. Write less often to people who have not clicked for months."
_OF_BLOCKED = {
    About.MAILBOX: "It takes your mail for spam. Check the sender’s records and send more slowly there.",
    About.DOMAIN: "Mail of this domain is taken for spam. Check its SPF, DKIM and DMARC records.",
    About.PROVIDER: "Mail through it is taken for spam. Ask the provider whether its addresses are blocked.",
    About.DAY: "Mail was taken for spam. See in the reports of its campaigns what the servers said.",
    About.ALL: "Mail is taken for spam. The tables above say by whom: begin with the records of that sending domain.",
}


def _silence(figures: Figures, lane: str) -> str:
    """A mailbox provider that tells of no complaint may only not have been asked."""
    if lane == "gmail":
        return "Gmail names nobody who complains. Its Postmaster Tools show how many do."
    if figures.complained or figures.accepted < _SURELY_SOME:
        return ""
    return _SIGN_UP.get(lane, "")


_SIGN_UP = {
    "microsoft": "No complaint was heard of. Sign up for its Junk Mail Reporting Program, if you have not.",
    "yahoo": "No complaint was heard of. Sign up for its Complaint Feedback Loop, if you have not.",
}
