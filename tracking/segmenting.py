"""The people behind a number as the rules of a segment, where conditions can say who they are."""

from collections.abc import Callable

from accounts.registry import Registry
from contacts.segments.rules import Group, Match, Rule
from delivery.models import Batch
from tracking.reports.narrowing import Narrow

# Lists of tracking.reports.people by what the condition about one campaign calls them.
_DEEDS = {
    "accepted": "got",
    "opened": "opened",
    "clicked": "clicked",
    "unsubscribed": "unsubscribed",
    "complained": "complained",
    "bounced-hard": "bounced",
}

Source = Callable[[int, str, int], Rule | None]

_sources = Registry[Source]()
# `source` makes the row for a batch, a deed and one of its links (0: any), if it knows the batch.
# The parts that write register here: tracking knows only numbers.
register = _sources.register


def rules(batch: Batch, term: str, narrow: Narrow) -> Group | None:
    """None when no condition can tell these people: those of a day, an answer, part of an address, a rehearsal.

    The segment is asked anew each time: who follows the link tomorrow belongs to it, too.
    """
    deed = _DEEDS.get(term)
    told = {"link_id", "lane"}
    if deed is None or batch.rehearsal or any(value for name, value in narrow.items() if name not in told):
        return None
    link_id = narrow.get("link_id", 0)
    found = (source(batch.pk, "link" if link_id else deed, link_id) for source in _sources)
    row = next((one for one in found if one), None)
    if row is None:
        return None
    lane = narrow.get("lane", "")
    return Group(Match.ALL, (row, Rule("mailbox", {"lane": lane})) if lane else (row,))
