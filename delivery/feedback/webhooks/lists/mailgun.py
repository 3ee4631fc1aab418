"""Mailgun's suppressions of one domain: three lists, each page names the next."""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping

from delivery.feedback.webhooks.lists.reading import (
    BOUNCED,
    COMPLAINED,
    LEFT,
    Asking,
    Listed,
    NotRead,
    entries,
    moment,
    needed,
)

_LISTS = {"bounces": BOUNCED, "complaints": COMPLAINED, "unsubscribes": LEFT}
_DOMAIN = re.compile(r"[A-Za-z0-9.-]{1,255}\Z")
_HOSTS = {"": "https://api.mailgun.net", "us": "https://api.mailgun.net", "eu": "https://api.eu.mailgun.net"}


def read(ask: Asking, keys: Mapping[str, str], base: str = "") -> Iterator[Listed]:
    key, domain = needed(keys, "api_key", "domain")
    base = base or _HOSTS.get(str(keys.get("region") or "").strip().lower(), _HOSTS["us"])
    if not _DOMAIN.match(domain):
        raise NotRead("The domain for their list is not one.")
    headers = {"Authorization": "Basic " + b64encode(f"api:{key}".encode()).decode()}
    for path, reason in _LISTS.items():
        url = f"{base}/v3/{domain}/{path}?limit=1000"
        while url:
            content = ask.get(url, headers)
            found = entries(content, "items")
            for one in found:
                yield Listed(
                    str(one.get("address")), reason, moment(one.get("created_at")), str(one.get("error") or "")
                )
            url = _following(content, base) if found else ""


def _following(content: object, base: str) -> str:
    """The key goes to Mailgun alone, whatever an answer says."""
    paging = content.get("paging") if isinstance(content, dict) else None
    url = str(paging.get("next") or "") if isinstance(paging, dict) else ""
    return url if url.startswith(f"{base}/") else ""
