"""What a mailbox wrote on a mail of ours when it took it (RFC 8601). Pure; never raises; what comes in is hostile."""

import re
from dataclasses import dataclass

from delivery.bounces import mime

MARK = "X-Tallypost-Check"
_TOKEN = re.compile(r"\b[0-9a-f]{24}\b")
_METHOD = re.compile(r"\s*(spf|dkim|dmarc)\s*=\s*([a-z]{1,12})", re.IGNORECASE)
_PROPERTY = re.compile(r"\b(smtp\.mailfrom|header\.(?:d|i|s|from))\s*=\s*\"?([^\s;\"]{1,253})", re.IGNORECASE)
_PROPERTIES = ("smtp.mailfrom", "header.d", "header.i", "header.from")
_TAG = re.compile(r"(?:^|;)\s*([dsh])\s*=\s*([^;]{1,2000})")
_ONE_CLICK = frozenset({"list-unsubscribe", "list-unsubscribe-post"})  # RFC 8058, 4: unsigned, they are passed over
_MOST = 30


@dataclass(frozen=True, slots=True)
class Result:
    method: str  # spf, dkim, dmarc
    verdict: str
    domain: str  # that it was asked of: of the return address, the signature, the From


@dataclass(frozen=True, slots=True)
class Arrived:
    token: str
    said_by: str
    results: tuple[Result, ...]
    keys: tuple[tuple[str, str], ...] = ()  # of its signatures: domain and selector
    offers_one_click: bool = False
    covering: tuple[str, ...] = ()  # domains whose signature covers both headers of it


def read(raw: bytes) -> Arrived | None:
    """None: it is no mail that we sent to see it arrive."""
    try:
        headers, _ = mime.leaves(raw)
        found = _TOKEN.search(mime.first(headers, MARK.lower())) or _TOKEN.search(mime.first(headers, "message-id"))
        return _arrived(headers, found[0]) if found else None
    except Exception:  # what hostile text brings a library to is no answer
        return None


def _arrived(headers: mime.Headers, token: str) -> Arrived:
    """The uppermost words are of whoever took the mail last; further down anybody may have written."""
    written = [_without_comments(one) for one in headers.get("authentication-results", [])[:_MOST]]
    server = _server(written[0]) if written else ""
    results = [result for one in written if _server(one) == server for result in _results(one)]
    signatures = [
        {name: "".join(value.split()).lower() for name, value in _TAG.findall(one)}
        for one in headers.get("dkim-signature", [])[:_MOST]
    ]
    keys = [(one["d"][:253], one["s"][:253]) for one in signatures if "d" in one and "s" in one]
    covering = [one["d"][:253] for one in signatures if "d" in one and set(one.get("h", "").split(":")) >= _ONE_CLICK]
    offers = headers.keys() >= _ONE_CLICK
    return Arrived(token, server[:100], tuple(results[:_MOST]), tuple(keys), offers, tuple(covering))


def _server(written: str) -> str:
    """Its name; empty at Microsoft, which writes none."""
    first = written.partition(";")[0].strip()
    return "" if "=" in first else first.partition(" ")[0].lower()


def _results(written: str) -> list[Result]:
    found = []
    for part in written.split(";")[:_MOST]:
        if method := _METHOD.match(part):
            said = {name.lower(): value for name, value in _PROPERTY.findall(part)}
            domain = (
                said.get("smtp.mailfrom") or said.get("header.d") or said.get("header.i") or said.get("header.from")
            )
            host = (domain or "").rpartition("@")[2].lower().rstrip(".>")
            found.append(Result(method[1].lower(), method[2].lower(), host))
    return found


def _without_comments(text: str) -> str:
    """RFC 5322 comments, which may hold anything, also ; and =."""
    kept, depth = [], 0
    for letter in text:
        depth += letter == "("
        if depth == 0:
            kept.append(letter)
        depth = max(0, depth - (letter == ")"))
    return "".join(kept)
