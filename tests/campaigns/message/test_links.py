import pytest

from campaigns.message import links


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("what others asked (https://example.org/questions).New here", "https://example.org/questions"),
        ("(https://example.org/a_(b)), and more", "https://example.org/a_(b)"),
        ("See https://example.org/a_(b).", "https://example.org/a_(b)"),
        ("https://example.org/?q=1!", "https://example.org/?q=1"),
    ],
)
def test_address_in_plain_text_ends_where_a_reader_sees_it_end(text: str, address: str) -> None:
    assert [found.url for found in links.in_text(text)] == [address]
