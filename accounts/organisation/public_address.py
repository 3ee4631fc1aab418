"""Where recipients reach this installation, and whether that will do."""

from urllib.parse import SplitResult, urlsplit

from accounts.egress import networks
from accounts.web_addresses import ascii_host

# An unsubscribe link must fit into 70 characters: longer ones are folded by the header encoder in a way
# that silently kills one-click unsubscribing (RFC 8058). Its path and token need 22 of them.
LONGEST = 48
_PRIVATE = (".local", ".internal", ".lan", ".test", ".home.arpa")


class Unusable(ValueError):
    """No address recipients could use. The text may be shown."""


def clean(text: str) -> str:
    """`text` as scheme and host, without a trailing slash."""
    try:
        parts = urlsplit(text.strip().rstrip("/"))
    except ValueError:  # an unclosed bracket
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Unusable("Write it with https:// and the name of the host, for example https://news.example.org.")
    if parts.path or parts.query or parts.fragment or parts.username:
        raise Unusable("Only scheme and host, such as https://news.example.org: no path behind it.")
    address = f"{parts.scheme}://{_place(parts)}"
    if len(address) > LONGEST:
        raise Unusable(
            f"That is {len(address)} characters long, {LONGEST} is the most: with a longer one the unsubscribe links "
            "in mail headers break. Choose a shorter name, for example https://m.example.org."
        )
    return address


def _place(parts: SplitResult) -> str:
    """Host and port, the host as it travels."""
    if parts.netloc.isascii():
        return parts.netloc.lower()
    try:
        host = ascii_host(parts.hostname or "")
        return f"{host}:{parts.port}" if parts.port else host
    except ValueError:
        raise Unusable("That is not the name of a host. It looks like https://news.example.org.") from None


def why_not_for_real(address: str) -> str | None:
    """Why real mail cannot go out with links to `address`; None if it can."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if is_private(host):
        return f"{host or 'This address'} can only be reached from here, so links in real mail would lead nowhere."
    if parts.scheme != "https":
        return "It has no https, so mail programs warn of its links or do not offer one-click unsubscribing."
    return None


def is_private(host: str) -> bool:
    """Whether readers elsewhere cannot reach this host (RFC 6761, RFC 6762, RFC 8375)."""
    name = host.removesuffix(".")
    try:
        return not networks.is_public(networks.read(name))
    except ValueError:
        return "." not in name or name.endswith(_PRIVATE) or networks.is_this_machine(name)
