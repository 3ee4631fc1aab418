"""A mail at a web address, and pictures of other servers, through the guarded client."""

from email.message import Message

from accounts.egress.fetching import Client, Limits, NoAnswer
from accounts.egress.guard import Refused
from campaigns.mail_imports import addresses, reading
from campaigns.mail_imports.reading import Brought, Unusable

_PAGE_BYTES = 2_000_000
_PICTURE_BYTES = 10_000_000
_PICTURE_SECONDS = 8.0


def page(url: str) -> Brought:
    """Raises Unusable."""
    client = Client(limits=Limits(answer_bytes=_PAGE_BYTES))
    try:
        answer = client.get(_secured(url), {"Accept": "text/html"})
    except (Refused, NoAnswer) as problem:
        raise Unusable(str(problem)) from None
    kind, charset = _said(answer.headers.get("content-type", ""))
    if answer.status != 200:
        raise Unusable(
            f"The server answers {answer.status} instead of a mail. Open the address in a browser to see why."
        )
    if kind not in {"text/html", "application/xhtml+xml", "text/plain", ""}:
        raise Unusable(f"There is no mail at this address, but {kind}.")
    brought = reading.text(reading.decoded(answer.body, charset), name=answer.url)
    if brought.kind != "html":
        return brought
    return Brought("html", addresses.absolute(brought.text, answer.url), name=answer.url, subject=brought.subject)


def picture(url: str) -> bytes:
    """Raises Unusable."""
    limits = Limits(answer_bytes=_PICTURE_BYTES, seconds=_PICTURE_SECONDS)
    try:
        answer = Client(limits=limits).get(_secured(url), {"Accept": "image/*"})
    except (Refused, NoAnswer) as problem:
        raise Unusable(str(problem)) from None
    if answer.status != 200:
        raise Unusable(f"The server answers {answer.status}.")
    return answer.body


def _secured(url: str) -> str:
    url = url.strip()
    if url.lower().startswith("http://"):
        return f"https://{url[7:]}"
    return url if "://" in url else f"https://{url}"


def _said(content_type: str) -> tuple[str, str]:
    said = Message()
    said["content-type"] = content_type
    return (said.get_content_type() if content_type else ""), str(said.get_param("charset") or "")
