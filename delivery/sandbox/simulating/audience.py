"""A made-up audience reads what the sandbox keeps of our own rehearsals: people, Apple's proxy, scanners.

They do what real ones do, by requests to our own web server, so that a whole report can be rehearsed. The address of a
rehearsed mail counts in its own report and changes nobody.
"""

import asyncio
import http.client
import logging
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, InterfaceError, connection

from delivery import html_tokens, verp
from delivery.sandbox import oneclick
from delivery.sandbox.behaviour import Act, Reader
from delivery.sandbox.reading import Reading

MOST_WAITING = 20_000
_PEOPLE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:144.0) Gecko/20100101 Thunderbird/144.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile",
)
_AGENTS = {Reader.APPLE: ("Mozilla/5.0",), Reader.SCANNER: ("Mozilla/5.0 (compatible; Barracuda Sentinel/1.0)",)}

log = logging.getLogger(__name__)


class Audience:
    """One thread, so that readers never hold up what arrives. What is left when the sandbox stops is forgotten."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "audience")
        self._waiting = 0

    def act_later(self, raw: bytes, return_address: str, acts: Sequence[Act]) -> None:
        """Called in the event loop. Of mail that is not ours nobody reads anything."""
        if verp.message_id(return_address) is None:
            return
        for act in acts:
            if self._waiting < MOST_WAITING:
                self._waiting += 1
                asyncio.get_running_loop().call_later(act.seconds, self._submit, raw, act.reader)

    def _submit(self, raw: bytes, reader: Reader) -> None:
        self._waiting -= 1
        self._thread.submit(_act, raw, reader)

    def stop(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)


def _act(raw: bytes, reader: Reader) -> None:
    try:
        own = oneclick.own_addresses()
    except (DatabaseError, InterfaceError):
        connection.close()
        return
    reading, agent = Reading(raw), random.choice(_AGENTS.get(reader, _PEOPLE))
    try:
        if reader == Reader.LEAVES:
            oneclick.post(reading.unsubscribe_address, own=own)
            return
        for address in _addresses(reading, reader, own):
            oneclick.get(address, own=own, user_agent=agent)
    except (oneclick.NotOurs, OSError, http.client.HTTPException, ValueError) as problem:
        log.info("A made-up reader got no answer: %s", type(problem).__name__)


def _addresses(reading: Reading, reader: Reader, own: set[str]) -> Sequence[str]:
    """In the order in which a program asks for them."""
    pictures = [source for source in _pictures(reading.html) if _is_ours(source, own)]
    ours = [link for link in reading.links if _is_ours(link.address, own)]
    links = [link.address for link in ours]
    # People follow what they can read; a link without words is there to tell programs from them.
    tracked = [link.address for link in ours if link.text and "/c/" in link.address]
    match reader:
        case Reader.SCANNER:
            return [*pictures, *links]
        case Reader.CLICKS:
            return [*pictures, *random.sample(tracked, min(1, len(tracked)))]
        case _:
            return pictures


def _pictures(html: str) -> Iterator[str]:
    """What a mail program loads by itself; in a short letter the picture that counts is the ground of a cell."""
    for token in html_tokens.tokens(html):
        given = html_tokens.values(token) if token.is_opening else {}
        if source := given.get("src" if token.name == "img" else "background"):
            yield source


def _is_ours(address: str, own: set[str]) -> bool:
    return any(address.startswith(f"{known}/") for known in own)
