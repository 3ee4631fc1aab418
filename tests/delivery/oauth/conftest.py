"""A token server of ours, and the servers of Google and Microsoft moved to this machine."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import pytest

from accounts.egress.allowed import Allowed
from accounts.egress.fetching import Client, Limits
from accounts.egress.guard import Guard
from delivery.oauth import services, tokens


class TokenServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[dict[str, str]] = []
        self.status = 200
        self.answer: dict[str, object] | bytes = {"access_token": "access-canary", "expires_in": 3600}
        self.turning_over = ""  # the one refresh token that is good: each is taken once, for another one
        self.answers = threading.Event()
        self.answers.set()

    def said(self, asked: dict[str, str]) -> tuple[int, dict[str, object] | bytes]:
        self.asked.append(asked)
        count = len(self.asked)
        self.answers.wait(30)
        if not self.turning_over:
            return self.status, self.answer
        if asked.get("refresh_token") != self.turning_over:
            return 400, {"error": "invalid_grant"}
        self.turning_over = f"refresh-{count}"
        return 200, {"access_token": f"access-{count}", "expires_in": 3600, "refresh_token": self.turning_over}


class _Handler(BaseHTTPRequestHandler):
    server: TokenServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        status, answer = self.server.said(dict(parse_qsl(body)))
        raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def token_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[TokenServer]:
    server = TokenServer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_port
    for key, service in services.SERVICES.items():
        here = ("localhost", "mail.example") if key == "microsoft" else ("google.localhost",)
        moved = replace(service, token_url=f"http://127.0.0.1:{port}/{{tenant}}/token", hosts=(*service.hosts, *here))
        monkeypatch.setitem(services.SERVICES, key, moved)
    limits = Limits(seconds=5, https_only=False, ports=frozenset({port}))
    monkeypatch.setattr(tokens, "client", lambda: Client(limits, Guard(Allowed.read("127.0.0.0/8"))))
    yield server
    server.answers.set()
    server.shutdown()
    server.server_close()
