"""A sender address as somebody enters it: refused where no answer could ever arrive, with a word of warning where
mailboxes will not believe it."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.organisation import public_address
from accounts.registry import Registry
from accounts.web_addresses import NoHost, ascii_host

_remarks = Registry[Callable[[str], str]]()
# `remark`: what is to be said of an address that may be used all the same; empty: nothing. Parts above know more.
register = _remarks.register


def has_public_domain(address: str) -> bool:
    """Whether mail from elsewhere could be addressed to it."""
    try:
        name = ascii_host(address.rpartition("@")[2].strip().removesuffix("."))
    except NoHost:  # [127.0.0.1], for example
        return False
    return not public_address.is_private(name) and not name.rpartition(".")[2].isdigit()


def check(address: str) -> None:
    """A validator of fields."""
    if not has_public_domain(address):
        domain = address.rpartition("@")[2]
        raise ValidationError(
            f"“{domain}” is no domain of the internet: nobody could answer, and mailboxes refuse mail from it. "
            "Use an address at a domain of yours."
        )


def warn(request: HttpRequest, address: str) -> None:
    """On the next page, where there is something to say of an address that was just saved."""
    for words in filter(None, (remark(address) for remark in _remarks)):
        messages.warning(request, words)
