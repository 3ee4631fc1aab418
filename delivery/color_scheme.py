"""A mail as a light or as a dark mail program shows it, whatever the reader's own system is set to.

A frame without an origin takes `prefers-color-scheme` from the system and from nowhere else, so the question is
answered in the mail that is shown; the mail that is sent keeps it.
"""

import re

_ASKED = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)", re.IGNORECASE)
_YES, _NO = "(min-width:0px)", "(max-width:0px)"
_FOLLOWS = re.compile(r"color-scheme[\"']?\s*(?:content\s*=|:)\s*[\"']?[^;\"'}>]*\bdark\b", re.IGNORECASE)

# As apps do that turn every mail dark themselves, whatever it says: all colours but those of pictures.
_FORCED = (
    "<style>html{background:#fff;filter:invert(1) hue-rotate(180deg)}"
    "img,video{filter:invert(1) hue-rotate(180deg)}</style>"
)


def inverted(html: str) -> str:
    """`html` as a program shows it that inverts light mails by force, as Gmail on a phone does."""
    return f"{shown_in(html, dark=False)}{_FORCED}"


def shown_in(html: str, *, dark: bool) -> str:
    """`html` with every question for the scheme answered. A mail that knows no dark one stays as it is in both."""
    scheme = "dark" if dark else "light"
    answered = _ASKED.sub(lambda asked: _YES if asked[1].lower() == scheme else _NO, html)
    if dark and not _FOLLOWS.search(answered):
        return answered
    return f"{answered}<style>:root{{color-scheme:only {scheme}!important}}</style>"
