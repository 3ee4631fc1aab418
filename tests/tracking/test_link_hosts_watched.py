"""Hosts of counted links go on being looked at: what breaks or ends soon is told, and mail goes around it."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.egress import fetching
from accounts.egress.allowed import Allowed
from accounts.egress.fetching import Limits, NoAnswer, Validity
from accounts.egress.guard import Guard
from accounts.models import Organisation, User
from accounts.shell import problems
from campaigns.message import editions
from campaigns.models import Campaign
from campaigns.preflight import checklist
from delivery import tasks
from delivery.domains.link_hosts import leading, watching
from delivery.domains.models import SendingDomain
from delivery.models import LinkHost, Provider
from tests.campaigns import letters
from tests.delivery.engine.certificates import Authority
from tests.tracking.conftest import Reader

pytestmark = pytest.mark.django_db
GO = "https://go.shop.example"
PUBLIC = "https://news.nordlicht.example"


@pytest.fixture
def domain(organisation: Organisation) -> SendingDomain:
    made = SendingDomain.objects.create(name="shop.example", confirmed_at=timezone.now(), tracking_url=GO)
    watching.appear()
    return made


def lasting(days: float, of: int = 90) -> Validity:
    until = datetime.now(UTC) + timedelta(days=days)
    return Validity(until - timedelta(days=of), until)


def look(address: str = GO, *, certificate: Validity | None = None, problem: bool = False) -> LinkHost:
    def lead(asked: str) -> Validity | None:
        assert asked == address
        if problem:
            raise leading.NotOurs(
                "The certificate of go.shop.example is not good: certificate has expired.", "Mend it."
            )
        return certificate

    host = LinkHost.objects.get(address=address)
    watching.check(host.pk, lead)
    return LinkHost.objects.get(address=address)


def titles(user: User) -> list[str]:
    return [problem.title for problem in problems.for_user(user)]


def counted_at(sender: str = "news@shop.example") -> str | None:
    return editions.organisation_in(Campaign(sender_email=sender), Organisation.get()).get("tracking_address")


def test_hosts_are_looked_at_after_1_5_15_and_60_minutes_and_then_daily(domain: SendingDomain) -> None:
    assert set(watching.due()) == set(LinkHost.objects.values_list("pk", flat=True))
    assert set(LinkHost.objects.values_list("address", flat=True)) == {GO, PUBLIC}
    waits = []
    for _ in range(6):
        host = look(certificate=lasting(80))
        assert host.checked_at
        waits.append(round((host.next_check_at - host.checked_at).total_seconds() / 60))
    assert waits == [1, 5, 15, 60, 1440, 1440]
    host = look(certificate=lasting(0.5))
    assert host.checked_at
    assert (host.next_check_at - host.checked_at).total_seconds() / 3600 == pytest.approx(12, abs=0.2)  # at its end
    SendingDomain.objects.update(tracking_url="")
    watching.appear()
    assert not LinkHost.objects.filter(address=GO).exists()


def test_a_certificate_that_nobody_renews_is_told_two_weeks_ahead(domain: SendingDomain, admin: User) -> None:
    look(certificate=lasting(15))
    assert not [title for title in titles(admin) if "certificate" in title]
    host = look(certificate=lasting(13))
    assert host.certificate_ends_at
    day = timezone.localtime(host.certificate_ends_at)
    assert f"The certificate of go.shop.example ends on {day.day} {day:%B}" in titles(admin)
    look(certificate=lasting(4, of=6))  # of those that are made for six days, four left are many
    assert not [title for title in titles(admin) if "certificate" in title]


def test_links_go_around_a_host_that_broke_and_come_back(
    domain: SendingDomain, organisation: Organisation, admin: User, marketer: User, client: Client
) -> None:
    look(certificate=lasting(80))
    assert counted_at() == GO
    look(problem=True)
    assert counted_at() == GO  # once is no news
    client.force_login(admin)
    page = client.get(domain.get_absolute_url()).content.decode()
    assert "Failed once" in page
    assert "No answer" not in page  # a certificate was shown
    look(problem=True)
    assert counted_at() is None  # the public address
    organisation.tracking_url = "https://go.nordlicht.example"
    organisation.save()
    assert counted_at() == "https://go.nordlicht.example"
    found = next(one for one in problems.for_user(admin) if "shop.example lead nowhere" in one.title)
    assert "certificate has expired" in found.text
    assert "goes by go.nordlicht.example" in found.text
    page = client.get(found.url).content.decode()
    assert "It does not lead here" in page
    assert "certificate has expired" in page
    client.force_login(marketer)
    look(certificate=lasting(80))
    assert counted_at() == GO
    assert not [title for title in titles(admin) if "lead nowhere" in title]


def test_preflight_names_a_broken_host_and_blocks_where_nothing_leads_here(
    domain: SendingDomain, relay: Provider, marketer: User
) -> None:
    relay.make_default()
    campaign = letters.draft(marketer, name="Spring sale", sender_email="news@shop.example")

    def said() -> dict[str, str]:
        return {finding.code: finding.text for finding in checklist.check(campaign)}

    assert not said().keys() & {"link-host-broken", "public-address-broken"}
    for _ in range(2):
        look(problem=True)
        look(PUBLIC, problem=True)
    assert "go by news.nordlicht.example, because go.shop.example does not work" in said()["link-host-broken"]
    assert "public-address-broken" not in said()  # it never answered this machine, which proves nothing
    look(PUBLIC, certificate=lasting(80))
    for _ in range(2):
        look(PUBLIC, problem=True)
    assert said()["public-address-broken"].startswith("Links and unsubscribing would lead nowhere: The certificate")
    Provider.objects.sandbox().make_default()
    campaign.refresh_from_db()
    assert not said().keys() & {"link-host-broken", "public-address-broken"}  # nobody receives a rehearsal


def test_silence_of_name_servers_breaks_no_host(domain: SendingDomain) -> None:
    def nobody_answers(name: str, port: int) -> list[str]:
        import socket

        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    client = fetching.Client(Limits(redirects=0), Guard(resolve=nobody_answers))
    host = LinkHost.objects.get(address=GO)
    for _ in range(3):
        watching.check(host.pk, lambda address: leading.check(address, client))
    host.refresh_from_db()
    assert (host.failures, host.broken_since) == (0, None)
    assert host.next_check_at > timezone.now()


def test_checking_a_domain_again_asks_its_host_again(domain: SendingDomain, admin: User, client: Client) -> None:
    later = timezone.now() + timedelta(days=1)
    LinkHost.objects.update(next_check_at=later, check_step=9)
    client.force_login(admin)
    client.post(f"/domains/{domain.pk}/check/")
    host = LinkHost.objects.get(address=GO)
    assert (host.check_step, host.next_check_at < later) == (0, True)
    assert LinkHost.objects.get(address=PUBLIC).next_check_at == later


@pytest.fixture
def encrypted(reader: Reader, tmp_path: Path) -> Iterator[Callable[[int], tuple[str, fetching.Client]]]:
    """This installation behind a proxy whose certificate lasts so many days."""
    authority = Authority(tmp_path)
    servers: list[ThreadingHTTPServer] = []

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = reader("GET", self.path)
            connections.close_all()  # of this thread
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    def serve(days: int) -> tuple[str, fetching.Client]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
        server.socket = authority.context(days=days).wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that hangs up is meant
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        limits = Limits(redirects=0, ports=frozenset({server.server_port}))
        guard = Guard(allowed=Allowed.read("127.0.0.1"))

        def context() -> Any:
            import ssl

            return ssl.create_default_context(cafile=str(authority.file))

        return f"https://127.0.0.1:{server.server_port}", fetching.Client(limits, guard, context)

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def test_the_end_of_a_certificate_is_read_and_one_that_is_over_is_no_way_here(
    encrypted: Callable[[int], tuple[str, fetching.Client]],
) -> None:
    address, client = encrypted(20)
    valid = leading.check(address, client)
    assert valid
    assert (valid.until - datetime.now(UTC)).days in (19, 20)
    address, client = encrypted(-1)
    with pytest.raises(leading.NotOurs, match="expired") as refused:
        leading.check(address, client)
    assert isinstance(refused.value.__cause__, NoAnswer)
    assert not refused.value.__cause__.is_of_the_resolver


def test_the_timetable_looks_at_them(domain: SendingDomain, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.check_link_host, "apply_async", lambda **given: asked.append(given["kwargs"]))
    tasks.check_domains()
    assert {given["host_id"] for given in asked} == set(LinkHost.objects.values_list("pk", flat=True))
