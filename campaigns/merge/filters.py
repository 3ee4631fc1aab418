"""The filters of the merge language that ask for no language (the others: localised), and how plain values read."""

import math
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from accounts.web_addresses import as_sent
from campaigns.message.encoding import one_line

_MAX_LENGTH = 10_000
_NO_WEB = ("mailto:", "tel:", "sms:")
_BARE_HOST = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,}(?:[:/?#]|$)")


def is_blank(value: Any) -> bool:
    """Missing, null and blank are one and the same to a reader."""
    return value is None or (isinstance(value, str) and not value.strip())


def printable(value: Any) -> str:
    if isinstance(value, str):
        return value if len(value) <= _MAX_LENGTH else value[:_MAX_LENGTH]
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        if abs(value) < 1e15 and value == int(value):
            return str(int(value))
        return f"{value:.10g}" if math.isfinite(value) else ""
    if isinstance(value, list | tuple):
        return ", ".join(printable(item) for item in value)
    return str(value)[:_MAX_LENGTH]


def default(value: Any, fallback: Any = "") -> Any:
    return fallback if is_blank(value) else value


def upper(value: Any) -> str:
    return printable(value).upper()


def lower(value: Any) -> str:
    return printable(value).lower()


def title(value: Any) -> str:
    """First letters in upper case; the rest stays, so that McDonald and O'Brien survive unless all are capitals."""
    text = printable(value)
    if text.isupper():
        text = text.lower()
    return " ".join(word[:1].upper() + word[1:] for word in text.split(" "))


def truncate(value: Any, length: Any = 50) -> str:
    text = printable(value)
    limit = max(1, int(length)) if isinstance(length, int | float) else 50
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def url(value: Any) -> str:
    """A whole address from a contact's record: nothing but http, https, mailto, tel and sms leads anywhere."""
    text = one_line(printable(value))
    if text.lower().startswith(_NO_WEB):
        return quote(text, safe=":/?#[]@!$&'()*+,;=%-._~")
    return as_sent(f"https://{text}" if _BARE_HOST.match(text) else text)


FILTERS: dict[str, Callable[..., Any]] = {
    function.__name__: function for function in (default, upper, lower, title, truncate, url)
}
