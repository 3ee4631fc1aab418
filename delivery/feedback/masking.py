"""What came back, made fit to be looked at: as text, without what would let its reader act for somebody else. Pure.

A token of ours in it leads to somebody's unsubscribe page, or lets anybody report a mail as bounced; a provider's
request may carry what proves that it is the provider's.
"""

import re

from delivery.markup import printable

SHOWN_CHARS = 200_000
HIDDEN = "…"
_SOFT = r"(?:=\r?\n)?"  # quoted-printable may break a line anywhere
_TOKEN = rf"(?:[A-Za-z0-9_.-]{_SOFT}){{12,90}}"


def shown(raw: bytes) -> tuple[str, bool]:
    """The text to show, and whether it is cut."""
    text = raw[: SHOWN_CHARS * 4].decode("utf-8", "replace")
    cut = text[:SHOWN_CHARS]
    return _plain(masked(cut)), len(text) > len(cut) or len(raw) > SHOWN_CHARS * 4


def masked(text: str) -> str:
    for pattern, kept in _MASKS:
        text = pattern.sub(kept, text)
    return text


_PROOF = r"(?:signature|secret|token|api[-_]?key)"
_BASE64 = r"[A-Za-z0-9+/]"
# Each keeps its first group, which says what is hidden.
_MASKS = tuple(
    (re.compile(pattern, re.IGNORECASE | re.MULTILINE), kept)
    for pattern, kept in (
        # Addresses in our mails, return addresses (also as SRS and BATV wrap them), Message-IDs.
        (rf"((?:/|%2f|=2f)[oucv](?:\\?/|%2f|=2f)){_TOKEN}", rf"\1{HIDDEN}"),
        (rf"(bounce(?:\+|=2b|%2b|=)){_TOKEN}(?=(?:@|=40|%40|=))", rf"\1{HIDDEN}"),
        (
            r"(^(?:message-id|references|in-reply-to|original-envelope-id):[ \t]*(?:\r?\n[ \t]+)?<?)[\w.-]{12,90}",
            rf"\1{HIDDEN}",
        ),
        (r"(<)[A-Za-z0-9_-]{16,64}(?=@[\w.-]+>)", rf"\1{HIDDEN}"),
        # What a provider signs its requests with: headers, JSON, forms, addresses with a password.
        (rf"(^(?:(?:proxy-)?authorization|(?:set-)?cookie|[\w-]*{_PROOF}):)[^\r\n]*", rf"\1 {HIDDEN}"),
        (
            rf'("[\w-]*(?:{_PROOF}|password|authorization|unsubscribe_?url)"\s*:\s*)"(?:[^"\\]|\\.)*"',
            rf'\1"{HIDDEN}"',
        ),
        (rf"((?:^|&)(?:{_PROOF}|password|key)=)[^&\s]+", rf"\1{HIDDEN}"),
        (r"(https?://)[^/\s:@]+:[^/\s@]+(?=@)", rf"\1{HIDDEN}"),
        # What is encoded may hold all of these, and tells a person nothing.
        (
            rf"^(?:{_BASE64}{{60,76}}={{0,2}}\r?\n){{4,}}"
            rf"(?:(?:{_BASE64}{{4}}){{0,19}}{_BASE64}{{2}}(?:==|{_BASE64}=|{_BASE64}{{2}})(?:\r?\n|\Z))?",
            "[encoded, not shown]\n",
        ),
    )
)


def _plain(text: str) -> str:
    """Lines stay lines; what turns the direction of reading, or moves a cursor, does not stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ").split("\n")
    return "\n".join(printable(line) for line in lines)
