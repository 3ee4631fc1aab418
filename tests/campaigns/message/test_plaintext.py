"""The text part reads like a letter."""

from campaigns.message import plaintext


def test_words_come_in_order_with_their_links() -> None:
    page = """<html><head><title>T</title><style>p{}</style></head><body><div style="display:none">hidden</div>
    <h1>News</h1><p>Hi {{ first_name|default("you") }},<br>look <a href="https://a.test/?a=1&amp;b=2">here</a>.</p>
    <ul><li>one</li><li>two</li></ul><ol><li>first</li></ol><img src=x alt="A cat"><hr>
    <table><tr><td>a</td><td>b</td></tr></table><a href="https://b.test/">https://b.test/</a></body></html>"""
    assert plaintext.from_html(page) == (
        'News\n\nHi {{ first_name|default("you") }},\nlook here (https://a.test/?a=1&b=2).\n\n- one\n- two\n\n'
        "1. first\n\nA cat\n\n----\n\na b\n\nhttps://b.test/\n"
    )


def test_merge_tags_in_links_are_kept() -> None:
    assert plaintext.from_html('<a href="{{ unsubscribe_url }}">Leave</a>') == "Leave ({{ unsubscribe_url }})\n"


def test_page_without_words_gives_nothing() -> None:
    assert plaintext.from_html("<p> &nbsp;</p><img src=x>") == ""


def test_element_left_open_does_not_hide_the_rest() -> None:
    assert plaintext.from_html("<div><span style='display:none'>x</div><p>seen</p>") == "seen\n"
