"""Where a segment is used: other segments, and what parts above register, such as campaigns."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from accounts.registry import Registry
from contacts.models import Segment
from contacts.segments import rules
from contacts.segments.rules import BadRules


@dataclass(frozen=True, slots=True)
class Use:
    name: str
    url: str
    kind: str
    holds: bool  # it may not be deleted before that


Finder = Callable[[Segment], Iterator[Use]]
_finders = Registry[Finder]()
register = _finders.register


def of(segment: Segment) -> list[Use]:
    found = [use for finder in (_in_segments, *_finders) for use in finder(segment)]
    return sorted(found, key=lambda use: (not use.holds, use.kind, use.name))


def _in_segments(segment: Segment) -> Iterator[Use]:
    for other in Segment.objects.exclude(pk=segment.pk):
        if segment.pk in named_in(other):
            yield Use(other.name, other.get_absolute_url(), "segment", holds=True)


def named_in(segment: Segment) -> set[int]:
    """Segments that its rules name."""
    try:
        rows = list(rules.read(segment.rules).rows())
    except BadRules:
        return set()
    names = (row.values.get("segment", "") for row in rows if row.condition == "segment")
    return {int(name) for name in names if name.isascii() and name.isdigit()}


def leads_to(start: set[int], goal: int) -> bool:
    """Whether these segments, or those they name, come round to `goal`."""
    by_key = {segment.pk: segment for segment in Segment.objects.all()}
    seen: set[int] = set()
    waiting = set(start)
    while waiting:
        key = waiting.pop()
        if key == goal:
            return True
        if key not in seen and key in by_key:
            seen.add(key)
            waiting |= named_in(by_key[key])
    return False
