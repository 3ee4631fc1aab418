"""Where a mail leads, in its order, each address once."""

from campaigns.models import Campaign
from campaigns.preflight import places
from campaigns.review import mail_links


def test_links_in_order_with_their_words_and_blocks() -> None:
    button = {"id": "go", "kind": "button", "label": "Read on", "url": "https://nordlicht.example/news"}
    where = places.of(Campaign(blocks={"blocks": [button]}))
    page = """
        <a href="https://nordlicht.example/news"><img src="x.png" alt="A boat"></a>
        <a href="mailto:ana@nordlicht.example">Write &amp; <b>ask</b></a><a name="here">No link</a>
        <a href=" https://nordlicht.example/news ">Read on</a><a href="">Nowhere</a>"""
    news, letter, nowhere = mail_links.links(page, where)
    assert (news.words, news.count, news.block, news.host) == ("A boat", 2, "go", "nordlicht.example")
    assert (letter.words, letter.target, letter.host) == ("Write & ask", "mailto:ana@nordlicht.example", "")
    assert (nowhere.words, nowhere.target) == ("Nowhere", "")
