"""A sender address as somebody enters it: refused where no answer could ever arrive, with a word of warning where
mailboxes will not believe it."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.egress import networks
from accounts.organisation import public_address
from accounts.registry import Registry
from accounts.web_addresses import NoHost, ascii_host

_remarks = Registry[Callable[[str], str]]()
# `remark`: what is to be said of an address that may be used all the same; empty: nothing. Parts above know more.
register = _remarks.register


def has_domain(address: str) -> bool:
    """Whether it could be answered at all, if only within one's own network."""
    name = _domain(address)
    return "." in name and not networks.is_this_machine(name) and not name.rpartition(".")[2].isdigit()


def why_no_domain(address: str) -> str:
    """A sentence; "" where `has_domain`."""
    domain = address.rpartition("@")[2]
    problem = f"“{domain}” is no domain of the internet: nobody could answer, and mailboxes refuse mail from it."
    return "" if has_domain(address) else problem


def is_reached_from_elsewhere(address: str) -> bool:
    return has_domain(address) and not public_address.is_private(_domain(address))


def of_own_network(address: str) -> str:
    """A word of warning, "" where there is nothing to warn of: whoever mails colleagues alone may use such a name."""
    if not has_domain(address) or is_reached_from_elsewhere(address):
        return ""
    return f"{_domain(address)} is a name of your own network: mailboxes elsewhere refuse mail from it."


def check(address: str) -> None:
    """A validator of fields."""
    if problem := why_no_domain(address):
        raise ValidationError(f"{problem} Use an address at a domain of yours.")


def warn(request: HttpRequest, address: str) -> None:
    """On the next page, where there is something to say of an address that was just saved."""
    for words in filter(None, (of_own_network(address), *(remark(address) for remark in _remarks))):
        messages.warning(request, words)


def _domain(address: str) -> str:
    """Empty where it is none, as [127.0.0.1]."""
    try:
        return ascii_host(address.rpartition("@")[2].strip().removesuffix("."))
    except NoHost:
        return ""
