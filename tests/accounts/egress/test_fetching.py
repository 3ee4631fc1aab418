"""What is fetched comes from where it was meant to come from, in time and in size."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from accounts.egress.allowed import Allowed
from accounts.egress.deadline import Deadline
from accounts.egress.fetching import Client, Limits, NoAnswer, worded
from accounts.egress.guard import Guard, Refused
from tests.accounts.egress.test_guard import HERE, Names
from tests.delivery.engine.certificates import Authority
from tests.lateness import Lateness


class Site(ThreadingHTTPServer):
    """A web server on a loopback port of its own, and what it was asked."""

    daemon_threads = True

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.pages: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.methods: list[str] = []
        self.heads: dict[str, int] = {}  # what HEAD is answered where it is not what GET is
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away early, which is what many of these tests want."""

    def sends_on(self, path: str, to: str, status: int = 302) -> None:
        self.pages[path] = lambda handler: _send(handler, status, b"", {"Location": to})

    def answers(self, path: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.pages[path] = lambda handler: _send(handler, 200, body, headers or {"Content-Length": str(len(body))})


class _Handler(BaseHTTPRequestHandler):
    server: Site

    def do_HEAD(self) -> None:
        if status := self.server.heads.get(self.path):
            self.server.methods.append("HEAD")
            _send(self, status, b"", {"Content-Length": "0"})
        else:
            self.do_GET()

    def do_GET(self) -> None:
        self.server.methods.append(self.command)
        self.server.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        self.server.pages.get(self.path, _not_found)(self)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        pass


def _not_found(handler: BaseHTTPRequestHandler) -> None:
    _send(handler, 404, b"none", {})


def _send(handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str]) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(body)


@cache
def _authority(folder: Path) -> Authority:
    return Authority(folder)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return _authority(tmp_path)


@pytest.fixture
def site() -> Iterator[Site]:
    yield from serving(Site())


@pytest.fixture
def secure(authority: Authority) -> Iterator[Site]:
    yield from serving(Site(authority.context(host="shop.example")))


def serving(site: Site) -> Iterator[Site]:
    threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield site
    site.shutdown()
    site.server_close()


def client(*sites: Site, allowed: Allowed = HERE, names: Names | None = None, **limits: object) -> Client:
    """To whom all names are this machine."""
    ports = frozenset(site.server_port for site in sites)
    return Client(
        Limits(ports=ports, https_only=False, **limits),  # type: ignore[arg-type]
        Guard(allowed, names or Names(["127.0.0.1"])),
    )


def at(site: Site, path: str = "/", host: str = "shop.example", scheme: str = "http") -> str:
    return f"{scheme}://{host}:{site.server_port}{path}"


def test_the_answer_of_the_judged_address_comes_back_under_its_own_name(site: Site) -> None:
    site.answers("/caf%C3%A9?a=1", b"good morning")
    answer = client(site).get(at(site, "/café?a=1#part"), {"X-Key": "k"})
    assert (answer.status, answer.body) == (200, b"good morning")
    _, headers = site.asked[0]
    assert headers["host"] == f"shop.example:{site.server_port}"
    assert headers["x-key"] == "k"


def test_tls_verifies_the_name_and_not_the_address(secure: Site, authority: Authority) -> None:
    secure.answers("/", b"good morning")
    trusting = Client(
        Limits(ports=frozenset({secure.server_port})),
        Guard(HERE, Names(["127.0.0.1"])),
        lambda: ssl.create_default_context(cafile=str(authority.file)),
    )
    assert trusting.get(at(secure, scheme="https")).body == b"good morning"
    with pytest.raises(NoAnswer, match=r"certificate of other\.example is not good"):
        trusting.get(at(secure, host="other.example", scheme="https"))
    with pytest.raises(NoAnswer, match=r"certificate of shop\.example is not good"):
        client(secure).get(at(secure, scheme="https"))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://2130706433/",
        "http://１２７.0.0.1/",
        "http://127。0。0。1/",
        "http:127.0.0.1",
        "http:\\\\127.0.0.1\\",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:169.254.169.254]/latest/meta-data/",
        "http://[64:ff9b::7f00:1]/",
        "http://[fe80::1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://0/",
        "http://0.0.0.0/",
        "http://localhost/",
        "http://LOCALHOST./",
    ],
)
def test_addresses_of_this_machine_are_refused_however_they_are_spelled(url: str) -> None:
    with pytest.raises((Refused, NoAnswer)) as refusal:
        Client(Limits(https_only=False), Guard(Allowed())).get(url)
    assert isinstance(refusal.value, Refused) or "[::1]" in url


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://shop.example/", "not a web address"),
        ("file:///etc/passwd", "not a web address"),
        ("gopher://shop.example/", "not a web address"),
        ("//shop.example/", "not a web address"),
        ("javascript:alert(1)", "not a web address"),
        ("https://", "not a web address"),
        (f"https://shop.example/{'x' * 5_000}", "not a web address"),
        ("https://shop.example@127.0.0.1/", "user name or password"),
        ("https://u:p@shop.example/", "user name or password"),
        ("https://shop.example:25/", "Port 25"),
        ("https://shop.example:6379/", "Port 6379"),
        ("http://shop.example/", "must begin with https"),
    ],
)
def test_anything_but_a_plain_web_address_is_refused_before_a_name_is_looked_up(url: str, why: str) -> None:
    names = Names(["9.9.9.9"])
    with pytest.raises(Refused, match=why):
        Client(guard=Guard(Allowed(), names)).get(url)
    assert names.asked == []


def test_redirects_are_followed_and_each_is_judged_anew(site: Site) -> None:
    site.sends_on("/", "../next?x=1")
    site.answers("/next?x=1", b"there")
    assert client(site).get(at(site)).body == b"there"
    inside = Names(["127.0.0.1"], ["10.0.0.1"])
    with pytest.raises(Refused, match=r"10\.0\.0\.1"):
        client(site, names=inside).get(at(site))
    site.sends_on("/away", "http://169.254.169.254/latest/meta-data/")
    with pytest.raises(Refused):
        client(site).get(at(site, "/away"))
    site.sends_on("/file", "file:///etc/passwd")
    with pytest.raises(Refused):
        client(site).get(at(site, "/file"))


def test_more_than_five_redirects_are_too_many(site: Site) -> None:
    for number in range(6):
        site.sends_on(f"/{number}", f"/{number + 1}")
    site.answers("/6", b"there")
    assert client(site).get(at(site, "/1")).body == b"there"
    with pytest.raises(NoAnswer, match="more than 5 times"):
        client(site).get(at(site, "/0"))


def test_a_redirect_from_https_to_http_is_refused(secure: Site, site: Site, authority: Authority) -> None:
    secure.sends_on("/", at(site))
    trusting = Client(
        Limits(ports=frozenset({secure.server_port, site.server_port}), https_only=False),
        Guard(HERE, Names(["127.0.0.1"])),
        lambda: ssl.create_default_context(cafile=str(authority.file)),
    )
    with pytest.raises(Refused, match="must begin with https"):
        trusting.get(at(secure, scheme="https"))
    assert site.asked == []


def test_headers_of_the_caller_stay_with_the_host_they_were_meant_for(site: Site) -> None:
    site.sends_on("/", at(site, "/there", host="other.example"))
    client(site).get(at(site), {"Authorization": "Bearer x", "Cookie": "a=b", "Accept": "image/png"})
    _, first = site.asked[0]
    _, second = site.asked[1]
    assert first["authorization"] == "Bearer x"
    assert second["accept"] == "image/png"
    assert not {"authorization", "cookie"} & set(second)


def test_what_is_posted_is_handed_to_nobody_else(site: Site) -> None:
    site.sends_on("/", "/there", status=307)
    assert client(site).post(at(site), b'{"a": 1}').status == 307
    assert [path for path, _ in site.asked] == ["/"]


def test_answers_that_are_too_large_are_not_read(site: Site) -> None:
    site.answers("/said", b"", {"Content-Length": "2000000000"})
    site.answers("/unsaid", b"x" * 3_000, {})
    site.answers("/just", b"x" * 2_000)
    bounded = client(site, answer_bytes=2_000)
    for path in ("/said", "/unsaid"):
        with pytest.raises(NoAnswer, match="more than 2,000 bytes"):
            bounded.get(at(site, path))
    assert len(bounded.get(at(site, "/just")).body) == 2_000


def test_an_answer_that_breaks_off_or_was_packed_is_none(site: Site) -> None:
    site.answers("/short", b"half", {"Content-Length": "8"})
    site.answers("/packed", b"xx", {"Content-Encoding": "gzip"})
    for path in ("/short", "/packed"):
        with pytest.raises(NoAnswer):
            client(site).get(at(site, path))


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_server_that_answers_byte_by_byte_is_cut_off_at_the_deadline(site: Site, part: str) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"\r\n" if part == "body" else b"X-Slow: "))
        while True:
            handler.wfile.write(b"x")
            time.sleep(0.05)

    site.pages["/"] = drip
    started = time.monotonic()
    with Lateness() as machine, pytest.raises(NoAnswer, match="in time"):
        client(site, seconds=0.5).get(at(site))
    assert time.monotonic() - started < 3 + machine.allowed, "it drips without end"


def test_a_server_that_is_not_there_is_told_apart_from_one_that_is_refused(site: Site) -> None:
    port = site.server_port
    site.shutdown()
    site.server_close()
    with pytest.raises(NoAnswer, match="could not be asked"):
        client(site).get(f"http://shop.example:{port}/")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (socket.EAI_NONAME, "shop.example is a name that leads nowhere: no name server knows an address for it."),
        (socket.EAI_AGAIN, "shop.example could not be asked: the name server does not answer."),
    ],
)
def test_a_name_without_an_address_is_told_in_words(code: int, said: str) -> None:
    with pytest.raises(NoAnswer) as told, worded("shop.example", Deadline(60)):
        raise socket.gaierror(code, "Name or service not known")
    assert str(told.value) == said
