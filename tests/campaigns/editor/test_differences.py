"""Two versions of a draft, told apart in words."""

from typing import Any

import pytest

from campaigns.content import blocks
from campaigns.drafts.words import Words
from campaigns.editor import differences
from campaigns.editor.differences import Difference, Piece

HEAD = {"id": "head", "kind": "heading", "text": "Spring"}
TEXT = {"id": "text", "kind": "text", "html": "<p>The first light of a cold morning.</p>"}
PHOTO = {"id": "photo", "kind": "image", "alt": "Hills"}
INNER = {"id": "inner", "kind": "button", "label": "Go"}
PAIR = {"id": "pair", "kind": "columns", "columns": [[INNER], []]}


def words(*written: dict[str, Any], **more: Any) -> Words:
    plain = {"subject": "News", "preheader": "", "content_kind": "blocks", "html": "", "text": ""}
    return plain | {"blocks": blocks.validate({"blocks": list(written)})} | more


def acts(old: Words, new: Words) -> list[tuple[str, str]]:
    return [(found.what, found.sentence) for found in differences.between(old, new)]


@pytest.mark.parametrize(
    ("before", "after", "found", "in_short"),
    [
        ([HEAD, TEXT], [HEAD, TEXT], [], ""),
        ([HEAD, TEXT], [HEAD, TEXT, PHOTO], [("Picture", "added")], "1 block added"),
        ([HEAD, PAIR], [HEAD], [("Section", "removed")], "1 block removed"),
        ([HEAD, TEXT, PHOTO], [PHOTO, HEAD, TEXT], [("Picture", "moved")], "1 block moved"),
        ([HEAD, PAIR, TEXT], [PAIR, HEAD, TEXT], [("Heading", "moved")], "1 block moved"),
        ([PAIR], [PAIR | {"columns": [[], [INNER]]}], [("Button", "moved")], "1 block moved"),
        (
            [HEAD, TEXT, PHOTO],
            [TEXT | {"html": "<p>Short.</p>"}, HEAD | {"text": "May"}],
            [("Text", "changed and moved"), ("Heading", "changed"), ("Picture", "removed")],
            "2 blocks changed, 1 removed",
        ),
        ([HEAD], [HEAD | {"kind": "quote", "text": "May"}], [("Quote", "added"), ("Heading", "removed")], None),
    ],
)
def test_each_block_is_said_to_have_come_gone_moved_or_changed(
    before: list[dict[str, Any]], after: list[dict[str, Any]], found: list[tuple[str, str]], in_short: str | None
) -> None:
    old, new = words(*before), words(*after)
    assert acts(old, new) == found
    assert in_short is None or differences.in_short(differences.between(old, new)) == in_short


def test_what_a_field_said_and_says_stands_side_by_side() -> None:
    old = words(HEAD, TEXT, subject="Spring is here", style={"width": 600})
    changed = TEXT | {"html": "<p>The first light of a <b>warm</b> morning.</p>", "align": "center"}
    new = words(HEAD, changed, subject="Summer is here")
    subject, text = differences.between(old, new)
    (line,) = subject.lines
    assert line.was == (Piece("Spring", True), Piece(" is here"))
    assert line.now == (Piece("Summer", True), Piece(" is here"))
    by_label = {line.label: line for line in text.lines}
    assert [piece.text for piece in by_label["Text"].now if piece.is_other] == ["warm"]
    assert [piece.text for piece in by_label["Alignment"].was] == ["Left"]
    assert differences.in_short([subject, text]) == "1 block changed, subject changed"


def test_bold_words_are_another_way_of_writing_the_same() -> None:
    (found,) = differences.between(
        words(HEAD, TEXT), words(HEAD, TEXT | {"html": TEXT["html"].replace("cold", "<b>cold</b>")})
    )
    assert [line.note for line in found.lines] == ["The same words, written in another way."]


def test_html_and_plain_text_are_compared_by_lines() -> None:
    old = words(content_kind="html", html="<p>a</p>\n<p>b</p>\n<p>c</p>", text="Hello")
    new = words(content_kind="html", html="<p>a</p>\n<p>B</p>\n<p>c</p>", text="Hello\nyou")
    page, plain = differences.between(old, new)
    assert (page.what, [line.label for line in page.lines]) == ("HTML", ["Line 2"])
    assert plain.lines[0].now == (Piece("you", True),)
    assert differences.in_short([page, plain]) == "HTML changed, plain text changed"
    kind, *_ = differences.between(words(), new)
    assert (kind.what, kind.lines[0].now) == ("Way of writing", (Piece("HTML", True),))


def test_very_long_values_are_shown_near_what_is_different() -> None:
    long = " ".join(f"w{number}" for number in range(500))
    (found,) = differences.between(words(text=long), words(text=long.replace("w250 ", "other ")))
    assert len("".join(piece.text for piece in found.lines[0].now)) < 200
    huge = "x " * 100_000
    (found,) = differences.between(words(text=huge), words(text=huge + "y"))
    assert isinstance(found, Difference)
    assert len(found.lines[0].now[0].text) < 1_000


def test_a_page_written_anew_is_not_compared_line_by_line() -> None:
    """Only what is between the first and the last line that differ counts: it would take minutes."""
    old, new = ("\n".join(f"{letter}{number}" for number in range(1_200)) for letter in "ab")
    (found,) = differences.between(words(text=f"head\n{old}\nend"), words(text=f"head\n{new}\nend"))
    assert found.says == "1,200 lines from line 2 on are 1,200 others."
    (found,) = differences.between(words(text=f"{old}\nx\n{old}"), words(text=f"{old}\ny\n{old}"))
    assert [line.label for line in found.lines] == ["Line 1201"]
