"""Replies page by page, and all of them for a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tracking.message_log.replies import accepted, tries
from tracking.message_log.replies.asking import Wanted
from tracking.message_log.replies.row import Reply

_EXPORT_PAGE = 2000
_OF_ONE_ADDRESS = 500


@dataclass(frozen=True, slots=True)
class Page:
    """`before`: the number to go on with; 0: this is the end. `back_to`: when the search stopped for this page."""

    rows: list[Reply]
    before: int = 0
    back_to: datetime | None = None


def page(wanted: Wanted, before: int = 0, limit: int = 50) -> Page:
    if wanted.wants_tries and wanted.wants_accepted:
        return Page(_of_address(wanted))
    source = tries if wanted.wants_tries else accepted
    if not (wanted.wants_tries or wanted.wants_accepted):
        return Page([])
    rows, go_on = source.page(wanted, before or source.newest(), limit)
    is_cut = go_on and len(rows) < limit
    return Page(rows, go_on, tries.at(go_on) if is_cut and source is tries else None)


def everything(wanted: Wanted) -> Iterator[Reply]:
    """In constant memory."""
    before = 0
    while True:
        found = page(wanted, before, _EXPORT_PAGE)
        yield from found.rows
        before = found.before
        if not before:
            return


def _of_address(wanted: Wanted) -> list[Reply]:
    """All that was said to one address, whatever it was, the latest first: the last five hundred of either kind."""
    found, _ = tries.page(wanted, tries.newest(), _OF_ONE_ADDRESS)
    taken, _ = accepted.page(wanted, accepted.newest(), _OF_ONE_ADDRESS)
    return sorted([*found, *taken], key=lambda reply: (reply.at is not None, reply.at, reply.number), reverse=True)
