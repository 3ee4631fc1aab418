"""Ten thousand people, real processes, and an SMTP server that remembers all it took: nobody twice, nobody forgotten.

Minutes, because the product holds a large campaign for one before it goes.
"""

import re
import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import pytest
import requests

from tests import sink
from tests.chaos.arena import Arena
from tests.chaos.faults import (
    Fault,
    Harm,
    end_sessions,
    kill_child,
    kill_parent,
    kill_postgres,
    kill_redis,
    kill_warmed,
    pause,
    stop_server,
)
from tests.chaos.rounds import play
from tests.installed import install
from tests.journeys.visitor import OWNER, Visitor
from tests.running import ROOT, Product, free_port, until

CONNECTIONS = 5
# Signs that the sandbox obeys.
_NAMES = {"Few": "few{}+refuse", "Cross": "cross{}+complain"}
MAIL = """<!doctype html><html lang="en"><head><title>News</title></head><body>
<h1>Hello {{ first_name|default("there") }}</h1>
<p>New: <a href="https://nordlicht.example/books?sort=new&amp;page=1">the books</a> and
<a href="https://nordlicht.example/events#may">the events</a>.</p>
<p>{{ postal_address }} <a href="{{ unsubscribe_url }}">Unsubscribe</a></p></body></html>"""


@dataclass
class Scene:
    product: Product
    visitor: Visitor
    provider: int
    mails: Path

    def send(self, list_name: str, typed: str = "") -> int:
        """Launch a campaign through the SMTP server to a list; the id of what was launched."""
        subject = "News for {{ first_name|default('you') }}"
        campaign = self.visitor.write(subject, MAIL, list_name, self.provider)
        return self.visitor.launch(campaign, typed)

    def terms(self, batch: int) -> dict[str, int]:
        """The six numbers of the campaign's line, as the database holds them, live pieces included."""
        row = self.product.sql(
            """SELECT b.total, b.accepted + coalesce(sum(c.accepted), 0),
                      b.pending + b.deferred + coalesce(sum(c.pending + c.deferred), 0),
                      b.refused + coalesce(sum(c.refused), 0), b.uncertain + coalesce(sum(c.uncertain), 0),
                      b.skipped + coalesce(sum(c.skipped), 0)
               FROM delivery_batch b LEFT JOIN delivery_chunk c ON c.batch_id = b.id AND NOT c.is_done
               WHERE b.id = %s GROUP BY b.id""",
            batch,
        )[0]
        names = ("total", "accepted", "waiting", "refused", "uncertain", "skipped")
        return {name: int(number) for name, number in zip(names, row, strict=True)}

    def wait_until_sent(self, batch: int, seconds: float = 240) -> dict[str, int]:
        query = "SELECT state FROM delivery_batch WHERE id = %s"
        until(lambda: self.product.sql(query, batch)[0][0] == "done", seconds, every=0.3)
        return self.terms(batch)

    def go_on_until_sent(self, campaign: int, batch: int) -> tuple[dict[str, int], str]:
        """Resume whenever it pauses itself, as somebody does who knows why; the terms, and what the page said first."""
        said = ""
        query = "SELECT state FROM delivery_batch WHERE id = %s"

        def is_sent() -> bool:
            nonlocal said
            state = self.product.sql(query, batch)[0][0]
            if state == "paused":
                self.visitor.open(f"/campaigns/{campaign}/")
                said = said or self.visitor.text
                self.visitor.submit("form[action$='/resume/']")
            return bool(state == "done")

        until(is_sent, 240, every=0.3)
        return self.terms(batch), said

    def taken(self, since: int = 0) -> list[tuple[str, bytes]]:
        """Envelope recipient and mail of what left for people; what the owner is told leaves by the same server."""
        return [(to.lower(), mail) for to, mail in sink.as_sent(self.mails, since) if to.lower() != OWNER]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("exactly-once")
    mails, port = folder / "mails", free_port()
    server = subprocess.Popen([sys.executable, "-m", "tests.sink", str(port), str(mails)], cwd=ROOT)
    install(folder / "var")
    product = Product(folder / "var")
    try:
        product.wait_for("Tallypost runs at", 240)
        visitor = Visitor(product)
        visitor.set_up()
        product.sql("UPDATE accounts_organisation SET public_url = 'https://news.nordlicht.example'")
        provider = visitor.connect("Relay", port, connections=CONNECTIONS, per_second=1000)
        for name, people in (("Everyone", 10_000), ("Some", 4_000), ("Few", 1_000), ("Cross", 1_000), ("Two", 2)):
            file = folder / f"{name}.csv"
            user = _NAMES.get(name, name + "{}")
            rows = (f"{user.format(n)}@example{n % 40}.org,Rita{n}\n" for n in range(people))
            file.write_text("email,first name\n" + "".join(rows))
            report = visitor.import_people(file, name)
            assert f"{people:,} rows" in report
        yield Scene(product, visitor, provider, mails)
    finally:
        product.stop()
        server.kill()
        server.wait()


def test_ten_thousand_people_get_their_own_mail_exactly_once(scene: Scene) -> None:
    before = sink.count(scene.mails)
    batch = scene.send("Everyone", typed="10000")
    terms = scene.wait_until_sent(batch)

    assert terms == {"total": 10_000, "accepted": 10_000, "waiting": 0, "refused": 0, "uncertain": 0, "skipped": 0}
    # Read by the parser that leaves words of headers and parts alone until they are asked for: it is ten times as fast.
    taken = [(to, message_from_bytes(mail)) for to, mail in scene.taken(before)]
    mailed = Counter(to for to, _ in taken)
    people = Counter(f"everyone{n}@example{n % 40}.org" for n in range(10_000))
    assert mailed - people == Counter(), "twice, or somebody else"
    assert people - mailed == Counter(), "forgotten"
    assert len({mail["Message-ID"] for _, mail in taken}) == 10_000
    links = set()
    for to, mail in taken:
        number = re.findall(r"everyone(\d+)@", to)[0]
        (html,) = (_words(part) for part in mail.walk() if part.get_content_type() == "text/html")
        assert mail["Subject"] == f"News for Rita{number}"
        assert f"Hello Rita{number}<" in html
        links |= set(re.findall(r"https://news\.nordlicht\.example/[cou]/[\w.-]+", html))
    # A pixel, two links, the hidden one and a way out for each, shared by none.
    assert len(links) == 50_000


def _words(part: Message) -> str:
    words = part.get_payload(decode=True)
    assert isinstance(words, bytes)
    return words.decode()


def test_unsubscribe_of_a_real_mail_works_by_one_click_and_by_page(scene: Scene) -> None:
    """Through a provider that an admin added; the public address is reached by its path on this machine."""
    before = sink.count(scene.mails)
    scene.wait_until_sent(scene.send("Two"))
    taken = scene.taken(before)
    assert len(taken) == 2
    for number, act in enumerate((_one_click, _by_page)):
        to, raw = taken[number]
        mail = message_from_bytes(raw, policy=policy.default)
        address = re.findall(r"<(https://[^>]+)>", mail["List-Unsubscribe"])[0]
        act(scene, urlsplit(address).path)
        query = (
            "SELECT count(*) FROM contacts_contact c LEFT JOIN contacts_suppression s ON s.email = lower(c.email) "
            "LEFT JOIN contacts_subscription l ON l.contact_id = c.id AND l.state = 'unsubscribed' "
            "WHERE lower(c.email) = %s AND (s.id IS NOT NULL OR l.id IS NOT NULL)"
        )
        assert scene.product.sql(query, to) == [(1,)], act.__name__


def _one_click(scene: Scene, path: str, mail_program: requests.Session | None = None) -> None:
    body = {"List-Unsubscribe": "One-Click"}
    post = mail_program.post if mail_program else requests.post
    answer = post(scene.product.url + path, body, allow_redirects=False, timeout=60)
    assert (answer.status_code, dict(answer.cookies)) == (200, {})


def _by_page(scene: Scene, path: str) -> None:
    reader = Visitor(scene.product)
    reader.open(path)
    reader.submit("main form")


def test_rehearsal_in_which_a_thousand_bounce_leave_and_complain_changes_none_of_them(scene: Scene) -> None:
    """The sandbox refuses addresses that carry +refuse, and reports the mails of those with +complain as spam."""
    mailable = "SELECT count(*) FROM contacts_suppression"
    before = scene.product.sql(mailable)
    bouncing, leaving, cross = (scene.visitor.write(f"To {name}", MAIL, name) for name in ("Few", "Some", "Cross"))
    bounced, left, complained = (scene.visitor.launch(campaign) for campaign in (bouncing, leaving, cross))

    terms, said = scene.go_on_until_sent(bouncing, bounced)
    assert "Paused by itself, as it would be for real" in said
    assert re.search(r"[\d,]+ of [\d,]+ addresses tried \(100\.0\s%\) do not exist", said)
    assert terms == {"total": 1000, "accepted": 0, "waiting": 0, "refused": 1000, "uncertain": 0, "skipped": 0}

    assert scene.go_on_until_sent(cross, complained)[0]["accepted"] == 1_000
    people = "SELECT count(*) FROM tracking_engagement WHERE batch_id = %s AND kind = %s"
    until(lambda: scene.product.sql(people, complained, 4) == [(1000,)], 120)
    scene.visitor.open(f"/campaigns/{cross}/")
    assert "Marked as spam" in scene.visitor.text
    assert "1,000 people" in scene.visitor.text

    assert scene.wait_until_sent(left)["accepted"] == 4_000
    query = (
        "SELECT raw FROM delivery_sandboxmail WHERE left(lower(envelope_to), 4) = 'some' ORDER BY id DESC LIMIT 1000"
    )
    with requests.Session() as mail_program:
        for (raw,) in scene.product.sql(query):
            address = re.findall(rb"List-Unsubscribe: <https?://[^/]+(/u/[^>]+)>", zlib.decompress(raw))[0]
            _one_click(scene, address.decode(), mail_program)
    until(lambda: scene.product.sql(people, left, 3) == [(1000,)], 120)
    assert scene.product.sql(mailable) == before
    for name in ("Few", "Some", "Cross"):
        people = "4,000" if name == "Some" else "1,000"
        scene.visitor.open(f"/campaigns/{scene.visitor.write('For real', MAIL, name)}/")
        assert f"{people} will receive" in scene.visitor.text


@pytest.fixture(scope="module")
def arena(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Arena:
    return Arena(scene.product, scene.visitor, tmp_path_factory.mktemp("chaos"), people=2_000)


@pytest.mark.parametrize("name", ["warmed", "beat", "redis", "postgres"])
def test_what_only_the_long_form_kills_is_found_too(arena: Arena, name: str) -> None:
    assert arena.service(name)


@pytest.mark.parametrize(
    "faults",
    [(kill_child, kill_redis, pause), (kill_postgres, stop_server, kill_parent), (end_sessions, kill_warmed)],
    ids=lambda faults: ", ".join(fault.__name__ for fault in faults),
)
def test_killed_processes_mail_nobody_twice_and_forget_nobody(arena: Arena, faults: tuple[Harm, ...]) -> None:
    """The short form of `make chaos`. A round whose harm missed the sending says nothing, so it is played again."""
    for attempt in range(3):
        report = play(arena, Random(attempt), [Fault(harm.__name__, harm, 1) for harm in faults])
        assert report.is_good, report.words
        if not report.is_void:
            return
    raise AssertionError(report.words)
