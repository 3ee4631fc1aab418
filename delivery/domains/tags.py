"""Lists of tags as DKIM (RFC 6376 3.2) and DMARC (RFC 9989 4.8) write them: `v=DMARC1; p=none`. Pure."""

import re

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class NotATagList(ValueError):
    pass


def read(text: str) -> dict[str, str]:
    """In their order; names in lower case. Of a tag that comes twice the first counts. Raises NotATagList."""
    found: dict[str, str] = {}
    for part in text.split(";"):
        if not part.strip():
            continue
        name, equals, value = part.partition("=")
        name = name.strip()
        if not equals or not _NAME.fullmatch(name):
            raise NotATagList(part.strip()[:80])
        found.setdefault(name.lower(), value.strip())
    return found
