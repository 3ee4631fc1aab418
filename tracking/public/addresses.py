"""Addresses that stand in a sent mail: short, because a header folds and a mailbox clips."""

from delivery import tokens

OF_BATCH = "b."  # before the token of a batch; no token of a message has a part of one character
HIDDEN_LINK = 0  # the number of the link that no person sees; links of a mail begin at 1


def open_url(base: str, message_id: int) -> str:
    return f"{base}/o/{tokens.seal(tokens.OPEN, message_id)}"


def click_url(base: str, message_id: int, link_id: int) -> str:
    return f"{base}/c/{tokens.seal(tokens.CLICK, message_id, link_id)}"


def open_of_batch(base: str, batch_id: int) -> str:
    """The pixel of an anonymous mail: the same for everybody."""
    return f"{base}/o/{OF_BATCH}{tokens.seal(tokens.OPEN_OF_BATCH, batch_id)}"


def click_of_batch(base: str, batch_id: int, link_id: int) -> str:
    return f"{base}/c/{OF_BATCH}{tokens.seal(tokens.CLICK_OF_BATCH, batch_id, link_id)}"


def view_url(base: str, message_id: int) -> str:
    """The mail as a page."""
    return f"{base}/v/{tokens.seal(tokens.VIEW, message_id)}"


def around_open(base: str) -> tuple[str, str]:
    """What stands before and after `OfMessage.open` in the address of a mail's pixel."""
    return f"{base}/o/", ""


def around_click(base: str, link_id: int) -> tuple[str, str]:
    """What stands before and after `OfMessage.click` in a link's address: the same in every mail of an edition."""
    return f"{base}/c/", f".{tokens.link_tag(link_id)}"


def unsubscribe_url(base: str, contact_id: int, batch_id: int) -> str:
    """The page of the footer and the target of RFC 8058's POST: at most 70 characters for a base of 48."""
    return f"{base}/u/{tokens.seal(tokens.UNSUBSCRIBE, contact_id, batch_id)}"


def confirm_url(base: str, message_id: int) -> str:
    """Where the button of a sign-up's mail leads."""
    return f"{base}/y/{tokens.seal(tokens.CONFIRM, message_id)}"


def preferences_url(unsubscribe: str) -> str:
    """Behind the same token: whoever may leave everything may also choose."""
    return f"{unsubscribe}/preferences"
