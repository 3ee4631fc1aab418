"""Words that cannot be read on what they stand on are named; what a picture or a style sheet decides is left alone."""

import pytest

from accounts.brands import colours
from campaigns.models import Campaign
from campaigns.preflight import contrast, places
from campaigns.preflight.contrast import Looks
from delivery import html_tokens

WRITTEN = (("one", "Other"), ("two", "Pale &amp; wan"))


def words_of(html: str) -> list[tuple[str, Looks]]:
    return list(contrast.seen(html_tokens.tokens(html)))


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<p style="color:#999">Pale</p>', [("Pale", "#999999", "#ffffff")]),
        ('<p style="color:rgb(153,153,153)">Pale <b>and bold</b></p>', ["Pale", "and bold"]),
        ('<td bgcolor="#222222">Black on black</td>', [("Black on black", "#000000", "#222222")]),
        ('<td style="background:#1f4fa8"><p style="color:white">Reads</p></td>', []),
        ('<div style="background:#000"><p style="background:#fff">Reads</p>Black</div>', ["Black"]),
        ('<div style="color:#fff;background:#fff">Gone<div>too</p></div>', ["Gone", "too"]),
        ('<font color="yellow">Sun</font>', ["Sun"]),
        ('<p style="color:#767676">Just enough</p>', []),
        ('<h1 style="color:#949494;font-size:30px">Large</h1>', []),
        ('<p style="color:#949494;font-size:19px">Not so large</p>', ["Not so large"]),
        ('<p style="color:#949494;font-size:19px;font-weight:700">Large when bold</p>', []),
        # What cannot be told from the mail itself.
        ('<p style="color:#999"><a href="https://x.example">A link</a></p>', []),
        ('<td background="https://x.example/sea.png"><p style="color:#fff">On the sea</p></td>', []),
        ('<td style="background:#fff url(sea.png)"><p style="color:#fff">On the sea</p></td>', []),
        ('<p style="color:rgba(0,0,0,.4)">Half</p>', []),
        # What nobody sees.
        ('<div style="display:none;color:#fff">Preheader</div>', []),
        ('<div style="font-size:1px;color:#fff">Preheader</div>', []),
        ('<p style="color:#fff"> · — </p>', []),
    ],
)
def test_faint_words(html: str, found: list[object]) -> None:
    seen = list(contrast.faint(words_of(html)))
    assert [
        one.words if isinstance(wanted, str) else tuple(one) for one, wanted in zip(seen, found, strict=True)
    ] == found


def test_finding_names_a_pair_of_colours_once_and_leads_to_its_block() -> None:
    block = (
        {"id": "one", "kind": "text", "html": "<p>Other</p>"},
        {"id": "two", "kind": "text", "html": "<p>Pale &amp; wan</p>"},
    )
    where = places.of(Campaign(blocks={"blocks": list(block)}))
    page = '<p style="color:#ccc">Pale &amp; wan</p><p style="color:#ccc">Once is enough</p>'
    (finding,) = contrast.check(words_of(page), where)
    assert (finding.level, finding.code, finding.block) == ("warn", "contrast", "two")
    assert "“Pale & wan” is hard to read: #cccccc on #ffffff is 1.6 to 1" in finding.text


@pytest.mark.parametrize(
    ("html", "said"),
    [
        (
            '<p style="background:#e8590c;color:#000">Go</p>',
            "#000000 on #e8590c becomes 2.7 to 1. Take #c14a09 in place of #e8590c, and write the words in #ffffff.",
        ),
        ('<p style="background:#ff5ac8;color:#23262b">Go</p>', "becomes 2.2 to 1. Write the words in #000000."),
        ('<p style="background:#1f4fa8;color:#fff">Go</p>', ""),
        ('<p style="color:#5f6368">Grey</p>', ""),
        ('<p style="color:#ccc">Faint either way</p>', ""),
    ],
)
def test_words_that_read_until_a_program_inverts_them_are_named_with_a_colour_that_stays(html: str, said: str) -> None:
    found = [one for one in contrast.check(words_of(html), places.of(Campaign())) if one.code == "inverted"]
    assert len(found) == bool(said)
    for finding in found:
        assert said in f"{finding.text} {finding.cure}"


@pytest.mark.parametrize(
    "colour", ["#e8590c", "#ff00ff", "#fa5252", "#15aabf", "#0078ff", "#808080", "#ffffff", "#000000"]
)
def test_the_colour_that_is_offered_can_be_read_inverted_or_not(colour: str) -> None:
    offered = colours.surviving(colour)
    assert colours.contrast(colours.on(offered), offered) >= 4.5
    assert colours.survives(colours.on(offered), offered)
