"""SendGrid's suppressions: four lists, five hundred at a time."""

from collections.abc import Iterator, Mapping

from delivery.feedback.webhooks.lists.reading import (
    BOUNCED,
    COMPLAINED,
    LEFT,
    Asking,
    Listed,
    entries,
    moment,
    needed,
)

_LISTS = {
    "suppression/bounces": BOUNCED,
    "suppression/invalid_emails": BOUNCED,
    "suppression/spam_reports": COMPLAINED,
    "suppression/unsubscribes": LEFT,
}
_AT_ONCE = 500


def read(ask: Asking, keys: Mapping[str, str], base: str = "https://api.sendgrid.com") -> Iterator[Listed]:
    (key,) = needed(keys, "api_key")
    for path, reason in _LISTS.items():
        offset = 0
        while True:
            url = f"{base}/v3/{path}?limit={_AT_ONCE}&offset={offset}"
            found = entries(ask.get(url, {"Authorization": f"Bearer {key}"}))
            for one in found:
                yield Listed(str(one.get("email")), reason, moment(one.get("created")), str(one.get("reason") or ""))
            if len(found) < _AT_ONCE:
                break
            offset += _AT_ONCE
