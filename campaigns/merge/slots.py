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
ROOM = 20  # that a mail leaves for a value on a line; longer ones are rare
TOKEN_ROOM = 26  # of tokens.OfMessage, at most: whatever the number of the message
_INSERTED = frozenset(("text", "plain"))


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


def is_inserted(place: str) -> bool:
    """Whether most values are so short that they find room on a line with other words."""
    return place in _INSERTED


def quick(name: str, fallback: Any, place: str, encode: Encode, lead: str | None = None) -> Slot:
    """A name with at most a default, for a mail being sent.

    `lead`: it fills a gap of `ROOM` behind it, see encoding.Lines; None: it has lines of its own.
    """
    show, shown = _inserting(place, encode, lead) if lead is not None else _with_break(place, encode)

    def slot(values: dict[str, Any]) -> str:
        value = values.get(name, fallback)
        if type(value) is str and len(value) < _SHORT:
            return shown(value)
        return show(value)

    return slot


def in_header(name: str, fallback: Any, otherwise: Slot) -> Slot:
    """A name with at most a default, in a header: most values stand there as they are. `otherwise`: for all else."""

    def slot(values: dict[str, Any]) -> str:
        value = values.get(name, fallback)
        return value if type(value) is str and header_words(value) else otherwise(values)

    return slot


@cache
def showing(place: str, encode: Encode | None) -> Callable[[Any], str]:
    harmless = places.HARMLESS[place]
    if encode is None:
        return lambda value: harmless(printable(value))
    return lambda value: encode(harmless(printable(value)))


@cache
def _with_break(place: str, encode: Encode) -> tuple[Callable[[Any], str], Callable[[str], str]]:
    """For any value, and for a short text."""
    show, needs_nothing = showing(place, encode), _NEEDS_NOTHING[place]
    return show, lru_cache(_REMEMBERED)(lambda value: value + SOFT_BREAK if needs_nothing(value) else show(value))


@cache
def _inserting(place: str, encode: Encode, lead: str) -> tuple[Callable[[Any], str], Callable[[str], str]]:
    """The same for a gap on a line: what is too long for it, or has line ends, stands on lines of its own."""
    show, needs_nothing, room = showing(place, encode), _NEEDS_NOTHING[place], ROOM - len(lead)
    encoded_lead = encode(lead).removesuffix(SOFT_BREAK)

    def insert(value: Any) -> str:
        encoded = show(value)
        line = encoded.removesuffix(SOFT_BREAK)
        if not line:
            return encoded_lead
        if len(line) > room or "\n" in line:
            return encoded_lead + SOFT_BREAK + encoded
        return lead + line

    def insert_text(value: str) -> str:
        return lead + value if len(value) <= room and needs_nothing(value) else insert(value)

    return insert, lru_cache(_REMEMBERED)(insert_text)
