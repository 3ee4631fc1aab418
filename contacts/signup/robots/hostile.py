"""What robots write where a name belongs: links and advertising, to be mailed on in somebody else's name. Pure."""

import re
import unicodedata

LONGEST_NAME = 60

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,15}:/|www\.|\b(?:mailto|javascript|data):", re.IGNORECASE)
# The endings that advertising comes by; “J.R.R. Tolkien” and “Dr.med. Ada” are names.
_HOST = re.compile(
    r"[a-z0-9-]{2,}\s*\.\s*(?:com|net|org|info|biz|ru|cn|top|xyz|site|online|shop|club|io|co|me|ly|gl|link|click|de|uk|eu)"
    r"(?:[/\s?#:]|$)",
    re.IGNORECASE,
)
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")  # would turn the words around a name


def is_no_name(text: str) -> bool:
    """Whether `text` is refused as somebody's name."""
    if len(text) > LONGEST_NAME or has_link(text) or _DIRECTIONS.search(text):
        return True
    return any(mark in text for mark in "@<>{}[]|\\") or any(unicodedata.category(mark) == "Cc" for mark in text)


def has_link(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text)
    return bool(_SCHEME.search(plain) or _HOST.search(plain))
