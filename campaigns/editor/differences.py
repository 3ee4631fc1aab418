"""What is different between two versions of a draft, in words. Nothing here touches the database."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from html import unescape
from itertools import takewhile
from typing import Any, Literal

from django.utils.html import strip_tags

from campaigns.content import blocks
from campaigns.content.blocks import STYLE, Block, Field
from campaigns.drafts.words import Words
from campaigns.editor import editing
from campaigns.models import Campaign

Act = Literal["added", "removed", "changed", "moved"]
_ACTS: tuple[Act, ...] = ("changed", "added", "removed", "moved")
_LINES = (
    ("sender_name", "Sender’s name"),
    ("sender_email", "Sender’s address"),
    ("reply_to", "Address for answers"),
    ("subject", "Subject"),
    ("preheader", "Preheader"),
)
_PARTS = re.compile(r"\s+|[^\s]+")
_END_OF_LINE = re.compile(r"<br\s*/?>|</(?:p|li|h[1-6]|div|tr)>", re.IGNORECASE)
_MOST_PARTS = 1_200
_MOST_CHARS = 400
_MOST_LINES = 1_000
_SHOWN_LINES = 30
_AROUND = 8  # parts of what stayed, on each side of what changed


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a value; `is_other`: the other version does not have it."""

    text: str
    is_other: bool = False


Pieces = tuple[Piece, ...]


@dataclass(frozen=True)
class Line:
    """One value in both versions, taken apart only where it is shown. `note`: what there is to say instead."""

    label: str
    before: str = ""
    after: str = ""
    note: str = ""

    @property
    def was(self) -> Pieces:
        return self._pieces[0]

    @property
    def now(self) -> Pieces:
        return self._pieces[1]

    @cached_property
    def _pieces(self) -> tuple[Pieces, Pieces]:
        return _taken_apart(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Difference:
    """`is_block`: it is about a block of the mail, else about `what` as a whole."""

    act: Act
    what: str
    says: str = ""
    lines: tuple[Line, ...] = ()
    is_block: bool = False
    is_moved: bool = False  # besides

    @property
    def sentence(self) -> str:
        return f"{self.act} and moved" if self.is_moved else self.act


def between(old: Words, new: Words) -> list[Difference]:
    """In the order of the mail: its lines in the inbox, then blocks and style (or the HTML), then the plain text."""
    found = [
        Difference("changed", label, lines=(Line("", old[name], new[name]),))
        for name, label in _LINES
        if name in old and name in new and old[name] != new[name]
    ]
    if "brand_id" in old and "brand_id" in new and old["brand_id"] != new["brand_id"]:
        found.append(Difference("changed", "Brand"))
    kinds = {old["content_kind"], new["content_kind"]}
    if len(kinds) == 2:
        line = Line("", *(Campaign.ContentKind(words["content_kind"]).label for words in (old, new)))
        found.append(Difference("changed", "Way of writing", lines=(line,)))
    if Campaign.ContentKind.BLOCKS in kinds:
        found += _of_documents(old["blocks"], new["blocks"])
    if Campaign.ContentKind.HTML in kinds:
        found += _of_lines("HTML", old["html"], new["html"])
    return [*found, *_of_lines("Plain text", old["text"], new["text"])]


def in_short(differences: list[Difference]) -> str:
    """ "3 blocks changed, 1 added, subject changed"; "" when nothing is different."""
    counted = Counter(found.act for found in differences if found.is_block)
    said = [f"{counted[act]} {act}" for act in _ACTS if counted[act]]
    if said:
        number, _, rest = said[0].partition(" ")
        said[0] = f"{number} block{'' if number == '1' else 's'} {rest}"
    said += [f"{_uncapitalised(found.what)} {found.act}" for found in differences if not found.is_block]
    return ", ".join(said)[:1].upper() + ", ".join(said)[1:]


def _of_documents(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Difference]:
    before, after = (_placed(blocks.validate(document or blocks.empty())) for document in (old, new))
    moved = _moved(before, after)
    for key, (block, _) in after.items():
        if key not in before:
            if not _is_within(key, after, before):
                yield Difference("added", _name(block), editing.excerpt(block), is_block=True)
        elif lines := tuple(_changes(before[key][0], block)):
            yield Difference("changed", _name(block), editing.excerpt(block), lines, True, key in moved)
        elif key in moved:
            yield Difference("moved", _name(block), editing.excerpt(block), is_block=True)
    for key, (block, _) in before.items():
        if key not in after and not _is_within(key, before, after):
            yield Difference("removed", _name(block), editing.excerpt(block), is_block=True)
    styles = [blocks.validate(document or blocks.empty())["style"] for document in (old, new)]
    if lines := tuple(_of_fields(STYLE, *styles)):
        yield Difference("changed", "Style", lines=lines)


Key = tuple[str, str]  # a block's id and kind: templates number their blocks alike
Placed = dict[Key, tuple[Block, tuple[str, int]]]


def _placed(document: dict[str, Any]) -> Placed:
    """Each block with the column it stands in, in the order of the mail."""
    found: Placed = {}
    for block in document["blocks"]:
        found[block["id"], block["kind"]] = block, ("", 0)
        for number, column in enumerate(block.get("columns", [])):
            found |= {(inner["id"], inner["kind"]): (inner, (block["id"], number)) for inner in column}
    return found


def _moved(before: Placed, after: Placed) -> set[Key]:
    """Which stand elsewhere, not counting those that others were put before or taken from."""
    old, new = [key for key in before if key in after], [key for key in after if key in before]
    stayed = {
        key
        for match in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
        for key in old[match.a : match.a + match.size]
    }
    inside = {key for key in new if before[key][1] != after[key][1]}
    # What went along with its columns stays where it is in them.
    outer = {key[0] for key in new if key not in stayed and not before[key][1][0]}
    return inside | {key for key in new if key not in stayed and before[key][1][0] not in outer}


def _is_within(key: Key, here: Placed, there: Placed) -> bool:
    """Whether the columns that the block stands in are themselves missing on the other side: they stand for it."""
    outer = here[key][1][0]
    return bool(outer) and all(other[0] != outer for other in there)


def _changes(old: Block, new: Block) -> Iterator[Line]:
    yield from _of_fields(blocks.KINDS[new["kind"]].fields, old, new)
    if bool(old.get("saved")) != bool(new.get("saved")):
        words = ("not linked", "linked")
        yield Line("Saved block", words[bool(old.get("saved"))], words[bool(new.get("saved"))])


def _of_fields(fields: tuple[Field, ...], old: dict[str, Any], new: dict[str, Any]) -> Iterator[Line]:
    for field in fields:
        was, now = old.get(field.name, ""), new.get(field.name, "")
        if was == now:
            continue
        said = _said(field, was), _said(field, now)
        if said[0] != said[1]:
            yield Line(field.label, *said)
        else:
            yield Line(field.label, note="The same words, written in another way.")


def _said(field: Field, value: Any) -> str:
    """As a reader of the form would say it."""
    if field.choices:
        return dict(field.choices).get(str(value), str(value))
    if field.is_html:
        return _plain(str(value))
    return str(value)


def _plain(html: str) -> str:
    return unescape(strip_tags(_END_OF_LINE.sub(" ", html))).strip()


def _of_lines(what: str, old: str, new: str) -> Iterator[Difference]:
    if old == new:
        return
    was, now = old.splitlines(), new.splitlines()
    above = _alike(was, now)
    below = _alike(was[above:][::-1], now[above:][::-1])
    was, now = was[above : len(was) - below], now[above : len(now) - below]
    if len(was) > _MOST_LINES or len(now) > _MOST_LINES:
        said = f"{len(was):,} lines from line {above + 1} on are {len(now):,} others."
        yield Difference("changed", what, said)
        return
    changes = [change for change in SequenceMatcher(None, was, now).get_opcodes() if change[0] != "equal"]
    lines = [
        Line(f"Line {above + start + 1}", "\n".join(was[begin:end]), "\n".join(now[start:stop]))
        for _, begin, end, start, stop in changes[:_SHOWN_LINES]
    ]
    more = len(changes) - len(lines)
    yield Difference("changed", what, f"{more} more places are different." if more else "", tuple(lines))


def _alike(one: list[str], other: list[str]) -> int:
    """How many lines both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _taken_apart(was: str, now: str) -> tuple[Pieces, Pieces]:
    old, new = _PARTS.findall(was), _PARTS.findall(now)
    if len(old) > _MOST_PARTS or len(new) > _MOST_PARTS:
        old, new = [_cut("".join(old))], [_cut("".join(new))]
    left, right = list[Piece](), list[Piece]()
    for act, begin, end, start, stop in SequenceMatcher(None, old, new).get_opcodes():
        if act == "equal":
            same = Piece(_shortened(old[begin:end], is_first=not begin, is_last=end == len(old)))
            left.append(same)
            right.append(same)
            continue
        left += [Piece(_cut("".join(old[begin:end])), True)] if begin < end else []
        right += [Piece(_cut("".join(new[start:stop])), True)] if start < stop else []
    return tuple(left), tuple(right)


def _shortened(parts: list[str], *, is_first: bool, is_last: bool) -> str:
    """What stayed, near to what changed."""
    if len(parts) <= 2 * _AROUND + 2:
        return "".join(parts)
    head = "" if is_first else "".join(parts[:_AROUND])
    tail = "" if is_last else "".join(parts[-_AROUND:])
    return f"{head} … {tail}"


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CHARS else f"{text[:_MOST_CHARS]}…"


def _name(block: Block) -> str:
    return blocks.KINDS[block["kind"]].label


def _uncapitalised(words: str) -> str:
    return words if words.isupper() else words[:1].lower() + words[1:]
