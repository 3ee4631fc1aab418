"""Cleaning is the last step: what a reader gets is clean, whatever the author pasted and whatever a record holds."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaigns.compiling.steps import compile_html
from campaigns.content import blocks, drawing, html, mjml, sanitising
from campaigns.merge import language
from campaigns.merge.masking import Masks
from delivery.html_tokens import tokens
from tests.campaigns.content import every_kind

PIECES = [
    *("<p>words", "</p>", "<table><tr><td bgcolor={{ a }}>", "</table>", "a < b & c", "&lt;script&gt;"),
    *("<br/>", "é", "<a href='{{ a }}'>", '<a href="https://a.test/?q={{ a }}">', "<a href={{ a }}>"),
    *("<a href='j{{ a }}'>", "</a>", "<img src='{{ a }}' alt='{{ b }}'>", "<img src=x onerror=a()>"),
    *('<img alt={{ b }} src="{{ b }}">', "<td background={{ a }}>", "{{ a }}", "{% if b %}", "{% endif %}"),
    *("{{ b|default('<script>') }}", "<p style='color:{{ a }}'>", "<p style={{ a }}>"),
    *("<style>p { color: {{ a }} }</style>", "<style>p { margin: 0; x: expression(1) }</style>", "<style>"),
    *("<style>@im{% if b %}{% endif %}port url(x);</style>", "<p style='exp{% if b %}{% endif %}ression(1)'>"),
    *("</style>", "<scr<script>", "<script>x</script>", "<!-- note -->", "<!--[if mso]><p>", "<![endif]-->"),
    *("<title>{{ a }}</title>", "<meta http-equiv='{{ a }}' content='{{ b }}'>"),
    *("<meta name=x content='{{ a }}'>", "<p title='{{ b }}' {{ a }}>", "<p onclick=x()>", "<svg>", "<form>"),
    *("<base href=x>", "<", ">", "'", '"', "--", "=", " ", "<a ", "<!", "</"),
]
VALUES = [
    *("Ada", "<script>x</script>", "javascript:x()", "data:text/html,x", 'x" onclick="y', "x' onclick='y"),
    *("-->", "--", "https://a.test/?a=1&b=2", "refresh", "expression(1)", "{{ b }}", "</style><script>"),
    *("onclick=x", "\ue0001\ue001", "=", ">", "<", "&", "&#106;avascript:x", "\\65xpression(1)", "a b", ""),
]
pages = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
values = st.fixed_dictionaries({name: st.sampled_from(VALUES) | st.text(max_size=12) for name in ("a", "b")})


def rendered(page: str, record: dict[str, str]) -> str | None:
    try:
        return language.render(page, record)
    except language.Broken:
        return None


@settings(max_examples=300)
@given(pages, values, st.sampled_from(["", "First words", "{{ a }} <b>"]))
@example("<p>{{ a }}</p>", {"a": "<script>", "b": ""}, "")
@example("<!--[if mso]><p><td bgcolor={{ a }}><![endif]-->", {"a": "-->", "b": ""}, "")
def test_cleaning_a_rendered_page_again_changes_nothing(page: str, record: dict[str, str], preheader: str) -> None:
    compiled = compile_html({"html": page, "preheader": preheader})
    if "html" in compiled and (mail := rendered(compiled["html"], record)) is not None:
        assert sanitising.clean(mail, Masks()) == (mail, [])


@pytest.mark.parametrize("value", ["-->", "--", "-", "--!", "!--", "a--", ""])
@pytest.mark.parametrize(
    "inside",
    [
        *("<td bgcolor={{ a }}>", "<p>{{ a }}></p>", "<td bgcolor=-{{ a }}>", "<p>--{{ a }}></p>", "<p>{{ a }}!></p>"),
        *("<td bgcolor={{ a }}{{ b }}>", "<td bgcolor={{ b }}-{{ a }}>", "<p>--{% if a %}{% endif %}></p>", "{{ a }}"),
    ],
)
@pytest.mark.parametrize(("start", "end"), [("<!--[if mso]>", "<![endif]-->"), ("<!-- a note: ", "-->")])
def test_no_value_ends_a_comment(start: str, inside: str, end: str, value: str) -> None:
    compiled = compile_html({"html": f"{start}{inside}{end}<p>words</p>", "preheader": ""})
    mail = rendered(compiled["html"], {"a": value, "b": ""})
    assert mail is not None
    comment = next(tokens(mail[mail.index("<!--") :]))
    assert comment.kind == "comment"
    assert comment.text.endswith(end)


@settings(max_examples=40)
@given(st.text(max_size=30) | st.sampled_from([*VALUES, *PIECES]), values)
def test_cleaning_a_rendered_mail_of_blocks_again_changes_nothing(words: str, record: dict[str, str]) -> None:
    document = blocks.validate(
        {
            "blocks": [
                blocks.new("heading") | {"text": words},
                blocks.new("text") | {"html": f"<p>{words}</p>"},
                blocks.new("button") | {"label": words, "url": words},
                blocks.new("footer"),
            ]
        }
    )
    page = mjml.compile(document, mjml.Brand("Nordlicht"), title=words, preheader=words)
    if (mail := rendered(page, record)) is not None:
        assert sanitising.clean(mail, Masks()) == (mail, [])


CUT_UP = [
    part
    for piece in mjml.draw(every_kind.document(), every_kind.BRAND).all()
    if piece.page is None
    for part in drawing.compiled(*piece.as_job()).parts
]
MENDED = [
    *PIECES,
    *('"', "=", " ", "/", "&", "&#106;avascript:", "javascript:x()", "expression(1)", "exp/**/ression(1)", "\\65"),
    *('href="', 'style="', 'src="', " onclick=x", "vbscript:", "https://", "mailto:", "//a.test", "#a", "ſ", "\0"),
    *('style="x:exp{{ a }}ression(1)"', '<a href="{{ a }}:x">', '<a href="{{ a }}/x">', "[if mso]", "endif]--!>"),
]


@settings(max_examples=400)
@given(st.data())
def test_what_is_harmless_at_one_look_is_so_when_it_is_read(data: st.DataObject) -> None:
    part = data.draw(st.sampled_from([*CUT_UP, *PIECES]))
    for _ in range(data.draw(st.integers(0, 3))):
        start = data.draw(st.integers(0, len(part)))
        end = min(len(part), start + data.draw(st.sampled_from([0, 0, 1, 2, 8])))
        part = part[:start] + data.draw(st.sampled_from(MENDED)) + part[end:]
    masks = Masks(apart=True)
    hidden = masks.hide(part)
    if sanitising.is_harmless_at_one_look(hidden, masks):
        assert sanitising.read_and_cleaned(hidden, masks) == (hidden, [])


def test_blocks_of_ours_are_harmless_at_one_look() -> None:
    read = [part for part in CUT_UP if not sanitising.is_harmless_at_one_look(Masks(apart=True).hide(part), Masks())]
    assert read == []


@pytest.mark.parametrize(
    ("page", "harmless"),
    [
        ("<style>p{margin:0}@im{% if a %}{% endif %}port url(x);</style>", "<style></style>"),
        ("<style>@import{{ a }} url(x);</style>", "<style></style>"),
        ("<style>p{x:exp{{ a|default('') }}ression(1)}</style>", "<style></style>"),
        ("<p style='x:exp{% if a %}{% endif %}ression(1)'>words</p>", "<p {% if a %} {% endif %}>words</p>"),
        ("<style>p{color:{{ a }}}{% if a %}@media print{p{margin:0}}{% endif %}</style>", ""),
    ],
)
def test_nothing_that_acts_is_put_together_by_merge_tags_that_say_nothing(page: str, harmless: str) -> None:
    assert html.clean(page).replace(" >", ">") == (harmless or page)


@pytest.mark.parametrize(
    "page",
    [
        "<p>{{ fi</p><<g>/p><</p><<style=\"color:red#}}iiiii/p><<<<<p'>p'>ptp'>prtOnatme }}<><<",
        "o>}<a href=reftpsa href=r<p/'{% e %}<eftps:a href=>ref2",
    ],
)
def test_cleaning_again_changes_nothing_where_merge_tags_are_broken(page: str) -> None:
    assert html.clean(html.clean(page)) == html.clean(page)
