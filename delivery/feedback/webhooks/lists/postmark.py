"""Postmark's suppressions of one stream, all at once."""

import re
from collections.abc import Iterator, Mapping

from delivery.feedback.webhooks.lists.reading import (
    BOUNCED,
    COMPLAINED,
    LEFT,
    OTHER,
    Asking,
    Listed,
    NotRead,
    entries,
    moment,
    needed,
)

_REASONS = {"HardBounce": BOUNCED, "SpamComplaint": COMPLAINED, "ManualSuppression": LEFT}
_STREAM = re.compile(r"[A-Za-z0-9-]{1,100}\Z")


def read(ask: Asking, keys: Mapping[str, str], base: str = "https://api.postmarkapp.com") -> Iterator[Listed]:
    (token,) = needed(keys, "server_token")
    stream = str(keys.get("stream") or "").strip() or "broadcast"
    if not _STREAM.match(stream):
        raise NotRead("The name of the message stream is not one.")
    headers = {"X-Postmark-Server-Token": token, "Accept": "application/json"}
    found = entries(ask.get(f"{base}/message-streams/{stream}/suppressions/dump", headers), "Suppressions")
    for one in found:
        reason = _REASONS.get(str(one.get("SuppressionReason")), OTHER)
        yield Listed(str(one.get("EmailAddress")), reason, moment(one.get("CreatedAt")), str(one.get("Origin") or ""))
