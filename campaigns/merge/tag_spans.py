"""Where merge tags begin and end, in time that grows with the length of the text and no faster.

A tag ends at the first `}}` or `%}` outside its quotes. What has been found out about one tag is remembered for those
behind it: reading on outside quotes from the same place ends alike, and a quote that is never closed leaves none of its
kind closed behind it.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

OPENING = re.compile(r"\{\{|\{%")
_STEP = re.compile(r"""["']|[-+]?(?:\}\}|%\})|\{(?=\{|%(?!\}))""")
_QUOTED = {'"': re.compile(r'(?:[^"\\]|\\.)*+"', re.DOTALL), "'": re.compile(r"(?:[^'\\]|\\.)*+'", re.DOTALL)}


class Closing(NamedTuple):
    text: str  # with the sign for white space before it
    start: int
    end: int


class Closings:
    """To be asked for one text, from its beginning to its end."""

    def __init__(self, template: str) -> None:
        self._template = template
        self._endless: set[int] = set()  # openings, read over outside quotes, from which no end was found
        self._unclosed = {quote: len(template) for quote in _QUOTED}
        self.steps = 0

    def after(self, at: int) -> Closing | None:
        """The end of the tag whose inside begins at `at`; None: it has none."""
        seen = [at]
        while step := _STEP.search(self._template, at):
            self.steps += 1
            if step[0] in _QUOTED:
                end = self._end_of_quote(step[0], step.end())
                if not end:
                    break
                at = end
            elif step[0] == "{":
                at = step.end()
                if at + 1 in self._endless:
                    break
                seen.append(at + 1)
            else:
                return Closing(step[0], step.start(), step.end())
        self._endless.update(seen)
        return None

    def _end_of_quote(self, quote: str, at: int) -> int:
        if at > self._unclosed[quote]:
            return 0
        found = _QUOTED[quote].match(self._template, at)
        if not found:
            self._unclosed[quote] = at
        return found.end() if found else 0


def tag_spans(template: str) -> Iterator[tuple[int, int]]:
    """Where tags stand, also in a template that is not right: for whoever must keep them out of harm."""
    if not OPENING.search(template):
        return
    at, closings = 0, Closings(template)
    while opening := OPENING.search(template, at):
        closing = closings.after(opening.end())
        at = closing.end if closing else opening.end()
        if closing:
            yield opening.start(), closing.end


def without_tags(template: str, instead: str = "") -> str:
    out, at = [], 0
    for start, end in tag_spans(template):
        out += [template[at:start], instead]
        at = end
    return "".join([*out, template[at:]])
