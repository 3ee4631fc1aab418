"""The finished page of a draft: worked out once for the same words, wherever it is asked for."""

import json
import logging
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

from django.core.cache import cache as shared
from redis.exceptions import RedisError

from campaigns.compiling.recent import Recent
from campaigns.compiling.workshop import Busy, Died, Workshop
from campaigns.content import bounds, drawing
from campaigns.content.drawing import Compiled, Piece
from campaigns.content.html import Left, Removed, Unusable

logger = logging.getLogger(__name__)

_KEPT_SECONDS = 86_400
_DEATH_KEPT_SECONDS = 600
_PIECES_CHARS = 8_000_000  # of blocks, in each process
_ROOT = Path(__file__).resolve().parents[2]
_SOURCES = ("campaigns/compiling", "campaigns/content", "campaigns/merge", "campaigns/message")
_LIBRARIES = ("ada-url", "cssselect2", "idna", "minijinja", "mjml-python", "nh3", "selectolax", "tinycss2")
_WORKSHOP = Workshop()
_PIECES = Recent(_PIECES_CHARS)
_LOCKS = tuple(Lock() for _ in range(16))


@dataclass(frozen=True, slots=True)
class Page:
    """A mail with merge tags still in it. `removed` and `left` are what preflight names of HTML written by hand."""

    html: str
    text: str  # made from the HTML
    removed: tuple[Removed, ...] = ()
    left: tuple[Left, ...] = ()


def of_html(html: str, preheader: str) -> Page:
    """Raises Unusable, whose words may be shown."""
    subject = "style sheet" if "<style" in html.lower() else "HTML"
    job = {"html": html, "preheader": preheader}
    return _page("html", job, [html, preheader], subject, lambda: bounds.problem_of_html(html))


def of_drawing(frame: Piece, *, marked: bool = False) -> Page:
    """A mail of blocks. `marked`: each block says which it is, for an editor. Raises Unusable."""
    known = known_pieces(list(frame.all()))
    return Page(drawing.page_of(frame, known, marked=marked), drawing.text_of(frame, known))


def of_block(frame: Piece, block: str) -> str:
    """The HTML of this block alone, marked; "" when it shows nothing. Raises Unusable."""
    piece = next((piece for piece in frame.all() if piece.block == block), None)
    return drawing.html_of(piece, known_pieces(list(piece.all())), marked=True) if piece else ""


def known_pieces(pieces: Sequence[Piece]) -> drawing.Known:
    """All of them compiled: only those are compiled now that nobody has asked for lately. Raises Unusable."""
    wanted = {piece.key: piece for piece in pieces}
    found = _PIECES.get_many(wanted)
    if missing := [key for key in wanted if key not in found]:
        stored = _shared_pieces(missing)
        if anew := [key for key in missing if key not in stored]:
            stored |= _compiled_pieces({key: wanted[key] for key in anew})
        _PIECES.set_many(stored)
        found |= stored
    return lambda piece: found[piece.key]


def _shared_pieces(keys: Sequence[str]) -> dict[str, Compiled]:
    try:
        stored = shared.get_many([_piece_key(key) for key in keys])
    except RedisError:  # then they are worked out once more
        return {}
    return {key: _read(stored[name]) for key in keys if (name := _piece_key(key)) in stored}


def _compiled_pieces(wanted: dict[str, Piece]) -> dict[str, Compiled]:
    """Whatever no mail can be made of is kept for a while, so that not every look at it waits anew."""
    death = f"death:{_digest(compiler(), list(wanted))}"
    if known := _known(death):
        raise Unusable(known["unusable"])
    answer = _compiled("pieces", {"pieces": [piece.as_job() for piece in wanted.values()]}, "mail")
    if "unusable" in answer:
        _keep(death, answer)
        raise Unusable(answer["unusable"])
    made = {key: Compiled(tuple(parts), text) for key, (parts, text) in zip(wanted, answer["pieces"], strict=True)}
    try:
        shared.set_many({_piece_key(key): json.dumps(one) for key, one in made.items()}, _KEPT_SECONDS)
    except RedisError:
        logger.warning("a compiled draft could not be kept")
    return made


def _piece_key(key: str) -> str:
    return f"piece:{compiler()}:{key}"


def _read(stored: str) -> Compiled:
    parts, text = json.loads(stored)
    return Compiled(tuple(parts), text)


def of_mjml(source: str) -> str:
    """HTML as if written by hand. Raises Unusable."""
    return _page("mjml", {"mjml": source}, [source], "MJML").html


def _page(
    step: str, job: dict[str, Any], content: Sequence[Any], subject: str, refuse: Callable[[], str] = str
) -> Page:
    """`refuse`: why it is not even compiled, asked once for the same words; "" when it may be."""
    key = f"page:{_digest(compiler(), step, content)}"
    with _LOCKS[hash(key) % len(_LOCKS)]:  # a page asks for the same draft several times at once
        found = _known(key)
        if found is None:
            problem = refuse()
            found = {"unusable": problem} if problem else _compiled(step, job, subject)
            _keep(key, found)
    if "unusable" in found:
        raise Unusable(found["unusable"])
    return Page(
        found["html"],
        found["text"],
        tuple(Removed(*one) for one in found["removed"]),
        tuple(Left(*one) for one in found["left"]),
    )


def _compiled(step: str, job: dict[str, Any], subject: str) -> dict[str, Any]:
    try:
        return _WORKSHOP.run(step, job)
    except Died as death:
        logger.warning("a draft was not compiled: %s", death)
        return {"unusable": _words(death.of, subject), "died": True}
    except Busy:
        logger.warning("a draft was not compiled: no answer in time")
        words = "This machine is too busy to work out the mail just now. Look again in a minute."
        return {"unusable": words, "is_passing": True}


def _words(of: str, subject: str) -> str:
    why = {"time": "in time", "memory": "with the memory that one mail may use"}.get(of, "")
    advice = {
        "style sheet": "Leave out rules that this mail does not use, and close every bracket, quote and comment.",
        "HTML": "Make it shorter, and close every tag, quote and comment.",
    }.get(subject, "Take out what you added last.")
    return f"This {subject} could not be read{f' {why}' if why else ''}. {advice}"


def _known(key: str) -> dict[str, Any] | None:
    try:
        stored = shared.get(key)
    except RedisError:  # then it is worked out once more
        return None
    return json.loads(zlib.decompress(stored)) if stored else None


def _keep(key: str, found: dict[str, Any]) -> None:
    if found.get("is_passing"):
        return
    seconds = _DEATH_KEPT_SECONDS if found.get("died") else _KEPT_SECONDS
    try:
        shared.set(key, zlib.compress(json.dumps(found).encode()), seconds)
    except RedisError:
        logger.warning("a compiled draft could not be kept")


@cache
def compiler() -> str:
    """Changes with every line of the compiler and with the libraries that it uses."""
    sources = sorted(path for folder in _SOURCES for path in (_ROOT / folder).rglob("*.py"))
    texts = [path.read_text() for path in (*sources, _ROOT / "accounts/web_addresses.py")]
    return _digest(texts, [version(name) for name in _LIBRARIES])


def _digest(*parts: Any) -> str:
    return blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()
