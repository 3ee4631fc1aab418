"""Strangers who hold connections open, against the real servers: some seconds until these are up, more to give up.

Alone, and behind the proxies of docs/running.md, whose examples are read from there.
"""

import http.client
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from config.web.waiting import BODY_SECONDS, HEAD_SECONDS
from tests.lateness import Lateness
from tests.running import ROOT, free_port, part, until

pytestmark = pytest.mark.django_db  # the servers' database is made only then

STALLED = 100  # of each kind
RECIPIENTS, STAFF = ("/o/nothing", "/c/nothing", "/u/nothing"), "/setup/"
BIG = (
    "/static/"
    + max((ROOT / "frontend/dist").rglob("*.js"), key=lambda file: file.stat().st_size)
    .relative_to(ROOT / "frontend/dist")
    .as_posix()
)
HEAD = b"GET /setup/ HTTP/1.1\r\nHost: localhost\r\nUser-Ag"
BODY = b"POST %b HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\nList"


@pytest.fixture(scope="module")
def front(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of the web servers as `make run` starts them."""
    var, port = tmp_path_factory.mktemp("web"), free_port()
    running = [part(name, port, var) for name in ("web", "staff")]
    try:
        until(lambda: comes(port), 60)
        yield port
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(60)


@pytest.fixture(scope="module", params=["alone", "Caddy", "nginx"])
def door(request: pytest.FixtureRequest, front: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port that strangers find."""
    if request.param == "alone":
        yield front
        return
    port, folder = free_port(), tmp_path_factory.mktemp(request.param)
    command = caddy(folder, port, front) if request.param == "Caddy" else nginx(folder, port, front)
    process = subprocess.Popen(command, env={**os.environ, "HOME": str(folder)}, stderr=subprocess.DEVNULL)
    try:
        until(lambda: comes(port), 30)
        yield port
    finally:
        process.terminate()
        process.wait(60)


def example(language: str) -> str:
    blocks = re.findall(rf"```{language}\n(.+?)```", (ROOT / "docs/running.md").read_text(), flags=re.DOTALL)
    assert len(blocks) == 1
    return str(blocks[0])


def caddy(folder: Path, port: int, front: int) -> list[str]:
    """Without TLS: there is no certificate for a test."""
    assert shutil.which("caddy"), "This test needs Caddy (Debian: apt install caddy)."
    text = example("caddyfile").replace("news.example.com", f"http://:{port}").replace(":8000", f":{front}")
    (folder / "Caddyfile").write_text(text.replace("{\n", "{\n\tadmin off\n", 1))
    return ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


def nginx(folder: Path, port: int, front: int) -> list[str]:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    assert program, "This test needs nginx (Debian: apt install nginx-light)."
    server = example("nginx").replace("listen 443 ssl", f"listen 127.0.0.1:{port}").replace(":8000", f":{front}")
    server = re.sub(r"\n +ssl_.*", "", server)
    kept = [f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")]
    text = [f"daemon off; pid {folder}/pid; error_log {folder}/log;", "events { worker_connections 1000; }"]
    text += ["http {", *kept, "access_log off;", server, "}"]
    (folder / "nginx.conf").write_text("\n".join(text))
    return [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]


def comes(port: int) -> bool:
    try:
        return [answers(port, path, 5) for path in (*RECIPIENTS, STAFF)] == [404, 404, 404, 200]
    except (OSError, http.client.HTTPException):
        return False


def answers(port: int, path: str, seconds: float) -> int:
    """Status of a GET; fails when none comes within `seconds`."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)) as page:
        page.request("GET", path, headers={"Host": "localhost"})
        return page.getresponse().status


def seconds_until(port: int, path: str, status: int) -> float:
    """How long a GET took that was answered with `status`."""
    began = time.monotonic()
    assert answers(port, path, 60) == status
    return time.monotonic() - began


def stranger(port: int, sent: bytes) -> socket.socket:
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(60)
    connection.connect(("127.0.0.1", port))
    connection.sendall(sent)
    return connection


@pytest.mark.parametrize("kind", ["heads", "bodies for staff", "bodies of one-clicks", "readers", "all"])
def test_hundred_stalled_strangers_hold_up_neither_recipients_nor_staff(door: int, kind: str) -> None:
    """By a second, of staff by three, beside what this machine takes without them."""
    reading = f"GET {BIG} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    kinds = {
        "heads": HEAD,
        "bodies for staff": BODY % b"/setup/",
        "bodies of one-clicks": BODY % b"/u/forged",
        "readers": reading,
    }
    promised = 3 * (*((path, 404, 1) for path in RECIPIENTS), (STAFF, 200, 3))
    usual = max(seconds_until(door, path, status) for path, status, _ in promised)
    with ExitStack() as stack:
        for sent in kinds.values() if kind == "all" else [kinds[kind]]:
            for _ in range(STALLED):
                stack.enter_context(stranger(door, sent))
        for path, status, seconds in promised:
            with Lateness() as machine:
                took = seconds_until(door, path, status)
            assert took < seconds + usual + machine.allowed


def test_server_gives_up_who_never_ends_head_or_body(front: int) -> None:
    began = time.monotonic()
    with Lateness() as machine, stranger(front, HEAD) as head, stranger(front, BODY % b"/setup/") as body:
        assert head.recv(100) == b""
        assert HEAD_SECONDS - 1 < time.monotonic() - began < HEAD_SECONDS + machine.allowed + 4
        assert body.recv(100).startswith(b"HTTP/1.1 408 ")
        assert BODY_SECONDS - 1 < time.monotonic() - began < BODY_SECONDS + machine.allowed + 4


def test_body_that_is_announced_too_large_is_refused_before_it_comes(front: int) -> None:
    with stranger(front, b"POST /setup/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n\r\n") as sender:
        assert sender.recv(100).startswith(b"HTTP/1.1 413 ")


def test_body_that_grows_too_large_is_refused(front: int) -> None:
    piece = b"%x\r\n%b\r\n" % (2**16, bytes(2**16))
    with stranger(front, b"POST /setup/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n") as sender:
        try:
            for _ in range(40):
                sender.sendall(piece)
        except ConnectionError:
            return  # refused while it was being sent
        assert sender.recv(100).startswith(b"HTTP/1.1 413 ")


def test_one_click_is_answered_before_its_body_comes(door: int) -> None:
    """Proxies may send the head first; whoever waits for the answer before sending a body gets it."""
    with stranger(door, b"POST /u/forged HTTP/1.1\r\nHost: localhost\r\nContent-Length: 26\r\n\r\n") as sender:
        time.sleep(0.2)
        sender.sendall(b"List-Unsubscribe=One-Click")
        assert sender.recv(100).startswith(b"HTTP/1.1 404")


def test_a_form_reaches_staff_pages_whole(door: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", door, timeout=60)) as page:
        page.request("POST", STAFF, body="name=" + "x" * 900_000, headers={"Host": "localhost"})
        answer = page.getresponse()
        assert answer.status == 403  # it has no CSRF token
        assert b"</html>" in answer.read()
