"""HTML of mails: nothing dangerous stays, nothing useful goes."""

import pytest

from campaigns.content import html

OUTLOOK = """<!--[if mso]><v:roundrect xmlns:v="urn:schemas-microsoft-com:vml" href="https://a.test/" fill="t">
<center>Go</center></v:roundrect><![endif]--><!--[if !mso]><!--><a href="https://a.test/">Go</a><!--<![endif]-->"""

PAGE = """<!doctype html>
<html lang="de"><head><title>Neues</title><meta charset="utf-8">
<style>.lead { color: #f00 } a:hover { color: blue } #box{padding:4px}
@media (max-width: 600px) { .lead { font-size: 18px !important } }</style>
<!--[if mso]><style>.lead { font-family: Arial }</style><![endif]--></head>
<body><!-- a note -->
<table>{% for x in y %}<tr><td class="lead" {% if x %}bgcolor="red"{% endif %}>{{ x }}</td></tr>{% endfor %}
</table>
<p class="lead" id="box">Hi {{ first_name|default("you & me") }}, "quotes" &amp; é</p>
<a href="https://a.test/?a=1&amp;b={{ city|default("x y") }}">Go</a> <a href="{{ unsubscribe_url }}">Leave</a>
"""

ATTACKS = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img/src=x onerror=alert(1)>",
    '<img src="x"onerror=alert(1)>',
    '<IMG """><SCRIPT>alert(1)</SCRIPT>">',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="j&Tab;avascript:alert(1)">x</a>',
    '<a href=" &#1;JavaScript:alert(1)">x</a>',
    "<a href=vbscript:alert(1)>x</a>",
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    "<svg onload=alert(1)></svg>",
    "<svg><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<form action=https://evil.test><input name=p></form>",
    '<meta http-equiv="refresh" content="0;url=https://evil.test">',
    '<base href="https://evil.test/">',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=x></object><embed src=x>",
    '<div style="background:url(javascript:alert(1))">x</div>',
    "<style>@import url(https://evil.test/x.css); a{x:expression(alert(1))}</style>",
    '<!-- <a title=" --><img src=x onerror=alert(1) alt="">',
    "<!--><img src=x onerror=alert(1)>-->",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<!--[if mso]><script>alert(1)</script><a href='javascript:alert(1)'>x</a><![endif]-->",
    "<link rel=stylesheet href=https://evil.test/x.css>",
    '<img {{ "onerror" }}="alert(1)" src=x>',
    '<scr{{ "ipt" }}>alert(1)</script>',
    "<{% if 1 %}script{% endif %}>alert(1)</script>",
    '<img {% if a %}" onerror=alert(1) {% endif %}>',
    "<scr{% if 1 %}ipt{% endif %}>alert(1)</script>",
    "<img src=x o{% if 1 %}nerror=alert(1){% endif %}>",
    '<img src=x o{{ "nerror" }}=alert(1)>',
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'>",
]
ACTIVE = ("<script", "onerror=alert", "onload", "ontoggle", "javascript:", "vbscript:", "<form", "<input", "http-equiv",
          "<base", "<iframe", "<object", "<embed", "<svg", "expression(", "@import", "<link", "data:text")  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_dangerous_stays(attack: str) -> None:
    cleaned = html.clean(f"<p>before</p>{attack}<p>after</p>").lower()
    quoted_only = cleaned.replace('title="</noscript><img src=x onerror=alert(1)>"', "")
    assert not [word for word in ACTIVE if word in quoted_only]
    assert cleaned.startswith("<p>before</p>")
    assert html.clean(cleaned) == cleaned


def test_harmless_page_stays_as_it_is() -> None:
    page = PAGE.replace("<!-- a note -->", "") + OUTLOOK
    assert html.clean(page) == page


def test_quotes_inside_merge_tags_do_not_confuse_the_cleaner() -> None:
    page = (
        '<a href="{{ url|default("https://x.test/") }}" {% if a > "b" %}title="c"{% endif %}>{{ a|default("<b>") }}</a>'
    )
    assert html.clean(page) == page


def test_unclosed_quotes_do_not_hang_the_cleaner() -> None:
    assert "<script" not in html.clean("<a " + "x=y" * 50_000 + '<script>alert("')


def test_inlining_writes_css_into_the_elements_and_keeps_the_rest() -> None:
    inlined = html.inline(PAGE + OUTLOOK + "</body></html>")
    assert 'id="box" style="color:#f00;padding:4px"' in inlined
    assert "@media (max-width: 600px) { .lead { font-size: 18px !important } }" in inlined
    assert "a:hover { color: blue }" in inlined
    assert inlined.startswith("<!doctype html>")
    assert "<!--[if mso]><style>.lead { font-family: Arial }</style><![endif]-->" in inlined
    assert OUTLOOK in inlined


def test_inlining_leaves_merge_tags_where_they_stand() -> None:
    inlined = html.inline(PAGE)
    for tag in ('{{ first_name|default("you & me") }}', 'b={{ city|default("x y") }}"', 'href="{{ unsubscribe_url }}"'):
        assert tag in inlined
    assert "<table>{% for x in y %}<tr><td" in inlined
    assert '{% if x %}bgcolor="red"' in inlined
    assert "</tr>{% endfor %}\n</table>" in inlined


@pytest.mark.parametrize("empty", ["", "  \n"])
def test_no_html_is_said_so(empty: str) -> None:
    with pytest.raises(html.Unusable, match="no HTML yet"):
        html.inline(empty)


def test_fragment_becomes_a_whole_page() -> None:
    page = html.complete(html.inline("<p>Hi {{ x }}"), title="News & {{ x }}", preheader="Look <here>")
    assert page.startswith("<!doctype html>")
    assert '<html lang="en">' in page
    assert "<title>News &amp; {{ x }}</title>" in page
    assert '<meta charset="utf-8">' in page
    assert page.index("Look &lt;here&gt;") < page.index("<p>Hi {{ x }}")


def test_complete_page_keeps_its_title_and_language() -> None:
    page = html.complete(html.inline(PAGE), title="Other")
    assert '<html lang="de">' in page
    assert "<title>Neues</title>" in page


@pytest.mark.parametrize(
    "hostile",
    [
        r"<p style='width:\65xpression(alert(1))'>x</p>",
        r"<p style='background:url(java\73 cript:alert(1))'>x</p>",
        "<p style='width:exp/* */ression(alert(1))'>x</p>",
        "<p style='width:&#101;xpression(alert(1))'>x</p>",
        r"<style>p { width: e\78 pression(alert(1)) }</style>",
        "<style>p { width: exp/**/ression(alert(1)) }</style>",
        r"<style>p { background: url('java\0000 73cript:x') ; -moz-bi\6e ding: url(x) }</style>",
        r"<style>@\69 mport url(https://evil.test/x.css);</style>",
        "<a href='java&#115;cript:alert(1)'>x</a>",
        "<a href='java&#x0A;script:alert(1)'>x</a>",
        "<meta http-equiv='{{ what }}' content='0;url=https://evil.test'>",
        "<meta http-equiv={% if a %}refresh{% endif %} content='0;url=https://evil.test'>",
        "<meta http-equiv='&#114;efresh' content='0;url=https://evil.test'>",
        "<meta http-equiv='Content-Security-Policy' content='default-src *'>",
        "<a href='data:image/svg+xml,<svg/>'>x</a>",
        "<a href='data:image/png;base64,AAAA'>x</a>",
        "<img src='data:image/svg+xml;base64,AAAA'>",
        "<img src='data:text/html,x'>",
        "<td background='data:image/png;base64,AAAA'>x</td>",
    ],
)
def test_names_are_judged_after_decoding(hostile: str) -> None:
    prepared = html.prepare(f"<p>before</p>{hostile}<p>after</p>")
    assert prepared.removed
    for words in ("alert", "evil", "refresh", "what", "data:", "default-src", "cript:", "nding"):
        assert words not in prepared.html.replace("refreshing", "")
    assert "before" in prepared.html
    assert "after" in prepared.html


@pytest.mark.parametrize(
    "useful",
    [
        "<img src='data:image/png;base64,AAAA'>",
        "<meta http-equiv='Content-Type' content='text/html; charset=utf-8'>",
        '<meta http-equiv="X-UA-Compatible" content="IE=edge">',
        r"<style>p::before { content: '\201C' } /* a note */</style>",
        r"<p style='font-family:A\20 B; /* note */ color:red'>x</p>",
    ],
)
def test_what_mails_need_stays(useful: str) -> None:
    assert html.prepare(useful).removed == ()
    assert html.clean(useful) == useful
