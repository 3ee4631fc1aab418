"""A made-up audience reads rehearsed mail, by real requests to a web server in this process."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pytest_django import Settings

from campaigns.merge import places
from campaigns.message import pixel
from delivery.sandbox.behaviour import Act, Reader
from delivery.sandbox.simulating import audience
from delivery.sandbox.simulating.playing import Effect, Play, Rule

OURS = "https://news.nordlicht.example"
MAIL = (
    f"List-Unsubscribe: <{OURS}/u/token>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    "Content-Type: text/html\r\n\r\n"
    f'<a href="{OURS}/c/1.a">One</a><a href="{OURS}/c/2.b">Two</a><a href="{OURS}/u/token">Leave</a>'
    f'<a style="display:none" href="{OURS}/c/3.hidden"></a>'
    f'<a href="https://elsewhere.example/c/9">Else</a><img src="{OURS}/o/pixel"><img src="https://cdn.example/x.png">'
).encode()


@pytest.fixture
def asked(settings: Settings, db: None) -> Iterator[list[tuple[str, str, str]]]:
    """Method, path and user agent of each request that came."""
    seen: list[tuple[str, str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append((self.command, self.path, self.headers.get("User-Agent", "")))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET  # http.server's name

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.PORT, settings.PUBLIC_URL = server.server_address[1], OURS
    yield seen
    server.shutdown()
    server.server_close()


def test_each_reader_does_what_it_does_in_real_life_and_asks_nobody_else(asked: list[tuple[str, str, str]]) -> None:
    def done(reader: Reader) -> list[tuple[str, str]]:
        asked.clear()
        audience._act(MAIL, reader)
        return [(method, path) for method, path, _ in asked]

    assert done(Reader.OPENS) == [("GET", "/o/pixel")]
    clicked = done(Reader.CLICKS)
    assert clicked[0] == ("GET", "/o/pixel")
    assert clicked[1:] in ([("GET", "/c/1.a")], [("GET", "/c/2.b")])
    assert done(Reader.APPLE) == [("GET", "/o/pixel")]
    assert asked[0][2] == "Mozilla/5.0"
    scanned = done(Reader.SCANNER)
    assert [path for _, path in scanned] == ["/o/pixel", "/c/1.a", "/c/2.b", "/u/token", "/c/3.hidden"]
    assert {method for method, _ in scanned} == {"GET"}  # a scanner unsubscribes nobody
    assert "Barracuda" in asked[0][2]
    assert done(Reader.LEAVES) == [("POST", "/u/token")]


def test_short_letter_is_opened_by_the_ground_of_its_cell(asked: list[tuple[str, str, str]]) -> None:
    html, pieces = pixel.added("<html><body><p>Dear Ana, we are open again.</p></body></html>", [], "open")
    assert "<img" not in html.partition("<!--")[0]
    mask = places.OPEN + str(len(pieces) - 1) + places.CLOSE
    audience._act(f"Content-Type: text/html\r\n\r\n{html.replace(mask, f'{OURS}/o/ground')}".encode(), Reader.APPLE)
    assert [path for _, path, _ in asked] == ["/o/ground"]


def test_rules_make_an_audience() -> None:
    rules = [Rule(1, Effect.OPENS, percent=50, from_seconds=8), Rule(2, Effect.SCANNER, percent=50)]
    thrown = iter([0.4, 0, 0.6])
    assert Play(lambda: next(thrown), rules).receive(0, "a@b.example", datetime.now(UTC)).acts == [Act(Reader.OPENS, 8)]
