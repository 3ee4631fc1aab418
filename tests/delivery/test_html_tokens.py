import pytest

from delivery import html_tokens


def only(html: str) -> dict[str, str | None]:
    (token,) = html_tokens.tokens(html)
    return html_tokens.values(token)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("<img alt>", {"alt": None}),
        ("<img alt=''>", {"alt": ""}),
        ("<A HREF=x>", {"href": "x"}),
        ("<a href=x/>", {"href": "x/"}),
        ("<a href='x' />", {"href": "x"}),
        (
            '<a title=">" href = "https://a.example/?x=1&amp;y=2&copy=3">',
            {"title": ">", "href": "https://a.example/?x=1&y=2&copy=3"},
        ),
        ("<a href=one href=two>", {"href": "one"}),
    ],
)
def test_attributes_say_what_they_say_to_a_browser(written: str, said: dict[str, str | None]) -> None:
    assert only(written) == said


def test_links_are_found_where_a_browser_finds_them() -> None:
    page = '<a href=" x ">1</a><area href><a name=y><!-- <a href=z> --><title><a href=t></title><![foo[><a href=u>'
    assert html_tokens.hrefs(html_tokens.tokens(page)) == [" x ", None, "u"]
