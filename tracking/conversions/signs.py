"""The sign: what a click adds to addresses of the organisation's own sites, so that they can say by what mail one came.

It names the message to nobody but us. Links that count no person carry none.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

from accounts.web_addresses import resolved
from delivery import tokens
from tracking.conversions.models import Goal

PARAMETER = "tpid"


def sites() -> frozenset[str]:
    """Hosts of all goals that are not paused."""
    hosts = Goal.objects.filter(is_paused=False).values_list("sites", flat=True)
    return frozenset(host for of_one in hosts for host in of_one)


def belongs(url: str, hosts: Collection[str]) -> bool:
    """Whether a browser that follows the address comes to one of these sites or to a host below one."""
    host = urlsplit(resolved(url)).hostname or ""
    return any(host == one or host.endswith(f".{one}") for one in hosts)


def added(url: str, message_id: int) -> str:
    """The address with the sign, every other part of it as it was."""
    before, mark, fragment = url.partition("#")
    joint = "" if before.endswith(("?", "&")) else "&" if "?" in before else "?"
    return f"{before}{joint}{PARAMETER}={tokens.seal(tokens.SIGN, message_id)}{mark}{fragment}"


def read(sign: str) -> int | None:
    """The message, or None for what is no sign of ours."""
    numbers = tokens.read(tokens.SIGN, sign)
    return numbers[0] if numbers else None
