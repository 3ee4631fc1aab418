"""Which message of ours a returned mail is about: by the numbers we sealed into it, and by nothing else. Pure."""

import re
from collections.abc import Iterable

from delivery import tokens, verp
from delivery.bounces import Trace


def messages(trace: Trace, envelope_to: str = "") -> frozenset[int]:
    """The ids of all messages that it names; more than one means that somebody put it together."""
    return by_addresses((envelope_to, *trace.envelope_addresses)) | by_message_ids(trace.message_ids)


def by_addresses(addresses: Iterable[str]) -> frozenset[int]:
    """Of return addresses, also of those a forwarder wrote into one of its own (SRS, BATV, prvs)."""
    return frozenset(number for each in addresses if (number := _of_address(each)) is not None)


def by_message_ids(headers: Iterable[str]) -> frozenset[int]:
    """Of Message-IDs, with or without angle brackets."""
    return frozenset(number for each in headers if (number := _of_message_id(each)) is not None)


def _of_address(address: str) -> int | None:
    address = address.strip().strip("<>")
    wrapped = _WRAPPED.search(address)
    return verp.message_id(f"{wrapped[1]}@" if wrapped else address)


# SRS0=Ab1c=JT=ours.example=bounce+0110ab@theirs.example, prvs=1234567890=bounce+0110ab@ours.example,
# prvs=bounce+0110ab/1234567890@ours.example
_WRAPPED = re.compile(r"=(bounce\+[0-9a-f]{1,64})(?:/\w{1,20})?@", re.IGNORECASE)


def _of_message_id(header: str) -> int | None:
    numbers = tokens.read(tokens.MESSAGE_ID, header.strip().strip("<>").partition("@")[0])
    return numbers[0] if numbers else None
