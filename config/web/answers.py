"""What the front says itself, in words and without a template."""

from http import HTTPStatus
from typing import Any

from accounts.shell import plain_page

_HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", "default-src 'none'"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
]


def too_large(protocol: Any, limit: int) -> None:
    size = f"{limit // 2**20} MB" if limit >= 2**20 else f"{limit // 2**10} kB"
    text = f"This page takes at most {size}. Nothing was saved: go back, and send less."
    _say(protocol, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "That is too large", text)


def too_slow(protocol: Any) -> None:
    text = "What you sent did not arrive in time, and nothing was saved. Go back, and try again."
    _say(protocol, HTTPStatus.REQUEST_TIMEOUT, "That took too long", text)


def away(protocol: Any) -> None:
    text = "Tallypost does not answer just now. Try again in a minute."
    _say(protocol, HTTPStatus.SERVICE_UNAVAILABLE, "One moment, please", text)


def failed(protocol: Any, number: str) -> None:
    text = f"Something went wrong on our side. If you ask somebody about it, tell them this number: {number}"
    _say(protocol, HTTPStatus.INTERNAL_SERVER_ERROR, "This did not work", text)


def _say(protocol: Any, status: HTTPStatus, title: str, text: str) -> None:
    """The connection is not used again: what is left of a body would be taken for the next request."""
    headers = [*_HEADERS, ("Connection", "close")]
    protocol.response_str(int(status), headers, plain_page.of(title, text))
