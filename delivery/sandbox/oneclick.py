"""The one-click unsubscribe of RFC 8058, done as a mailbox provider does it: a bare POST, no cookie, no redirect."""

import http.client
import time
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from accounts.models import Organisation
from delivery.domains import known

TIMEOUT_SECONDS = 10
UNSUBSCRIBED = "Unsubscribed."  # what our web server says where somebody was
_LONGEST = 200
_BODY = "List-Unsubscribe=One-Click"


class NotOurs(Exception):
    """The address leads to another machine: a sandbox that follows it would be a tool for knocking on doors."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    milliseconds: int
    redirects: bool
    sets_cookie: bool
    said: str = ""  # a sentence of our own web server's

    @property
    def is_right(self) -> bool:
        """What RFC 8058 asks for: 200, no redirect; a mailbox provider takes no cookie either."""
        return self.status == http.HTTPStatus.OK and not self.redirects and not self.sets_cookie

    @property
    def words(self) -> str:
        redirect = "a redirect" if self.redirects else "no redirect"
        cookie = "a cookie" if self.sets_cookie else "no cookie"
        return f"{self.status} in {self.milliseconds} ms, {redirect}, {cookie}"


def own_addresses() -> set[str]:
    """By which recipients know this installation, and those by which links are counted."""
    organisation = Organisation.get()
    found = {settings.PUBLIC_URL, *known.counting_addresses()}
    return found | ({organisation.public_address, organisation.tracking_address} if organisation else set())


def post(address: str, *, own: set[str]) -> Answer:
    """To our own web server on this machine, whatever stands before it. `own`: the addresses recipients know us by."""
    parts = _ours(address, own)
    started = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", settings.PORT, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("POST", parts.path + (f"?{parts.query}" if parts.query else ""), _BODY, _headers(parts))
        response = connection.getresponse()
        said = response.read().decode(errors="replace").strip()
    finally:
        connection.close()
    return Answer(
        status=response.status,
        milliseconds=round((time.monotonic() - started) * 1000),
        redirects=bool(response.getheader("Location")),
        sets_cookie=bool(response.getheader("Set-Cookie")),
        said=said[:_LONGEST],
    )


def get(address: str, *, own: set[str], user_agent: str) -> int:
    """As somebody who opens the mail or follows its link; the status. No redirect is followed."""
    parts = _ours(address, own)
    connection = http.client.HTTPConnection("127.0.0.1", settings.PORT, timeout=TIMEOUT_SECONDS)
    try:
        headers = {"Host": parts.netloc, "X-Forwarded-Proto": parts.scheme, "User-Agent": user_agent}
        connection.request("GET", parts.path + (f"?{parts.query}" if parts.query else ""), headers=headers)
        response = connection.getresponse()
        response.read()
    finally:
        connection.close()
    return response.status


def _ours(address: str, own: set[str]) -> SplitResult:
    parts = urlsplit(address)
    if f"{parts.scheme}://{parts.netloc}".lower() not in {known.lower() for known in own}:
        raise NotOurs(f"{parts.netloc} is not an address of this installation.")
    return parts


def _headers(parts: SplitResult) -> dict[str, str]:
    return {
        "Host": parts.netloc,
        "X-Forwarded-Proto": parts.scheme,
        "Content-Type": "application/x-www-form-urlencoded",
    }
