"""A campaign is rehearsed from end to end: the sandbox plays servers and readers, and the report shows exactly that.

A minute, most of it start-up and the hold before a campaign goes.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.installed import install
from tests.journeys.visitor import Visitor
from tests.running import Product, until

MAIL = """<!doctype html><html lang="en"><head><title>News</title></head><body>
<h1>Hello {{ first_name|default("there") }}</h1>
<p>New: <a href="https://nordlicht.example/books">the books</a> and
<a href="https://nordlicht.example/events">the events</a>.</p>
<p>{{ postal_address }} <a href="{{ unsubscribe_url }}">Unsubscribe</a></p></body></html>"""

# So many people whose addresses begin so, and the rule that their mails meet: by the fields of its form.
CAST: dict[str, tuple[int, dict[str, Any]]] = {
    "quiet": (9, {}),
    "opens": (7, {"effect": "opens"}),
    "clicks": (5, {"effect": "clicks"}),
    "leaves": (3, {"effect": "leaves"}),
    "apple": (4, {"effect": "apple"}),
    "scanner": (2, {"effect": "scanner"}),
    "gone": (2, {"effect": "refuse", "stage": "recipient", "reply": "550 5.1.1 Nobody of this name"}),
    "bounces": (3, {"effect": "bounce", "reply": "550 5.1.1 Left the company"}),
    "full": (2, {"effect": "bounce", "reply": "552 5.2.2 Mailbox full"}),
    "cross": (2, {"effect": "complain"}),
}
PEOPLE = sum(count for count, _ in CAST.values())
ACCEPTED = PEOPLE - 2
DELIVERED = ACCEPTED - 5
LATER = {"from_ms": "300", "to_ms": "1200"}

# What the installation knows of people, beside the rehearsal itself.
KNOWN_OF_PEOPLE = [
    "SELECT email, attributes, open_consent, click_consent, paused_until, last_sent_at, last_opened_at, "
    "last_clicked_at, recent_mails, recent_opened, recent_clicked FROM contacts_contact ORDER BY id",
    "SELECT contact_id, list_id, state FROM contacts_subscription ORDER BY id",
    "SELECT contact_id, kind FROM contacts_consentevent ORDER BY id",
    *(
        f"SELECT count(*) FROM {table}"  # noqa: S608  # names of ours
        for table in (
            "contacts_suppression",
            "contacts_listsuppression",
            "delivery_failure",
            "delivery_providersuppression",
            "tracking_unfolded",
            "tracking_hourly",
            "tracking_cohort",
        )
    ),
]


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    folder = tmp_path_factory.mktemp("rehearsal")
    install(folder)
    product = Product(folder)
    try:
        product.wait_for("Tallypost runs at")
        yield Visitor(product)
    finally:
        product.stop()


def test_whole_campaign_is_rehearsed_and_its_report_shows_exactly_what_was_played(
    visitor: Visitor, tmp_path: Path
) -> None:
    visitor.set_up()
    people = (f"{name}{n}@example{n}.org,Rita\n" for name, (count, _) in CAST.items() for n in range(count))
    file = tmp_path / "readers.csv"
    file.write_text("email,first name\n" + "".join(people))
    visitor.import_people(file, "Readers")
    for name, (_, rule) in CAST.items():
        if rule:
            add_rule(visitor, pattern=f"{name}*", **rule)
    before = known_of_people(visitor.product)

    campaign = visitor.write("News for {{ first_name|default('you') }}", MAIL, "Readers")
    batch = visitor.launch(campaign)
    state = "SELECT state FROM delivery_batch WHERE id = %s"
    until(lambda: visitor.product.sql(state, batch) == [("done",)], 120, every=0.3)

    wanted = {
        "clicked": f"5 people of {DELIVERED} delivered beside it 2 by machines",
        "opened": f"12 people of {DELIVERED} delivered beside it 6 by machines",
        "unsubscribed": f"3 people of {DELIVERED} delivered",
        "complained": f"2 people of {DELIVERED} delivered 0.3 % or more: mailbox providers refuse such mail.",
        "delivered": f"{DELIVERED} people of {ACCEPTED} accepted",
        "click-to-open": "5 people of 12 who opened",
    }
    page = f"/campaigns/{campaign}/"
    with suppress(AssertionError):  # what is wrong says the line below
        until(lambda: figures(visitor, page) == wanted, 60, every=0.5)
    assert figures(visitor, page) == wanted
    said = visitor.text
    assert f"{PEOPLE} = {ACCEPTED} + 0 + 2 + 0 + 0" in said
    assert f"{ACCEPTED} accepted = 3 bounced for good + 2 bounced for now + 2 marked as spam" in said
    assert "Left: 3 by the button of their mail program" in said
    assert "Apple’s privacy proxy, which loads pictures whether or not anybody reads 4" in said
    assert re.search(r"security scanner, by its own name 2 2 ", said)
    assert "Its figures stand here alone and enter no trend" in said

    for term, name in (("complained", "cross"), ("bounced-hard", "bounces"), ("unsubscribed", "leaves")):
        visitor.open(f"/campaigns/people/{batch}/?term={term}")
        found = set(re.findall(r"([a-z]+)\d+@example", visitor.text))
        assert found == {name}
    assert known_of_people(visitor.product) == before
    visitor.open(f"/campaigns/{visitor.write('For real', MAIL, 'Readers')}/")
    assert f"{PEOPLE} will receive" in visitor.text


def add_rule(visitor: Visitor, *, effect: str, **given: str) -> None:
    visitor.open(f"/sandbox/answers/new/?effect={effect}")
    times = {} if effect == "refuse" else LATER
    assert "answers this way within a second" in visitor.submit("main form", **given, **times)


def figures(visitor: Visitor, page: str) -> dict[str, str]:
    """Of the campaign's report, by name: the words under the share."""
    visitor.open(page)
    shown = {}
    for figure in visitor.browser.page.select("#report [class^=figure-]:has(> .figure-value)"):
        words = " ".join(part.get_text(" ") for part in figure.select(".figure-small"))
        shown[figure["class"][0].removeprefix("figure-")] = " ".join(words.split())
    return shown


def known_of_people(product: Product) -> list[list[tuple[Any, ...]]]:
    return [product.sql(query) for query in KNOWN_OF_PEOPLE]
