"""The real listener, spoken to over its socket."""

import smtplib
import socket
import threading
import time
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Organisation
from delivery import tokens, verp
from delivery.domains.models import SendingDomain
from delivery.feedback import process, settling
from delivery.feedback.intake import LARGEST_BYTES
from delivery.feedback.listening import door as doors
from delivery.feedback.listening.admission import ACCEPTED, LATER, Admission
from delivery.feedback.listening.door import Door
from delivery.feedback.listening.place import Place
from delivery.models import Returned, ReturnListener
from tests.delivery.domains.dmarc_reports import samples
from tests.delivery.feedback.listening import Line, listening, send
from tests.delivery.feedback.returned import DOMAIN, bounce, line, mailed, report
from tests.running import free_port, until

pytestmark = pytest.mark.django_db(transaction=True)


def signed(number: int = 4711, domain: str = DOMAIN) -> str:
    return verp.address(number, domain)


def test_bounce_that_comes_by_smtp_is_kept_and_counted() -> None:
    message = mailed()
    with listening() as listener:
        send(listener, signed(message.pk), bounce(message, to="somebody@else.example"))
    kept = Returned.objects.get()
    assert (kept.way, kept.source, kept.envelope_to) == ("listener", "listener", signed(message.pk))
    settling.settle_now([kept.pk])
    assert line(message).hard == 1


def test_bounce_of_which_nothing_was_returned_is_recognised_by_the_address_it_came_to() -> None:
    message = mailed()
    raw = bounce(message, to="").replace(b"Message-ID: <", b"X-Gone: <")
    with listening() as listener:
        send(listener, signed(message.pk).upper().replace(DOMAIN.upper(), "Nordlicht.EXAMPLE"), raw)
    settling.settle_now(Returned.objects.values_list("pk", flat=True))
    assert line(message).hard == 1


def test_complaint_to_the_address_for_complaints_is_counted() -> None:
    message = mailed()
    with listening() as listener:
        for local in ("complaints", "Postmaster", "ABUSE"):
            send(listener, f"{local}@{DOMAIN}", report(message), sender="fbl@provider.example")
    settling.settle_now(Returned.objects.values_list("pk", flat=True))
    assert line(message).complained == 1


@pytest.mark.parametrize(
    "to",
    [
        f"news@{DOMAIN}",
        "ana@gmail.example",
        verp.address(4711, "elsewhere.example"),
        f"bounce+{tokens.seal(tokens.MESSAGE_ID, 4711)}@{DOMAIN}",
        f"bounce+0000@{DOMAIN}",
        f"bounce@{DOMAIN}",
        "complaints@elsewhere.example",
        f'"ana@gmail.example"@{DOMAIN}',
        f"ana%gmail.example@{DOMAIN}",
        f"@{DOMAIN}",
    ],
)
def test_nothing_is_taken_for_anybody_else(to: str) -> None:
    with listening() as listener, Line(listener) as client:
        client.say("EHLO x", "MAIL FROM:<>", f"RCPT TO:<{to}>", "DATA")
        assert client.replies(2) == ["250", "250"]
        assert client.reply().startswith("550 5.1.1")
        assert client.reply().startswith("503")


def test_250_comes_only_after_the_commit() -> None:
    with connection.cursor() as cursor, listening() as listener, Line(listener) as client:
        client.say("EHLO x", "MAIL FROM:<>", f"RCPT TO:<{signed()}>", "DATA")
        assert client.replies(4) == ["250", "250", "250", "354"]
        cursor.execute("BEGIN; LOCK TABLE delivery_returned IN ACCESS EXCLUSIVE MODE")
        client.say("Hi", ".")
        client.socket.settimeout(0.5)
        with pytest.raises(TimeoutError):
            client.socket.recv(1)
        cursor.execute("COMMIT")
        client.socket.settimeout(10)
        assert client.socket.recv(3) == b"250"
    assert Returned.objects.count() == 1


def test_mails_that_arrive_together_are_written_together() -> None:
    """While one insert waits, thirty mails gather for the next; the database sees two or three and not thirty."""
    with listening(most_of_an_address=40) as listener:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN; LOCK TABLE delivery_returned IN ACCESS EXCLUSIVE MODE")
            threads = [
                threading.Thread(target=send, args=(listener, signed(n), b"Subject: %d\r\n\r\n" % n)) for n in range(30)
            ]
            for thread in threads:
                thread.start()
            until(lambda: sum(len(s.recipients) == 1 and s._task is not None for s in listener.hub.sessions) == 30)
            cursor.execute("COMMIT")
        for thread in threads:
            thread.join(60)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM delivery_returned")
        assert cursor.fetchone()[0] <= 3
    assert Returned.objects.count() == 30


def test_several_mails_ride_on_one_connection_also_pipelined() -> None:
    with listening() as listener, Line(listener) as client:
        client.say("EHLO x")
        assert client.reply() == "250 SIZE 10000000"
        client.say("MAIL FROM:<> SIZE=9 BODY=8BITMIME SMTPUTF8", f"RCPT TO:<{signed(1)}>", "DATA")
        client.say("a", ".", "MAIL FROM:<>", f"RCPT TO:<{signed(2)}>", "DATA", "..b", ".", "QUIT")
        assert client.replies(9) == ["250", "250", "354", "250", "250", "250", "354", "250", "221"]
    assert [bytes(row.raw) for row in Returned.objects.order_by("id")] == [
        f"Return-Path: <>\r\nDelivered-To: {signed(1)}\r\na\r\n".encode(),
        f"Return-Path: <>\r\nDelivered-To: {signed(2)}\r\n.b\r\n".encode(),
    ]


def test_a_second_mail_cannot_be_smuggled_into_the_first() -> None:
    with listening() as listener, Line(listener) as client:
        client.say("EHLO x", "MAIL FROM:<>", f"RCPT TO:<{signed(1)}>", "DATA")
        client.replies(4)
        client.socket.sendall(b"a\n.\nMAIL FROM:<>\r\nb\r\n.\nRCPT TO:<x@y.z>\r\nc\n.\r\n\r\n.\r\n")
        assert client.replies(1) == ["250"]
    assert bytes(Returned.objects.get().raw).endswith(b"c\n.\r\n\r\n")


def test_mail_that_comes_again_because_its_answer_was_lost_is_one() -> None:
    with listening() as listener:
        for _ in range(2):
            send(listener, signed(), b"Subject: again\r\n\r\n")
        send(listener, signed(4712), b"Subject: again\r\n\r\n")  # the same words about another mail
    assert Returned.objects.count() == 2


def test_mail_above_ten_megabytes_is_refused_and_one_below_kept_to_its_first() -> None:
    """Takes a second: it sends twelve megabytes."""
    with listening() as listener, Line(listener) as client:
        client.say("EHLO x", "MAIL FROM:<> SIZE=10000001")
        assert client.replies(2) == ["250", "552"]
        for size, code in ((11_000_000, "552"), (9_000_000, "250")):
            client.say("MAIL FROM:<>", f"RCPT TO:<{signed()}>", "DATA")
            assert client.replies(3) == ["250", "250", "354"]
            for _ in range(size // 1_000_000):
                client.socket.sendall(b"x" * 998_000 + b"\r\n")
                assert all(len(session._buffer) < 1_400_000 for session in list(listener.hub.sessions))
            client.say(".")
            assert client.replies(1) == [code]
    assert len(Returned.objects.get().raw) == LARGEST_BYTES


def test_lmtp_answers_for_each_recipient() -> None:
    with listening() as listener:
        with smtplib.LMTP("127.0.0.1", listener.place.port) as client:
            assert client.sendmail("", [signed(1), "x@y.z"], "Subject: x\r\n\r\n").keys() == {"x@y.z"}
        with Line(listener) as bare:
            bare.say("LHLO x", "MAIL FROM:<>", f"RCPT TO:<{signed(1)}>", f"RCPT TO:<{signed(2)}>", "DATA", "y", ".")
            assert bare.replies(7) == ["250", "250", "250", "250", "354", "250", "250"]
    assert Returned.objects.count() == 3


def test_where_only_lmtp_is_wanted_smtp_is_not_spoken() -> None:
    with listening(only_lmtp=True) as listener, Line(listener) as client:
        assert "LMTP" in client.greeting
        client.say("EHLO x", "LHLO x")
        assert client.replies(2) == ["500", "250"]


def test_a_unix_socket_serves_as_well(tmp_path: Path) -> None:
    path = tmp_path / "return.sock"
    with listening(str(path)), smtplib.LMTP(str(path)) as client:
        client.sendmail("", [signed()], "Subject: x\r\n\r\n")
    assert Returned.objects.count() == 1


def test_too_many_connections_are_told_to_come_back() -> None:
    with listening(most_connections=3, most_of_an_address=2) as listener:
        with Line(listener), Line(listener), Line(listener) as third:
            assert third.greeting.startswith("421 4.3.2")
        until(lambda: not listener.hub.sessions)
        with Line(listener) as again:
            assert again.greeting.startswith("220")
        assert listener.hub.refused["connections"] == 1
        assert not listener.hub.refused["full"], "one server that opens too many leaves room for others"


def test_listener_that_stays_full_says_since_when(organisation: Organisation) -> None:
    row = ReturnListener.objects.filter(pk=1)
    with listening(most_connections=1) as listener:
        door = Door(listener.place)
        door._listener = listener
        told = []
        with Line(listener):
            for _ in range(2):
                with Line(listener) as second:
                    assert second.greeting.startswith("421 4.3.2")
                door._tell()
                told.append(row.get().full_since)
        assert told[0] is not None
        assert told[0] == told[1]
        door._tell()
        assert row.get().full_since is None


def test_whoever_guesses_addresses_is_not_let_guess_on() -> None:
    with listening() as listener, Line(listener) as client:
        client.say("EHLO x", "MAIL FROM:<>", *(f"RCPT TO:<a{n}@{DOMAIN}>" for n in range(30)))
        codes = client.replies(24)
        assert codes[-2:] == ["421", ""]
        assert listener.hub.refused["unknown"] == 21


def test_who_says_nothing_or_never_ends_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from delivery.feedback.listening.session import Session

    usual = Session.limits
    with listening() as listener:
        monkeypatch.setattr(Session, "limits", replace(usual, idle_seconds=0.3))
        with Line(listener) as silent:
            assert silent.reply().startswith("421 4.4.2")
        monkeypatch.setattr(Session, "limits", replace(usual, mail_seconds=0.8))
        with Line(listener) as slow:
            slow.say("EHLO x", "MAIL FROM:<>", f"RCPT TO:<{signed()}>", "DATA")
            slow.replies(4)
            for _ in range(20):
                slow.socket.sendall(b"x\r\n")
                time.sleep(0.1)
                if not listener.hub.sessions:
                    break
            assert slow.reply().startswith("421 4.4.2")


def test_what_comes_for_one_mail_and_to_open_addresses_is_bounded() -> None:
    now = [100.0]
    admission = Admission(frozenset({DOMAIN}), clock=lambda: now[0])
    for to, most, later in ((signed(), 20, 3_600), (f"complaints@{DOMAIN}", 120, 60), (f"dmarc@{DOMAIN}", 30, 60)):
        for _ in range(most):
            assert admission.reply(to) == ACCEPTED
            admission.count(to)
        assert admission.reply(to) == LATER
        assert admission.reply(signed(5)) == ACCEPTED
        now[0] += later
        assert admission.reply(to) == ACCEPTED


def test_what_anybody_may_write_is_kept_only_so_far() -> None:
    with listening() as listener:
        send(listener, f"abuse@{DOMAIN}", b"Subject: x\r\n\r\n" + b"x" * 70 * 6_000)
    assert len(Returned.objects.get().raw) < 129_000


def test_dmarc_reports_are_kept_whole_and_counted() -> None:
    SendingDomain.objects.create(name=samples.NAME, confirmed_at=timezone.now())
    with listening() as listener:
        send(listener, f"DMARC@{DOMAIN}", samples.MICROSOFT, sender="dmarcreport@microsoft.com")
        send(listener, f"dmarc@{DOMAIN}", b"Subject: x\r\n\r\n" + b"x" * 70 * 6_000)
    settling.settle_now(Returned.objects.values_list("pk", flat=True))
    report, flood = Returned.objects.order_by("pk")
    assert report.state == Returned.State.COUNTED
    assert len(flood.raw) < 401_000


def test_a_stop_in_the_middle_loses_nothing_that_was_answered() -> None:
    """Takes a second: it sends until the listener goes, and counts."""
    accepted: list[int] = []

    def keep_sending(first: int) -> None:
        try:
            with smtplib.SMTP("127.0.0.1", listener.place.port, timeout=60) as client:
                for n in range(first, first + 10_000):
                    client.sendmail("", [signed(n)], b"Subject: %d\r\n\r\n" % n)
                    accepted.append(n)
        except (OSError, smtplib.SMTPException):
            return

    with listening() as listener:
        threads = [threading.Thread(target=keep_sending, args=(n * 100_000,)) for n in range(1, 7)]
        for thread in threads:
            thread.start()
        until(lambda: len(accepted) > 200)
    for thread in threads:
        thread.join(60)
    assert Returned.objects.count() >= len(accepted)
    assert {row.envelope_to for row in Returned.objects.all()} >= {signed(n) for n in accepted}


def test_while_the_database_takes_nothing_mail_is_told_to_come_back_and_nothing_is_lost() -> None:
    """As when the disk is full: the insert fails; then it works again, on the same connection of the client."""
    with listening() as listener, connection.cursor() as cursor, Line(listener) as client:
        cursor.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$;"
            "CREATE TRIGGER full_disk BEFORE INSERT ON delivery_returned EXECUTE FUNCTION full_disk()"
        )
        try:
            client.say("EHLO x", "MAIL FROM:<>", f"RCPT TO:<{signed()}>", "DATA", "x", ".")
            assert client.replies(5)[-1] == "451"
        finally:
            cursor.execute("DROP TRIGGER full_disk ON delivery_returned; DROP FUNCTION full_disk()")
        assert listener.hub.refused["not kept"] == 1
        client.say("MAIL FROM:<>", f"RCPT TO:<{signed()}>", "DATA", "x", ".")
        assert client.replies(4)[-1] == "250"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "LOOK_SECONDS", 0.0)


@pytest.mark.usefixtures("quick")
def test_listener_opens_when_a_bounce_domain_is_set_and_shuts_when_it_is_taken_away(organisation: Organisation) -> None:
    where = Place("127.0.0.1", free_port())
    door = Door(where)

    def answers() -> bool:
        try:
            socket.create_connection((where.host, where.port), 2).close()
        except OSError:
            return False
        return True

    door.look()
    assert not answers()
    Organisation.objects.update(bounce_domain="returns.nordlicht.example")
    door.look()
    try:
        assert answers()
        row = ReturnListener.get()
        assert (row.is_open, row.place, row.problem) == (True, str(where), "")
        assert row.domains(Organisation.get()) == {"returns.nordlicht.example", "nordlicht.example"}
        Organisation.objects.update(bounce_domain="")
        door.look()
        assert not answers()
        assert not ReturnListener.get().is_open
    finally:
        door.shut()


@pytest.mark.usefixtures("quick")
def test_a_port_that_is_taken_is_said_with_its_cure_and_taken_once_it_is_free(organisation: Organisation) -> None:
    Organisation.objects.update(bounce_domain="returns.nordlicht.example")
    with socket.create_server(("127.0.0.1", 0)) as other:
        where = Place("127.0.0.1", other.getsockname()[1])
        door = Door(where)
        door.look()
        assert "another program has it" in ReturnListener.get().problem
    try:
        door.look()
        assert (ReturnListener.get().is_open, ReturnListener.get().problem) == (True, "")
    finally:
        door.shut()


@pytest.mark.usefixtures("quick")
def test_feedback_process_takes_and_counts_without_a_restart(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setattr(doors, "place", lambda: Place("127.0.0.1", port))
    message, stop = mailed(), threading.Event()

    def work() -> None:
        try:
            process.run(stop)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        Organisation.objects.update(bounce_domain=DOMAIN)
        until(lambda: ReturnListener.objects.filter(is_open=True).exists())
        with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
            client.sendmail("", [signed(message.pk)], bounce(message))
        until(lambda: line(message).hard == 1)
    finally:
        stop.set()
        thread.join(60)
