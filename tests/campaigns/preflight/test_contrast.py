"""Words that cannot be read on what they stand on are named; what a picture or a style sheet decides is left alone."""

import pytest

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
