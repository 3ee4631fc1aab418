"""What the rounds are played on: the running product, people, and a server that remembers what it took."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import psutil
import psycopg

from delivery.ledger import Tally, tallying
from tests import sink
from tests.journeys.visitor import OWNER, Visitor
from tests.running import ROOT, Product, free_port, until

CONNECTIONS = 6
AWAY_SECONDS = 90
DISK_MB = 1024
BOUNCES = "bounces.nordlicht.example"
MAIL = """<!doctype html><html lang="en"><head><title>News</title></head><body>
<h1>Hello {{ first_name|default("there") }}</h1><p><a href="https://nordlicht.example/books">The books</a></p>
<p>{{ postal_address }} <a href="{{ unsubscribe_url }}">Unsubscribe</a></p></body></html>"""


@dataclass
class Arena:
    product: Product
    visitor: Visitor
    folder: Path
    people: int
    disk: Path | None = None  # a disk of the journals' own, small enough to be filled
    receiver: "subprocess.Popen[bytes] | None" = None
    allowed: int = 0  # how many the harm done so far may leave uncertain
    delay_ms: float = 0
    victims: list[psutil.Process] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.port = free_port()
        self.return_port = self.product.return_port
        self.product.sql("UPDATE accounts_organisation SET bounce_domain = %s", BOUNCES)
        self.mails = self.folder / "chaos-mails"
        self.mails.touch()
        self.provider = self.visitor.connect("Chaos", self.port, connections=CONNECTIONS)
        file = self.folder / "chaos.csv"
        file.write_text("email,first name\n" + "".join(f"{self._address(n)},Rita{n}\n" for n in range(self.people)))
        self.visitor.import_people(file, "Chaos")

    @staticmethod
    def _address(n: int) -> str:
        """In a hundred there is one whom nobody knows, one who is busy at first and one who will leave."""
        user = {11: "nobody", 37: "later", 71: "leaver"}.get(n % 100, "person")
        return f"{user}{n}@example{n // 100 % 40}.org"

    def receive(self, delay_ms: float) -> None:
        self.delay_ms = delay_ms
        command = [sys.executable, "-m", "tests.sink", str(self.port), str(self.mails), str(delay_ms), "heads"]
        self.receiver = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        assert self.receiver.stdout
        assert self.receiver.stdout.readline()

    def stop_receiving(self) -> None:
        if self.receiver:
            self.receiver.kill()
            self.receiver.communicate()
            self.receiver = None

    def launch(self, dice: Random) -> "Flight":
        """Through the pages; the hold, which others wait for, is cut short once some people have left meanwhile."""
        rate = dice.choice([None, None, 600, 150])
        self.allowed, self.victims = 0, []
        self.receive(dice.uniform(20, 40) if rate else dice.uniform(30, 60))
        self.sql("UPDATE delivery_provider SET per_second = %s WHERE id = %s", rate, self.provider)
        self._forget_last_round()
        start = self.mails.stat().st_size
        campaign = self.visitor.write("News", MAIL, "Chaos", self.provider)
        flight = Flight(self, campaign, self.visitor.launch(campaign), start, sink.count(self.mails))
        until(lambda: self.sql("SELECT built_at FROM delivery_batch WHERE id = %s", flight.batch)[0][0], 60)
        self._let_leave("unsubscribed")
        self.sql("UPDATE delivery_batch SET hold_until = now() WHERE id = %s", flight.batch)
        return flight

    def _forget_last_round(self) -> None:
        self._let_leave("subscribed")
        self.sql("DELETE FROM contacts_suppression WHERE email LIKE 'nobody%%'")

    def _let_leave(self, state: str) -> None:
        query = """UPDATE contacts_subscription s SET state = %s FROM contacts_contact c
                   WHERE c.id = s.contact_id AND c.email LIKE 'leaver%%'"""
        self.sql(query, state)

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Waits for a database that was killed."""
        deadline = time.monotonic() + AWAY_SECONDS
        while True:
            try:
                return self.product.sql(query, *values)
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def processes(self, name: str, *, at_least: int = 1) -> list[int]:
        """Of one of the product's programs, parent first; waits for those that are just being started again."""
        return list(until(lambda: len(found := self.product.processes(name)) >= at_least and found, 60))

    def listening(self) -> list[int]:
        """The processes behind the public port, the one that keeps the others among them."""

        def find() -> list[int]:
            found = []
            for process in self._supervised():
                with contextlib.suppress(psutil.Error):
                    ports = [at.laddr.port for at in process.net_connections("tcp") if at.status == psutil.CONN_LISTEN]
                    if self.product.port in ports:
                        found.append(int(process.pid))
            return found

        return list(until(find, 60))

    def service(self, name: str) -> int:
        """The process id of a service, of beat, or of the parts' parent."""

        def find() -> int | None:
            for process in self._supervised():
                with contextlib.suppress(psutil.Error):
                    words = " ".join(process.cmdline())
                    is_ours = f" config.{name} " in words or words.startswith(f"[celery {name}]")
                    if is_ours or process.name() in (name, f"{name}-server"):
                        return int(process.pid)
            return None

        return int(until(find, 60))

    def _supervised(self) -> Iterator[psutil.Process]:
        yield from psutil.Process(self.product.process.pid).children(recursive=True)

    def kill(self, pid: int) -> None:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            self.victims += [process, *process.children(recursive=True)]
            process.send_signal(signal.SIGKILL)

    def orphans(self) -> list[psutil.Process]:
        """Children of what was killed that live on without a parent."""
        return [v for v in self.victims if v.is_running() and v.status() != psutil.STATUS_ZOMBIE and v.ppid() == 1]


@dataclass
class Flight:
    """A campaign being sent."""

    arena: Arena
    campaign: int
    batch: int
    start: int  # place in the server's file
    before: int  # mails in it by then
    hurried_at: float = 0
    _heads: list[dict[str, Any]] = field(default_factory=list)
    _reading: threading.Lock = field(default_factory=threading.Lock)

    @property
    def taken(self) -> int:
        return sink.count(self.arena.mails) - self.before

    @property
    def share(self) -> float:
        return self.taken / self.arena.people

    def heads(self) -> list[dict[str, Any]]:
        """Of all that was taken for people so far, not of what the owner is told by the same server.

        Goes on where the last reading ended, so it may be asked often.
        """
        with self._reading:
            place = self._heads[-1]["end"] if self._heads else self.start
            self._heads += sink.heads(self.arena.mails, place)
            return [head for head in self._heads if head["to"].lower() != OWNER]

    def state(self) -> tuple[str, str]:
        row = self.arena.sql("SELECT state, state_reason FROM delivery_batch WHERE id = %s", self.batch)[0]
        return row[0], row[1]

    def look(self, connection: "psycopg.Connection[Any]") -> Tally:
        with connection.cursor() as cursor:
            return tallying.read(cursor, [self.batch])[self.batch]

    def press(self, button: str, until_it_is: str) -> None:
        """Pause or Resume on the campaign's page; again while the web server, Redis or the database is away."""
        deadline = time.monotonic() + AWAY_SECONDS
        while self.state()[0] not in (until_it_is, "done"):
            try:
                self.arena.visitor.open(f"/campaigns/{self.campaign}/")
                self.arena.visitor.submit(f"form[action$='/{button}/']")
            except Exception:  # whatever a page without a database answers
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)

    def hurry(self) -> None:
        """Turn the clock on for what waits for minutes: those to be tried again, and a server that is back."""
        if time.monotonic() < self.hurried_at + 1:
            return
        self.hurried_at = time.monotonic()
        query = "UPDATE delivery_waiting SET retry_at = now() WHERE batch_id = %s AND retry_at > now()"
        self.arena.sql(query, self.batch)
        if self.arena.receiver is not None:
            query = "UPDATE delivery_breaker SET next_try_at = now() WHERE state = %s AND next_try_at > now()"
            self.arena.sql(query, "open")


@contextlib.contextmanager
def build(folder: Path, people: int) -> Iterator[Arena]:
    """A product of its own, set up, with its journals on a disk of their own if that may be."""
    with _disk_for_journals(folder / "var" / "journal") as disk:
        product = Product(folder / "var")
        try:
            product.wait_for("Tallypost runs at", 240)
            visitor = Visitor(product)
            visitor.set_up()
            product.sql("UPDATE accounts_organisation SET public_url = 'https://news.nordlicht.example'")
            arena = Arena(product, visitor, folder, people, disk)
            try:
                yield arena
            finally:
                arena.stop_receiving()
        finally:
            product.stop()


@contextlib.contextmanager
def _disk_for_journals(folder: Path) -> Iterator[Path | None]:
    """A disk of its own in memory; None where mounting is not allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tallypost-chaos", str(folder)]
    is_allowed = os.geteuid() == 0 and subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield folder if is_allowed else None
    finally:
        if is_allowed:
            subprocess.run(["umount", str(folder)], check=False)
