"""The words in a column's or a file's name, however it is spelt: `HasOptedOutOfEmail`, `E-Mail-Abmeldung`, `opt_in`."""

import re
import unicodedata

_SINGLE = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe"})
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SHORTENED = re.compile(r"n['’]t\b", re.IGNORECASE)  # "doesn't" is one word
_WORD = re.compile(r"[^\W_]+")


def plain(text: str) -> str:
    """Without accents and case; letters of other scripts stay."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.translate(_SINGLE))
    return "".join(mark for mark in apart if not unicodedata.combining(mark)).casefold()


def words(name: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(plain(_HUMP.sub(" ", _SHORTENED.sub("nt", name.translate(_SINGLE))))))


def glued(name: str) -> str:
    """All words as one, so that "opt-out", "OptOut" and "OPTOUT" are the same."""
    return "".join(words(name))


def word_set(text: str) -> frozenset[str]:
    """Words to compare with, in the spelling that `plain` gives every name and cell: it takes Japanese and Korean
    letters apart."""
    return frozenset(plain(text).split())
