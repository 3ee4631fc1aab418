"""Scanners of ours whose work grows with the length of what they read, and no faster, whatever is pasted.

Each reads a text of one repeated piece, then four times as much of it. Four times the work is right; sixteen times
would be quadratic. Work is processor time of this process, compared with itself; what is too little to measure passes.
"""

import gc
import time
from collections.abc import Callable

import pytest

from campaigns.content import bounds, drawing, html, sanitising, sheet_cleaning
from campaigns.content.inlining import comments, sources
from campaigns.mail_imports import addresses, reading
from campaigns.merge import foreign, language, places
from campaigns.merge.masking import Masks
from campaigns.message import encoding, links, personal_addresses, pixel, plaintext
from delivery.html_tokens import tokens

Scanner = Callable[[str], object]

CHARACTERS = 6_000
TIMES = 4
MOST = 9  # between 4 and 16
NOTHING_SECONDS = 0.04

PIECES = [
    *("<", "<!", "<?=", "<a ", "<a x=", '<a x="', "<a x='\"", "<a =", "<a b b b ", "<a &", "<a\n\n", "<br/", "</a"),
    *("<!--", "<!-- x -->", "-->", "<!doctype ", "<![CDATA[", "<!--[if mso]>", "<!--[if mso]><style>", "<meta "),
    *(
        "<!--[if mso]>x<![endif]-->",
        "<meta charset",
        "<meta charset = ",
        "http-equiv =",
        "<style",
        "<style>",
        "<title>",
    ),
    *("<style></style x", "<script>", "<scr<script>", "<body '", "<img alt=", "<p style=':", "<td>", "<dd>", "<x-y>"),
    *("<table><tr><td>x", "<a href=https://a.b>x", "<a href=https://a.b>x</a>", "<v:x href=https://a.b>", "<p>", "&"),
    *("{{", '{{ "', "{{ x }}", '{{ \\"', "{{ x }}\n", "{%", "{% if a %}", "{{ unsubscribe_url }}", "{", "{${", "{!"),
    *("[[a OR &quot;", "[[ ", "{a, &quot;", "[a,fallback=", "[unsubscribe]", "*|UNSUB|*", "%%[", "%%=", "%a%", "<%"),
    *(" -a- ", "#a:", "~A", "$", "(http://a", "http://", "https://a.b/ ", "@import ", "@\\", "/*", "url(", "\\", "é"),
    *("expression (", "behavior :", "white-space :", '"', "'", "(", " ", "\n", "=", "/", ".", "\u200d", "a"),
]
BEFORE = ["", "<style>"]


def masked(read: Callable[[str, Masks], object]) -> Scanner:
    def scan(page: str) -> object:
        masks = Masks(apart=True)
        return read(masks.hide(page), masks)

    return scan


def cleaned(page: str, masks: Masks) -> object:
    try:
        return sanitising.clean(page, masks)
    except sanitising.TooTangled:
        return None


def completed(page: str) -> object:
    try:
        return html.complete(page)
    except sanitising.TooTangled:
        return None


def with_places(page: str) -> object:
    try:
        return places.placed(language.read(page))
    except language.Broken:
        return None


def brought(page: str) -> object:
    try:
        return reading.text(page)
    except reading.Unusable:
        return None


SCANNERS: dict[str, Scanner] = {
    "tokens": lambda page: list(tokens(page)),
    "merge tags": masked(lambda page, masks: masks.reveal(page)),
    "cleaning": masked(cleaned),
    "cleaning style sheets": sheet_cleaning.clean,
    "comments of style sheets": comments.without,
    "finding style sheets": masked(lambda page, masks: sources._sheets(list(tokens(page)), masks)),
    "completing": completed,
    "preheader": lambda page: html.with_preheader(page, "first words"),
    "visible text": html.visible_text,
    "plain text": plaintext.from_html,
    "places": with_places,
    "links": lambda page: links.targets(page, page),
    "pixel": lambda page: pixel.added(page, [], "_open"),
    "addresses": personal_addresses.in_text,
    "foreign tags": lambda page: foreign.find(page, {"firstname": "first_name"}),
    "checking merge tags": language.check,
    "bounds": bounds.problem_of_html,
    "encoding": encoding.quoted_printable,
    "headers": lambda page: encoding.header("Subject", page),
    "addresses of pictures": addresses.pictures,
    "links of a page": lambda page: addresses.absolute(page, "https://a.example/b"),
    "several sizes of a picture": lambda page: addresses.pictures(f'<img srcset="{page}">'),
    "mails brought along": brought,
    "descriptions": lambda page: drawing._PICTURE.sub(lambda picture: drawing.with_ink(picture[0], {}), page),
}


@pytest.mark.parametrize("name", SCANNERS)
def test_work_grows_with_the_length_alone(name: str) -> None:
    """Some seconds: a hundred pieces, alone and in a style sheet."""
    scan = SCANNERS[name]
    slow = [
        (before, piece)
        for before in BEFORE
        for piece in PIECES
        if is_more_than_linear(scan, before + piece * (CHARACTERS // len(piece)), before, piece)
    ]
    assert slow == []


def is_more_than_linear(scan: Scanner, short: str, before: str, piece: str) -> bool:
    long = before + piece * (TIMES * CHARACTERS // len(piece))
    much = seconds(scan, long)
    if much <= NOTHING_SECONDS or much <= MOST * seconds(scan, short):
        return False
    return seconds(scan, long) > MOST * seconds(scan, short)  # again: once may be by chance


def seconds(scan: Scanner, page: str) -> float:
    gc.disable()  # its work grows with what is alive in this process
    began = time.process_time()
    scan(page)
    spent = time.process_time() - began
    gc.enable()
    return spent
