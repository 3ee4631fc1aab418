"""The people behind a number as the rules of a segment, where conditions can say who they are."""

from collections.abc import Callable

from accounts.registry import Registry
from contacts.segments.rules import Group, Match, Rule
from delivery.models import Batch
from tracking.reports import machines, returned
from tracking.reports.narrowing import Narrow

# Lists of tracking.reports.people by what the condition about one campaign calls them.
_DEEDS = {
    "all": "all",
    "accepted": "got",
    "refused": "refused",
    "uncertain": "uncertain",
    "skipped": "skipped",
    "hard": "hard",
    "blocked": "blocked",
    "opened": "opened",
    "clicked": "clicked",
    "unsubscribed": "unsubscribed",
    "complained": "complained",
    "bounced-hard": "bounced",
    "bounced-soft": "bounced-for-now",
    "delivered": "delivered",
    returned.NO_WORD: "no-word",
    "opened-by-machines": "machines-opened",
    "clicked-by-machines": "machines-clicked",
    machines.ALONE: "machines-alone",
}
_PASSING = ("waiting", "unaccounted")

Source = Callable[[int, str, int], Rule | None]

_sources = Registry[Source]()
# `source` makes the row for a batch, a deed and one of its links (0: any), if it knows the batch.
# The parts that write register here: tracking knows only numbers.
register = _sources.register


def rules(batch: Batch, term: str, narrow: Narrow) -> Group | None:
    """None when no condition can tell these people (see `why_not`), and for a rehearsal's.

    The segment is asked anew each time: who follows the link tomorrow belongs to it, too.
    """
    deed = _DEEDS.get(term)
    told = {"link_id", "lane"}
    if deed is None or batch.rehearsal or any(value for name, value in narrow.items() if name not in told):
        return None
    link_id = narrow.get("link_id", 0)
    if link_id and term != "clicked":
        return None
    found = (source(batch.pk, "link" if link_id else deed, link_id) for source in _sources)
    row = next((one for one in found if one), None)
    if row is None:
        return None
    lane = narrow.get("lane", "")
    return Group(Match.ALL, (row, Rule("mailbox", {"lane": lane})) if lane else (row,))


def why_not(term: str, narrow: Narrow) -> str:
    """Where there are no rules for these people: why, and what keeps them."""
    if term in _PASSING:
        return "Who stands here changes by the minute, so a segment of them would soon be empty. A tag keeps these."
    if any(narrow.get(name) for name in ("search", "since", "until")):
        return "A segment knows no day and no part of an address. A tag keeps these people as they are now."
    if narrow.get("reason"):
        return "A segment knows no single reason. A tag keeps these people as they are now."
    return "No segment can say who these people are. A tag keeps them as they are now."
