"""The settings about opens and clicks, and the own host for counted links."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client

from accounts.egress import fetching
from accounts.egress.allowed import Allowed
from accounts.egress.fetching import Limits
from accounts.egress.guard import Guard
from accounts.models import Organisation, User
from campaigns.models import Campaign
from delivery.domains.link_hosts import leading
from tests.tracking.conftest import Reader
from tracking.public import slim

pytestmark = pytest.mark.django_db
TYPED = {
    "tracking": "anonymous",
    "measures_unknown_opens": "False",
    "measures_unknown_clicks": "True",
    "address_kept": "none",
    "tracking_url": "",
}


def test_what_is_chosen_is_what_new_campaigns_do(client: Client, owner: User) -> None:
    client.force_login(owner)
    assert client.post("/settings/counting/", TYPED).status_code == 302
    saved = Organisation.objects.get()
    assert (saved.measures_unknown_opens, saved.measures_unknown_clicks, saved.address_kept) == (False, True, "none")
    assert Campaign(name="New").way_of_tracking == "anonymous"
    assert Campaign(name="Own", tracking="off").way_of_tracking == "off"


def test_keeping_whole_addresses_is_warned_of_for_as_long_as_it_lasts(client: Client, owner: User) -> None:
    client.force_login(owner)
    page = client.post("/settings/counting/", TYPED | {"address_kept": "full"}, follow=True).content.decode()
    assert "From now on whole internet addresses are stored." in page
    assert "Whole internet addresses are stored" in client.get("/settings/counting/").content.decode()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("go.example.org", "Write it with https://"),
        ("http://go.example.org", "It has no https"),
        ("https://192.168.0.7", "can only be reached from here"),
    ],
)
def test_a_host_that_cannot_do_is_refused_in_words(client: Client, owner: User, typed: str, words: str) -> None:
    client.force_login(owner)
    page = client.post("/settings/counting/", TYPED | {"tracking_url": typed})
    assert page.status_code == 422
    assert words in page.content.decode()
    assert Organisation.objects.get().tracking_url == ""


def test_the_own_host_is_answered_without_a_restart(client: Client, organisation: Organisation, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    Organisation.objects.update(tracking_url="https://go.nordlicht.example")
    assert client.get("/u/x", headers={"Host": "go.nordlicht.example"}).status_code == 404
    assert client.get("/u/x", headers={"Host": "evil.example"}).status_code == 400


def test_nobody_logs_in_or_works_at_the_own_host(client: Client, owner: User) -> None:
    go = {"Host": "go.nordlicht.example"}
    Organisation.objects.update(tracking_url="https://go.nordlicht.example")
    for path in ("/login/", "/login/reset/", "/login/passkey/", "/setup/", "/invitation/x/", "/", "/contacts/"):
        assert client.get(path, headers=go).status_code == 404, path
    client.force_login(owner)
    page = client.get("/settings/people/", headers=go)
    assert (page.status_code, owner.email in page.content.decode()) == (404, False)
    assert client.get("/settings/people/", headers={"Host": "news.nordlicht.example"}).status_code == 200
    Organisation.objects.update(tracking_url="https://news.nordlicht.example")
    assert client.get("/settings/people/", headers={"Host": "news.nordlicht.example"}).status_code == 200


Answers = Callable[[str], tuple[int, bytes]]


@pytest.fixture
def served() -> Iterator[Callable[[Answers], str]]:
    """A server of somebody's, on this machine; its address."""
    servers: list[ThreadingHTTPServer] = []

    def serve(answers: Answers) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = answers(self.path)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def guarded(address: str, *, allowed: str = "127.0.0.1") -> fetching.Client:
    port = int(address.rpartition(":")[2])
    return fetching.Client(
        Limits(redirects=0, https_only=False, ports=frozenset({port})), Guard(allowed=Allowed.read(allowed))
    )


def test_a_host_that_leads_here_is_told_from_others(served: Callable[[Answers], str], reader: Reader) -> None:
    here = served(lambda path: (lambda answer: (answer.status, answer.body))(reader("GET", path)))
    leading.check(here, guarded(here))
    for answers in (lambda _: (200, slim.PICTURE), lambda _: (404, b""), lambda _: (200, b"parked")):
        other = served(answers)
        with pytest.raises(leading.NotOurs, match="Something else answers there"):
            leading.check(other, guarded(other))


def test_nothing_is_asked_inside_the_house(served: Callable[[Answers], str]) -> None:
    asked: list[str] = []

    def answers(path: str) -> tuple[int, bytes]:
        asked.append(path)
        return 200, b""

    inside = served(answers)
    with pytest.raises(leading.NotOurs, match="EGRESS_ALLOW"):
        leading.check(inside, guarded(inside, allowed=""))
    assert asked == []
