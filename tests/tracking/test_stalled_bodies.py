"""Strangers whose request body never comes, against the real web server: some seconds until it is up."""

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from config import supervisor
from tests.running import ROOT, database_url, free_port, until

STALLED = 100


def answers(port: int, path: str, seconds: float) -> int:
    """Status of a GET; fails when none comes within `seconds`."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)) as page:
        page.request("GET", path)
        return page.getresponse().status


def comes(port: int) -> bool:
    try:
        return answers(port, "/o/nothing", 5) == 404
    except (OSError, http.client.HTTPException):
        return False


@pytest.fixture
def web(db: None) -> Iterator[int]:
    """The port of a web server as `make run` starts it."""
    port = free_port()
    program = next(known for known in supervisor.programs("127.0.0.1", port, cores=1) if known.name == "web")
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    process = subprocess.Popen(program.command, cwd=ROOT, env=environment)
    try:
        until(lambda: comes(port), 60)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def test_stalled_bodies_of_one_clicks_hold_up_nobody(web: int) -> None:
    with ExitStack() as stack:
        for _ in range(STALLED):
            stranger = stack.enter_context(socket.create_connection(("127.0.0.1", web), timeout=5))
            stranger.sendall(b"POST /u/forged HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\nList")
        started = time.monotonic()
        for path in ("/o/nothing", "/c/nothing"):
            assert answers(web, path, 1) == 404
        assert time.monotonic() - started < 1
        stranger.settimeout(5)
        assert stranger.recv(100).startswith(b"HTTP/1.1 404")


def test_one_click_whose_body_comes_late_still_gets_its_answer(web: int) -> None:
    """Proxies may send the head first."""
    with socket.create_connection(("127.0.0.1", web), timeout=5) as sender:
        sender.sendall(b"POST /u/forged HTTP/1.1\r\nHost: localhost\r\nContent-Length: 26\r\n\r\n")
        time.sleep(0.2)
        sender.sendall(b"List-Unsubscribe=One-Click")
        assert sender.recv(100).startswith(b"HTTP/1.1 404")
