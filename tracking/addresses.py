"""Addresses that stand in a sent mail: short, because a header folds and a mailbox clips."""

from collections.abc import Callable, Sequence

from delivery import tokens

LONGEST_TOKEN = 38


def of_message(base: str, link_ids: Sequence[int], after: str = "") -> Callable[[int], list[str]]:
    """For one message id after the other: its open address, then a click address of each link, each with `after`."""
    seal = tokens.each([(tokens.OPEN, None), *((tokens.CLICK, link_id) for link_id in link_ids)])
    before = [f"{base}/o/", *[f"{base}/c/"] * len(link_ids)]

    def addresses(message_id: int) -> list[str]:
        return [f"{front}{token}{after}" for front, token in zip(before, seal(message_id), strict=True)]

    return addresses


def open_url(base: str, message_id: int) -> str:
    return f"{base}/o/{tokens.seal(tokens.OPEN, message_id)}"


def click_url(base: str, message_id: int, link_id: int) -> str:
    return f"{base}/c/{tokens.seal(tokens.CLICK, message_id, link_id)}"


def unsubscribe_url(base: str, contact_id: int, batch_id: int) -> str:
    """The page of the footer and the target of RFC 8058's POST: at most 70 characters for a base of 35."""
    return f"{base}/u/{tokens.seal(tokens.UNSUBSCRIBE, contact_id, batch_id)}"
