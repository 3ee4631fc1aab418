"""Providers' requests against the real front: some seconds until it is up."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest

from accounts.models import Organisation
from delivery.feedback import settling
from delivery.feedback.webhooks import checking
from delivery.feedback.webhooks.catalogue import kinds
from delivery.feedback.webhooks.request import MOST_BYTES, Request
from delivery.models import Returned, Webhook
from tests.delivery.feedback.returned import line, mailed
from tests.delivery.feedback.webhooks import events, provider
from tests.delivery.feedback.webhooks.events import EVENTS
from tests.lateness import Lateness
from tests.running import database_url, free_port, part, until

pytestmark = pytest.mark.django_db(transaction=True)

FLOOD = 10_000
A_MINUTE = 60
SLOW = 12  # more than there are places for bodies
ADDRESS = f"/w/sendgrid/{provider.SECRET}"


@pytest.fixture
def front(tmp_path: Path) -> Iterator[int]:
    yield from running(tmp_path, database_url())


@pytest.fixture
def front_and_staff(tmp_path: Path) -> Iterator[int]:
    yield from running(tmp_path, database_url(), "web", "staff", "feedback")


def running(var: Path, database: str, *names: str) -> Iterator[int]:
    """The port of the web server as `make run` starts it, with the feedback process, or with those that are named."""
    port = free_port()
    named = names or ("web", "feedback")
    processes = [part(name, port, var, database=database) for name in named]
    try:
        until(lambda: is_up(port, "/w/nothing" if "feedback" in named else "/o/nothing"), 60)
        yield port
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(60)


def is_up(port: int, path: str) -> bool:
    try:
        return ask(port, "GET", path)[0] == 404
    except OSError:
        return False


def ask(
    port: int, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):  # refused before all of it was sent: the answer is there
            connection.request(method, path, body=body or None, headers=dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.read()


def test_a_provider_finds_its_address_and_nobody_else_does(front: int) -> None:
    made = provider.webhook("sendgrid")
    message = mailed()
    request = provider.signed("sendgrid", EVENTS["sendgrid"](message, "dead"))

    assert ask(front, "POST", ADDRESS, request.body, request.headers) == (200, b"ok\n")
    settling.settle_now(Returned.objects.values_list("pk", flat=True))
    assert line(message).hard == 1

    assert ask(front, "GET", ADDRESS)[0] == 200
    assert ask(front, "HEAD", ADDRESS + "/")[0] == 200
    assert ask(front, "PUT", ADDRESS, b"x")[0] == 405
    assert ask(front, "GET", ADDRESS[:-1])[0] == 404
    assert ask(front, "POST", "/w/", b"x")[0] == 404
    assert ask(front, "POST", ADDRESS, request.body + b" ", request.headers)[0] == 403

    # How much it brings is looked at where it has found the address, and before anything is read.
    large = {"Content-Length": str(10**12)}
    assert ask(front, "POST", "/w/sendgrid/guessed", b"x", large)[0] == 404
    assert ask(front, "POST", ADDRESS, b"x", large)[0] == 413
    assert ask(front, "POST", ADDRESS, b"x" * (MOST_BYTES + 1))[0] == 413

    def counted() -> bool:
        ask(front, "POST", ADDRESS, b"x")  # what is counted within some seconds is written with the next
        made.refresh_from_db()
        return made.refused >= 5

    until(counted, 60, every=1)
    assert Returned.objects.count() == 1


class Pages:
    """A recipient's and a member of staff's, asked for again and again: how long either waited at most, in seconds."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.slowest = dict.fromkeys(("/o/nothing", "/login/"), 0.0)
        until(lambda: ask(port, "GET", "/login/")[0] < 500)

    def look(self) -> None:
        for path in self.slowest:
            asked = time.monotonic()
            assert ask(self._port, "GET", path)[0] < 500
            self.slowest[path] = max(self.slowest[path], time.monotonic() - asked)

    def are_quick(self, machine: Lateness) -> bool:
        return max(self.slowest.values()) < 2 + machine.allowed


def test_ten_thousand_reports_in_a_minute_are_kept_and_hold_up_neither_recipients_nor_staff(
    front_and_staff: int,
) -> None:
    port = front_and_staff
    provider.webhook("sendgrid")
    event = dict(events.sendgrid(mailed(), "delivered")[0])
    requests = [provider.signed("sendgrid", [{**event, "sg_event_id": number}]) for number in range(FLOOD)]
    answers: list[int] = []
    refused: list[int] = []
    over = threading.Event()
    pages = Pages(port)

    def report(some: list[Request]) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as provider_s:
            for each in some:
                provider_s.request("POST", ADDRESS, each.body, dict(each.headers))
                answer = provider_s.getresponse()
                answer.read()
                answers.append(answer.status)

    def guess() -> None:
        while not over.wait(0.2):
            refused.append(ask(port, "POST", f"/w/sendgrid/guess{len(refused)}", b"[" * 1_000)[0])
            refused.append(ask(port, "POST", ADDRESS, b"[" * 1_000_000)[0])

    senders = [threading.Thread(target=report, args=(requests[number::8],)) for number in range(8)]
    strangers = [threading.Thread(target=guess) for _ in range(4)]
    began = time.monotonic()
    with Lateness() as machine, ExitStack() as last:
        last.callback(over.set)
        for thread in (*senders, *strangers):
            thread.start()
        for sender in senders:
            while sender.is_alive():
                pages.look()
                sender.join(0.1)
    took = time.monotonic() - began
    for thread in strangers:
        thread.join()

    waited = ", ".join(f"{path} {seconds * 1000:.0f} ms" for path, seconds in pages.slowest.items())
    print(f"{FLOOD / took:,.0f} reports a second beside {len(refused)} refused; at most: {waited}")  # noqa: T201
    assert answers == [200] * FLOOD
    assert Returned.objects.count() == FLOOD
    assert set(refused) <= {403, 404}
    assert took < A_MINUTE + machine.total
    assert pages.are_quick(machine)
    Returned.objects.all().delete()
    Webhook.objects.all().delete()


def test_reports_that_come_slowly_hold_up_no_page(front_and_staff: int) -> None:
    port = front_and_staff
    provider.webhook("sendgrid")
    request = provider.signed("sendgrid", EVENTS["sendgrid"](mailed(), "dead"))
    pages = Pages(port)
    head = f"POST {ADDRESS} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n["
    with Lateness() as machine, ExitStack() as slow:
        for _ in range(SLOW):
            slow.enter_context(socket.create_connection(("127.0.0.1", port))).sendall(head.encode())
        for _ in range(20):
            pages.look()
    assert pages.are_quick(machine)
    until(lambda: ask(port, "POST", ADDRESS, request.body, request.headers)[0] == 200)
    assert Returned.objects.count() == 1


def test_a_check_goes_the_way_that_the_provider_goes(front: int) -> None:
    Organisation.objects.update_or_create(pk=1, defaults={"name": "N", "public_url": f"http://127.0.0.1:{front}"})
    for kind in sorted(kinds()):
        made = provider.webhook(kind)
        reached = checking.check(made)
        kept = Returned.objects.get(pk=reached.returned_id)
        assert b"tallypost_check" in kept.raw
        assert (kept.source, kept.form) == (made.source, f"webhook:{kind}")
        Webhook.objects.all().delete()

    made = provider.webhook("mailgun", state="paused")
    made.secret = "another"  # the front knows the first one for some seconds
    made.save()
    with pytest.raises(checking.NotReached, match="503 instead of 200"):
        checking.check(made)
    Webhook.objects.filter(pk=made.pk).update(keys_sealed=None)
    made.refresh_from_db()
    with pytest.raises(checking.NotReached, match="not entered here yet"):
        checking.check(made)


def test_a_check_says_what_stands_in_the_way() -> None:
    made = provider.webhook("sendgrid")
    for public_url, words in (
        (f"http://127.0.0.1:{free_port()}", "could not be asked"),
        ("http://nowhere.invalid", "nowhere.invalid"),
    ):
        Organisation.objects.update_or_create(pk=1, defaults={"name": "N", "public_url": public_url})
        with pytest.raises(checking.NotReached, match=words):
            checking.check(made)


def test_without_a_database_providers_are_asked_to_come_again(tmp_path: Path) -> None:
    nowhere = database_url(host="127.0.0.1", port=free_port())
    for port in running(tmp_path, nowhere):
        assert ask(port, "POST", ADDRESS, b"[]", {"Content-Type": "application/json"})[0] == 503


def test_without_the_process_that_takes_them_providers_are_asked_to_come_again(tmp_path: Path) -> None:
    made = provider.webhook("sendgrid")
    for port in running(tmp_path, database_url(), "web"):
        assert ask(port, "POST", ADDRESS, b"[]", {"Content-Type": "application/json"})[0] == 503
        assert ask(port, "GET", "/o/nothing")[0] == 404
        Organisation.objects.update_or_create(pk=1, defaults={"name": "N", "public_url": f"http://127.0.0.1:{port}"})
        with pytest.raises(checking.NotReached, match=r"503 .*part that receives returned mail"):
            checking.check(made)
