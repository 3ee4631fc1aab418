"""Rich text keeps its shape, and nothing in it acts."""

import pytest

from campaigns.content.rich import clean_rich

KEPT_ALIGNED = '<p align="center">a</p><h2 align="right">b</h2><p>c</p>'


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (
            '<p onclick="x">Hi <b>{{ a|default("x < y") }}</b> <a href="{{ url }}" target=x>l</a><img src=x>',
            '<p>Hi <strong>{{ a|default("x < y") }}</strong> <a href="{{ url }}">l</a></p>',
        ),
        ("<h1>A</h1><h2>B</h2><h5>C</h5>", "<h1>A</h1><h2>B</h2><h3>C</h3>"),
        ('<p class="MsoNormal" dir=RTL style="x">مرحبا</p>', '<p dir="rtl">مرحبا</p>'),
        (
            '<table border=1><tbody><tr><td colspan=2 rowspan=1 style="x"><p>a</p></td></tr></tbody></table>',
            '<table><tbody><tr><td colspan="2"><p>a</p></td></tr></tbody></table>',
        ),
        ('<p align=Center>a</p><h2 align="right">b</h2><p align="justify">c</p>', KEPT_ALIGNED),
        (
            '<p><span data-ink="brand" style="x">a<span class="y"> b</span></span><span data-ink="z">c</span></p>',
            '<p><span data-ink="brand">a b</span>c</p>',
        ),
        ("<ul><li><p>a</p><ol><li>b</li></ol></li></ul>", "<ul><li><p>a</p><ol><li>b</li></ol></li></ul>"),
        ('<a href="javascript:alert(1)">x</a>', "x"),
        ('<a href="whatsapp:x">x</a> <a href="">y</a> <a name="_Toc1">z</a>', "x y z"),
        ('<a href="shop.test/a?b=1&amp;c=2">x</a>', '<a href="https://shop.test/a?b=1&amp;c=2">x</a>'),
        ('<a href="ana@shop.test">x</a>', '<a href="mailto:ana@shop.test">x</a>'),
        ('<a href="https://shop.test/cafe\u0301">x</a>', '<a href="https://shop.test/cafe\u0301">x</a>'),
    ],
)
def test_rich_text_keeps_its_shape_and_loses_the_rest(written: str, kept: str) -> None:
    assert clean_rich(written) == kept
    assert clean_rich(kept) == kept
