"""What was pasted or uploaded, told by what is in it."""

import json
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Literal

from campaigns.content import blocks, bounds
from campaigns.mail_imports import mjml_source
from campaigns.merge.foreign_names import SUBJECTS, plain

Kind = Literal["html", "mjml", "blocks"]
FORMAT = "tallypost-campaign"
LARGEST_TEXT = bounds.MAX_HTML_BYTES
_TITLE = re.compile(r"<(?:mj-)?title[^<>]*+>(.{0,1000}?)</", re.IGNORECASE | re.DOTALL)
_PREVIEW = re.compile(r"<mj-preview[^<>]*+>(.{0,1000}?)</", re.IGNORECASE | re.DOTALL)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_MARKUP = re.compile(r"<[^>]{1,200}>")
_BEFORE_MJML = re.compile(
    r"\A(?P<before>(?:\s|<\?xml[^>]*+>|(?><!--.*?-->)|<!doctype[^>]*+>)*+)<mjml[\s>]", re.IGNORECASE | re.DOTALL
)


class Unusable(ValueError):
    """Nothing that a mail can be made of. Its text may be shown."""


@dataclass(frozen=True, slots=True)
class Brought:
    """`text`: HTML with merge tags of any system in it. `source`: the MJML it was compiled from."""

    kind: Kind
    text: str = ""
    source: str = ""
    name: str = ""
    subject: str = ""
    preheader: str = ""
    plain: str = ""
    document: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    folder: str = ""  # of the file in its archive
    pictures: dict[str, bytes] = field(default_factory=dict)  # by their paths in the archive


def text(words: str, *, name: str = "") -> Brought:
    """Of pasted words or a decoded file. Raises Unusable."""
    words = words.lstrip("\ufeff").replace("\0", "")
    if not words.strip():
        raise Unusable("There is nothing in it.")
    if before := _BEFORE_MJML.match(words):
        return _mjml(words, name, before.end("before"))
    if words.lstrip().startswith("{") and '"format"' in words[:2_000]:
        return _document(words, name)
    if not _MARKUP.search(words):
        raise Unusable("There is no HTML in it. Copy the source of the mail: it begins with <html> or <!doctype html>.")
    if problem := bounds.problem_of_html(words):
        raise Unusable(problem)
    return Brought("html", words, name=name, subject=_subject(words))


def decoded(data: bytes, charset: str = "") -> str:
    """By what is said of it outside, then inside, then by how it looks."""
    inside = _CHARSET.search(data[:4_000])
    for name in filter(None, ("utf-8-sig", charset, inside[1].decode() if inside else "")):
        try:
            return data.decode(name)
        except (UnicodeError, LookupError):
            continue
    from charset_normalizer import from_bytes  # 2 MB, for files that are not UTF-8

    best = from_bytes(data[:200_000]).best()
    return data.decode(best.encoding if best else "cp1252", errors="replace")


def _mjml(words: str, name: str, begins: int) -> Brought:
    """`begins`: where the root element stands; the compiler reads no declarations before it."""
    if len(words.encode(errors="replace")) > LARGEST_TEXT:
        raise Unusable(f"The MJML is larger than {LARGEST_TEXT:,} bytes.")
    try:
        page = mjml_source.compiled("\n" * words.count("\n", 0, begins) + words[begins:])
    except mjml_source.Refused as refused:
        raise Unusable(str(refused)) from None
    if problem := bounds.problem_of_html(page):
        raise Unusable(problem)
    note = "Compiled from MJML; from here on it is written in HTML. The MJML is kept beside it."
    notes = (note, *mjml_source.not_drawn(words))
    return Brought("mjml", page, words, name, _subject(words), _found(_PREVIEW, words), notes=notes)


def _document(words: str, name: str) -> Brought:
    """What a campaign was saved as here: blocks, subject, preheader and plain text."""
    try:
        said = json.loads(words)
        if said.get("format") != FORMAT or said.get("version") != 1:
            raise Unusable("This JSON is not a campaign saved by Tallypost, or by a newer version of it.")
        document = bounds.checked(blocks.validate(said.get("blocks")))
    except (ValueError, RecursionError, AttributeError) as wrong:
        if isinstance(wrong, Unusable | blocks.Invalid):
            raise Unusable(str(wrong)) from None
        raise Unusable("This JSON is cut off or damaged. Download it again.") from None
    for block in blocks.walk(document):
        block.pop("saved", None)  # which saved block it is, is said by numbers of where it was written
    line = {part: " ".join(str(said.get(part) or "").replace("\0", "").split())[:300] for part in _LINES}
    plain = str(said.get("text") or "").replace("\0", "")
    if problem := next(filter(None, map(bounds.problem_of_words, (*line.values(), plain))), ""):
        raise Unusable(problem)
    return Brought("blocks", "", "", line["name"][:200] or name, line["subject"], line["preheader"], plain, document)


_LINES = ("name", "subject", "preheader")


def _subject(words: str) -> str:
    """The title, unless it only says that the subject stands there."""
    title = _found(_TITLE, words)
    is_one_tag = re.fullmatch(r"\*\|[^|]*\|\*|\{\{[^{}]*\}\}", title)
    return "" if is_one_tag and plain(title) in SUBJECTS else title


def _found(shape: re.Pattern[str], words: str) -> str:
    found = shape.search(words)
    line = " ".join(unescape(_MARKUP.sub("", found[1])).split()) if found else ""
    return line[:300]
