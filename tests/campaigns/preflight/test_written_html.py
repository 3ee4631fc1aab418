"""What the checks say of HTML written by hand that no mail can carry as it is."""

import pytest

from campaigns.compiling import results
from campaigns.preflight import written_html

SHEET = "<style>.late { color: red } td { padding: 4px }</style>"


def said(html: str) -> dict[str, str]:
    page = results.of_html(f"<!doctype html>{SHEET}{html}", "")
    return {finding.code: finding.text for finding in written_html.check(page)}


@pytest.mark.parametrize(
    "opening",
    [
        '<table class="{{ state }}">',
        '<table class="{% if late %}late{% endif %}">',
        '<table {% if a %}id="x"{% endif %}>',
    ],
)
def test_styles_that_a_merge_tag_decides_are_named_once_with_their_element(opening: str) -> None:
    found = said(f"{opening}<tr><td>One</td><td>Two</td></tr></table>")
    assert set(found) == {"undecided-style"}
    assert f"“{opening}”" in found["undecided-style"]


def test_merge_tags_elsewhere_decide_no_style() -> None:
    html = '<table title="{{ state }}" {% if a %}width="600"{% endif %}><tr><td class="late">{{ x }}</td></tr></table>'
    assert said(html) == {}
