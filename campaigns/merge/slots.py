"""What stands in a gap of a mail: a person's values, made harmless for their place and encoded on their way in."""

from collections.abc import Callable
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

from campaigns.merge import places
from campaigns.merge.filters import printable
from campaigns.merge.sheet import Slot
from campaigns.message.encoding import SOFT_BREAK, header_words, is_plain_address, needs_nothing

Encode = Callable[[str], str]

_NEEDS_NOTHING = {"text": needs_nothing, "plain": needs_nothing, "address": is_plain_address}
# First names and towns come again: so many short values are remembered as they stand in a mail.
_REMEMBERED = 2048
_SHORT = 76


@cache
def given(name: str) -> Slot:
    """A value that comes as it shall stand there."""
    return itemgetter(name)


@cache
def as_given(name: str) -> Slot:
    """The same but for its soft line break."""
    return lambda values: values[name] + SOFT_BREAK


def is_quick(place: str) -> bool:
    """Whether most values need neither escaping nor encoding there."""
    return place in _NEEDS_NOTHING


def quick(name: str, fallback: Any, place: str, encode: Encode) -> Slot:
    """A name with at most a default, for a mail being sent."""
    as_it_is, show = _as_it_is(_NEEDS_NOTHING[place]), showing(place, encode)
    shown = _remembered(show)

    def slot(values: dict[str, Any]) -> str:
        value = values.get(name, fallback)
        if type(value) is str and len(value) < _SHORT:
            return as_it_is(value) or shown(value)
        return show(value)

    return slot


def in_header(name: str, otherwise: Slot) -> Slot:
    """A name with at most a default, in a header: most values stand there as they are. `otherwise`: for all else."""

    def slot(values: dict[str, Any]) -> str:
        value = values.get(name)
        return value if type(value) is str and header_words(value) else otherwise(values)

    return slot


@cache
def showing(place: str, encode: Encode | None) -> Callable[[Any], str]:
    harmless = places.HARMLESS[place]
    if encode is None:
        return lambda value: harmless(printable(value))
    return lambda value: encode(harmless(printable(value)))


@cache
def _as_it_is(needs_nothing: Callable[[str], object]) -> Callable[[str], str]:
    """The text of a value that needs nothing; else nothing."""
    return lru_cache(_REMEMBERED)(lambda value: value + SOFT_BREAK if needs_nothing(value) else "")


@cache
def _remembered(show: Callable[[Any], str]) -> Callable[[str], str]:
    return lru_cache(_REMEMBERED)(show)
