"""One number of a report with all that explains it."""

from dataclasses import dataclass

from accounts.wording import rate

_MANY_MACHINES = 0.4  # of what opened: beyond it, the share that clicked of those who opened says little


@dataclass(frozen=True, slots=True)
class Figure:
    """`share` is None for "not yet", never nought. `whole` is what the share is of, `of` says so in words.

    `machines` stand beside the people and are no part of them; `machine_share` is of the same whole.
    """

    key: str
    label: str
    people: int
    total: int
    machines: int
    share: float | None
    definition: str
    url: str
    whole: int = 0
    of: str = "delivered"
    machine_url: str = ""
    doubt: str = ""
    note: str = ""  # why no people stand here: what was counted is `total`

    @property
    def machine_share(self) -> float | None:
        return share(self.machines, self.whole)


def share(part: int, whole: int) -> float | None:
    return part / whole if part and whole else None


def doubt_of(opened: Figure) -> str:
    """Why the share of those who opened and clicked is not to be relied on; empty when it is."""
    fetched = share(opened.machines, opened.machines + opened.people)
    if fetched is None or fetched <= _MANY_MACHINES:
        return ""
    return f"Unreliable here: machines made {rate(fetched, '1')} of the openings."
