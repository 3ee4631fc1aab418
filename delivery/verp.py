"""Return addresses that name the message they belong to, so that a bounce finds its way home."""

from delivery import tokens


def address(message_id: int, domain: str) -> str:
    """The envelope sender of one message; ASCII, local part below 64 characters (RFC 5321 4.5.3.1.1)."""
    return spelled(tokens.seal(tokens.BOUNCE, message_id), domain)


def spelled(token: str, domain: str) -> str:
    """The same from a BOUNCE token that is there already."""
    return f"bounce+{token}@{domain}"


def message_id(address: str) -> int | None:
    """The message whose return address this is; None for any other address. Survives a change of case."""
    local = address.rpartition("@")[0]
    prefix, _, token = local.partition("+")
    if prefix.lower() != "bounce":
        return None
    numbers = tokens.read(tokens.BOUNCE, token)
    return numbers[0] if numbers is not None and len(numbers) == 1 else None
