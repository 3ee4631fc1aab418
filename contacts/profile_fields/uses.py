"""Where a field is used: segments, and what other parts register, such as the merge tags of campaigns."""

from collections.abc import Callable, Iterator

from accounts.registry import Registry
from contacts.models import Field, Segment
from contacts.profile_fields import naming
from contacts.segments.uses import Use

__all__ = ["Use", "of", "register"]

Finder = Callable[[Field], Iterator[Use]]
_finders = Registry[Finder]()
register = _finders.register


def of(field: Field) -> list[Use]:
    """What would not work without it comes first."""
    found = [use for finder in (_in_segments, *_finders) for use in finder(field)]
    return sorted(found, key=lambda use: (not use.holds, use.kind, use.name))


def _in_segments(field: Field) -> Iterator[Use]:
    for segment in Segment.objects.all():
        if naming.names_field(segment.rules, field.key):
            yield Use(segment.name, segment.get_absolute_url(), "segment", holds=True)
