"""What preflight says of HTML written by hand: what was taken out of it, what only its style sheet can show, and
pictures that nobody will see."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from campaigns.compiling.results import Page
from campaigns.content.html import Left, Removed
from campaigns.preflight.findings import Finding
from campaigns.preflight.places import Places

_CURES = {
    "element": "Mail programs show none of it. Use a link to a page of your own instead.",
    "attribute": "Mail programs ignore it; leave it out.",
    "address": "Use an address that mail programs open: https:, mailto:, tel: or sms:.",
    "style": "Write it without what runs programs.",
    "import": "Mail programs seldom load it. Write its rules into the mail; name a common font behind each.",
    "comment": "Leave it out.",
    "refresh": "Leave it out.",
    "unfinished": "Close the tag at the end of the HTML.",
}
_WORDS = {
    "element": "These elements were taken out: {}.",
    "attribute": "These attributes were taken out: {}.",
    "address": "These addresses were taken out, what carries them leads nowhere: {}.",
    "style": "This was taken out of the style: {}.",
    "import": "This was taken out of the style sheet: {}.",
    "comment": "This comment was taken out, as it hides what no mail may carry: {}.",
    "refresh": "What sends the reader to another page was taken out: {}.",
    "unfinished": "The HTML ends in the middle of a tag, which was taken out: {}.",
}
_NAMED = 6
_FULL_ADDRESS = re.compile(r"(?:https?:)?//[^/]|data:", re.IGNORECASE)


def check(page: Page) -> Iterator[Finding]:
    yield from _removed(page.removed)
    yield from _left(page.left)


def pictures(sources: Sequence[str | None], where: Places) -> Iterator[Finding]:
    """`sources` are the addresses of the pictures as they would be sent."""
    empty = [source for source in sources if not (source or "").strip()]
    if empty:
        text = "A picture has no address." if len(empty) == 1 else f"{len(empty)} pictures have no address."
        cure, block = "Enter it, or remove the picture.", where.with_picture("")
        yield Finding("block", "empty-picture", text, cure, "content", block=block)
    written = [source.strip() for source in sources if source and source.strip()]
    unreachable = list(dict.fromkeys(source for source in written if not _FULL_ADDRESS.match(source)))
    if unreachable:
        text = f"Readers cannot load these pictures: {_listed(unreachable)}."
        cure = "Upload them under Images and use their addresses, or write the full address that begins with https://."
        block = where.with_picture(unreachable[0])
        yield Finding("block", "unreachable-picture", text, cure, "content", block=block)


def _removed(removed: Sequence[Removed]) -> Iterator[Finding]:
    kinds = list(_WORDS)
    for kind, found in groupby(sorted(removed, key=lambda one: kinds.index(one.kind)), key=lambda one: one.kind):
        named = list(dict.fromkeys(f"<{one.what}>" if kind == "element" else f"“{one.what}”" for one in found))
        yield Finding("warn", f"removed-{kind}", _WORDS[kind].format(_listed(named)), _CURES[kind], "content")


def _left(left: Sequence[Left]) -> Iterator[Finding]:
    properties = [one for one in left if one.name]
    undecided = [f"“{one.selector}”" for one in left if not one.name]
    if undecided:
        text = (
            f"A merge tag decides which styles mean {_listed(undecided)}: those, and the styles of what stands in it,"
            " stay in the style sheet alone. Mail programs without style sheets leave them out."
        )
        cure = "Write the whole element once for each case, between {% if … %}, {% else %} and {% endif %}."
        yield Finding("warn", "undecided-style", text, cure, "content")
    if properties:
        named = [f"{one.name} of “{one.selector}” (for the sake of {one.because_of})" for one in properties]
        text = (
            f"The style sheet alone can show this: {_listed(named)}. Mail programs without style sheets leave it out."
        )
        cure = "Write !important in the rule that changes it, or leave that rule out."
        yield Finding("warn", "left-to-sheet", text, cure, "content")


def _listed(named: Sequence[str]) -> str:
    more = len(named) - _NAMED
    return ", ".join(named[:_NAMED]) + (f" and {more} more" if more > 0 else "")
