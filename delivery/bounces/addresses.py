"""Mail addresses as reports spell them. Pure, linear."""

import re

MAX_CHARS = 320
# An attempt begins at a border alone and ends at the next, so that no text is looked at twice.
_LOCAL = r"(?:\"[^\"\n@]{1,64}\"|(?<![^\s<>()\[\]:;,\"|`])[^\s<>()\[\]:;,\"|`@]{1,200})"
_HOST = r"[^\s<>()\[\]:;,\"'|`@/?&=*]{1,253}"
PATTERN = f"{_LOCAL}@{_HOST}"
_ADDRESS = re.compile(PATTERN)
_XTEXT = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")


def found_in(text: str, limit: int = 50) -> list[str]:
    """Every address once, in its order."""
    if text[:1] == "<" and text.find(">") == len(text) - 1:
        alone = tidy(text)
        return [alone] if alone else []
    addresses: dict[str, None] = {}
    for match in _ADDRESS.finditer(text):
        address = tidy(match[0])
        if address:
            addresses.setdefault(address)
            if len(addresses) >= limit:
                break
    return list(addresses)


def tidy(written: str) -> str | None:
    """Without brackets and full stops around, host in lower case; None for what is no address."""
    if "@" not in written or len(written) > MAX_CHARS * 2:
        return None
    address = "".join(written.split()).strip("<>'`,;*").rstrip(".:!")
    local, at, host = address.rpartition("@")
    if not local or not host or len(address) > MAX_CHARS:
        return None
    return f"{local}{at}{host.lower()}"


def typed(value: str) -> str | None:
    """A field of a report with the address's type in front: `rfc822; ana@example.org` (RFC 3464, RFC 6533)."""
    kind, semicolon, rest = value.partition(";")
    written = rest if semicolon and "@" not in kind else value
    if "\\x{" in written[: MAX_CHARS * 3]:
        written = _XTEXT.sub(_character, written[: MAX_CHARS * 3])
    comment = written.find(" (")
    return tidy(written[:comment] if comment > 0 else written)


def same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _character(found: re.Match[str]) -> str:
    number = int(found[1], 16)
    return chr(number) if 0x20 < number < 0xD800 or 0xDFFF < number < 0x110000 else ""
