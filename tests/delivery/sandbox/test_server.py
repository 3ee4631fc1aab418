"""The real server, spoken to over its socket."""

import asyncio
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from contacts.models import Suppression
from delivery import verp
from delivery.feedback import settling
from delivery.models import (
    Batch,
    Failure,
    FeedbackEvent,
    Message,
    MessageState,
    Provider,
    Returned,
    SandboxMail,
)
from delivery.sandbox import certificate
from delivery.transports.base import CannotOpen
from delivery.transports.smtp import opening
from delivery.transports.smtp.transport import smtp
from tests.delivery.sandbox.conftest import RAW, Server, start
from tests.running import database_url


def send(
    port: int, recipient: str = "ana@example.org", raw: bytes = RAW, sender: str = "b+1@nordlicht.example"
) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as smtp:
        smtp.sendmail(sender, [recipient], raw)


class Line:
    """A bare connection: says exactly what it is told."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._file = self.socket.makefile("rb")
        assert self.reply().startswith("220")

    def say(self, *lines: str) -> None:
        self.socket.sendall("".join(f"{line}\r\n" for line in lines).encode())

    def reply(self) -> str:
        line = self._file.readline().decode().strip()
        while line[3:4] == "-":
            line = self._file.readline().decode().strip()
        return line

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self.socket.close()


def test_starttls_is_offered_and_leads_to_the_same_conversation(server: Server) -> None:
    trusting = ssl.create_default_context(cafile=certificate.path())
    with smtplib.SMTP("localhost", server.port, timeout=60) as smtp:
        smtp.ehlo()
        assert smtp.has_extn("starttls")
        smtp.starttls(context=trusting)
        smtp.ehlo()
        assert not smtp.has_extn("starttls")
        assert smtp.docmd("STARTTLS")[0] == 502
        smtp.sendmail("b+1@nordlicht.example", ["ana@example.org"], RAW)
    assert SandboxMail.objects.get().source == RAW


def test_what_comes_in_the_clear_behind_starttls_is_forgotten(server: Server) -> None:
    trusting = ssl.create_default_context(cafile=certificate.path())
    with Line(server.port) as line:
        line.say("EHLO me", "MAIL FROM:<a@b.example>")
        assert (line.reply()[:3], line.reply()[:3]) == ("250", "250")
        line.say("STARTTLS", "RCPT TO:<smuggled@b.example>")
        assert line.reply().startswith("220")
        with trusting.wrap_socket(line.socket, server_hostname="localhost") as secure, secure.makefile("rb") as answers:
            secure.sendall(b"DATA\r\n")
            assert answers.readline().startswith(b"503 5.5.1 No valid recipient")
    assert not SandboxMail.objects.exists()


def test_a_certificate_that_ends_soon_or_is_for_another_name_is_made_anew(tmp_path: Path, settings: Any) -> None:
    settings.VAR_DIR = tmp_path
    now = datetime(2026, 11, 29, tzinfo=UTC)
    seen = []
    for host, days in (("127.0.0.1", 0), ("127.0.0.1", 300), ("mail.intern", 300), ("mail.intern", 680)):
        certificate.context(host, now + timedelta(days=days))
        seen.append(certificate.path().read_bytes())
    assert [one == seen[0] for one in seen] == [True, True, False, False]
    assert seen[2] != seen[3]
    assert (tmp_path / "sandbox" / "key.pem").stat().st_mode & 0o777 == 0o600


def wait_for(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.05)


def test_a_mail_is_kept_as_it_came_and_listed_with_its_headers(server: Server) -> None:
    send(server.port)
    kept = SandboxMail.objects.get()
    assert kept.source == RAW
    assert (kept.envelope_from, kept.envelope_to) == ("b+1@nordlicht.example", "ana@example.org")
    assert kept.subject == "Sommer grüße"
    assert kept.size_bytes == len(RAW)


def test_250_comes_only_after_the_commit(server: Server) -> None:
    with connection.cursor() as cursor, Line(server.port) as line:
        line.say("EHLO x", "MAIL FROM:<a@b.c>", "RCPT TO:<d@e.f>", "DATA")
        assert [line.reply()[:3] for _ in range(4)] == ["250", "250", "250", "354"]
        cursor.execute("BEGIN; LOCK TABLE delivery_sandboxmail IN ACCESS EXCLUSIVE MODE")
        line.say("Hi", ".")
        line.socket.settimeout(0.5)
        with pytest.raises(TimeoutError):
            line.socket.recv(1)
        cursor.execute("COMMIT")
        line.socket.settimeout(10)
        assert line.socket.recv(3) == b"250"
    assert SandboxMail.objects.count() == 1


def test_the_next_message_may_ride_behind_the_dot(server: Server) -> None:
    with Line(server.port) as line:
        line.say("EHLO x")
        assert line.reply() == "250 SIZE 26214400"
        line.say("MAIL FROM:<a@b.c> BODY=8BITMIME SIZE=20", "RCPT TO:<1@e.f>", "DATA")
        line.say("Subject: one", "", "..x", ".", "MAIL FROM:<a@b.c>", "RCPT TO:<2@e.f>", "DATA")
        assert [line.reply()[:3] for _ in range(7)] == ["250", "250", "354", "250", "250", "250", "354"]
        line.say("Subject: two", "", ".", "QUIT")
        assert [line.reply()[:3] for _ in range(2)] == ["250", "221"]
    assert [(mail.envelope_to, mail.source) for mail in SandboxMail.objects.order_by("id")] == [
        ("1@e.f", b"Subject: one\r\n\r\n.x\r\n"),
        ("2@e.f", b"Subject: two\r\n\r\n"),
    ]


def test_a_mail_without_content_and_one_in_single_octets_are_understood(server: Server) -> None:
    with Line(server.port) as line:
        line.say("HELO x", "MAIL FROM:<>", "RCPT TO:<1@e.f>", "DATA", ".")
        assert [line.reply()[:3] for _ in range(5)] == ["250", "250", "250", "354", "250"]
        for octet in b"MAIL FROM:<a@b.c>\r\nRCPT TO:<2@e.f>\r\nDATA\r\na\r\n.\rb\n.\n\r\n.\r\n":
            line.socket.sendall(bytes([octet]))
        assert [line.reply()[:3] for _ in range(4)] == ["250", "250", "354", "250"]
    assert [mail.source for mail in SandboxMail.objects.order_by("id")] == [b"", b"a\r\n\rb\n.\n\r\n"]


def test_addresses_play_their_parts(server: Server) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused, match=r"5\.1\.1"):
        send(server.port, "ana+refuse@example.org")
    with pytest.raises(smtplib.SMTPRecipientsRefused, match=r"5\.2\.2"):
        send(server.port, "ana+full@example.org")
    with pytest.raises(smtplib.SMTPDataError, match=r"5\.7\.1"):
        send(server.port, "ana+spam@example.org")
    assert not SandboxMail.objects.exists()
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(server.port, "ana+drop@example.org")
    assert SandboxMail.objects.get().envelope_to == "ana+drop@example.org"


def test_a_reader_who_complains_is_reported_by_the_return_address(server: Server) -> None:
    batch = Batch.objects.create(rehearsal=True, content_kind="edition", content_id=1, state="done")
    Message.objects.create(id=4711, batch=batch, email="ana+complain@example.org", state=MessageState.ACCEPTED)
    send(server.port, "ana+complain@example.org", sender=verp.address(4711, "nordlicht.example"))
    wait_for(lambda: Returned.objects.exists())
    settling.settle_now(Returned.objects.values_list("pk", flat=True))
    assert FeedbackEvent.objects.filter(message_id=4711, batch=batch, kind="complaint").exists()
    send(server.port, "ana+complain@example.org")  # not ours: kept, and nothing more
    assert SandboxMail.objects.count() == 2


@pytest.mark.parametrize(("sign", "is_permanent"), [("bounce", True), ("softbounce", False)])
def test_a_mail_that_bounces_after_it_was_accepted_is_counted_and_changes_nobody(
    server: Server, sign: str, is_permanent: bool
) -> None:
    batch = Batch.objects.create(rehearsal=True, content_kind="edition", content_id=1, state="done", accepted=1)
    address = f"ana+{sign}@example.org"
    Message.objects.create(id=4711, batch=batch, email=address, state=MessageState.ACCEPTED)
    send(server.port, address, sender=verp.address(4711, "nordlicht.example"))
    wait_for(lambda: Returned.objects.exists())
    settling.settle_now(Returned.objects.values_list("pk", flat=True))
    event = FeedbackEvent.objects.get(message_id=4711, kind="bounce")
    assert event.is_permanent == is_permanent
    assert "played by the sandbox" in event.diagnostic
    assert not Suppression.objects.exists()
    assert not Failure.objects.exists()


def test_a_deferred_message_is_accepted_at_the_second_try_and_only_that_message(server: Server) -> None:
    for sender in ("b+1@nordlicht.example", "b+2@nordlicht.example"):
        with pytest.raises(smtplib.SMTPRecipientsRefused, match=r"4\.2\.1"):
            send(server.port, "ana+defer@example.org", sender=sender)
        send(server.port, "ana+defer@example.org", sender=sender)
    assert SandboxMail.objects.count() == 2


def test_a_refused_recipient_makes_data_fail_when_chained(server: Server) -> None:
    with Line(server.port) as line:
        line.say("EHLO x", "MAIL FROM:<a@b.c>", "RCPT TO:<1+refuse@e.f>", "DATA", "MAIL FROM:<a@b.c>")
        assert [line.reply()[:3] for _ in range(5)] == ["250", "250", "550", "503", "250"]


def test_too_large_a_mail_is_refused_without_being_held_in_memory(server: Server) -> None:
    with Line(server.port) as line:
        line.say("EHLO x", "MAIL FROM:<a@b.c> SIZE=99999999")
        assert [line.reply()[:3] for _ in range(2)] == ["250", "552"]
        line.say("MAIL FROM:<a@b.c>", "RCPT TO:<1@e.f>", "DATA")
        assert [line.reply()[:3] for _ in range(3)] == ["250", "250", "354"]
        for _ in range(27):
            line.socket.sendall(b"x" * 1_048_576)
        line.say("", ".")
        assert line.reply().startswith("552 5.3.4")
        line.say("NOOP")
        assert line.reply().startswith("250")


@pytest.mark.parametrize("line_", ["GET / HTTP/1.1", "POST / HTTP/1.1"])
def test_a_web_page_cannot_talk_to_it(server: Server, line_: str) -> None:
    with Line(server.port) as line:
        line.say(line_, "Host: localhost", "", "MAIL FROM:<a@b.c>")
        with suppress(ConnectionResetError):
            assert line.socket.recv(100) == b""


def test_nonsense_is_answered_and_ended(server: Server) -> None:
    with Line(server.port) as line:
        for said in ("RCPT TO:<a@b.c>", "DATA", "MAIL FROM:a", "STARTTLS now", "\x00\xff"):
            line.say(said)
            assert line.reply()[0] == "5"
        line.say("MAIL FROM:<a@b.c>", "MAIL FROM:<a@b.c>", "RCPT TO:<noat>", "x", "x", "x", "x")
        replies = [line.reply()[:3] for _ in range(7)]
        assert replies[0] == "250"
        line.socket.settimeout(2)
        assert line.socket.recv(100) in (b"", b"502 5.5.1 Not known here\r\n")


def test_an_endless_line_ends_the_connection(server: Server) -> None:
    with Line(server.port) as line:
        line.socket.sendall(b"A" * 5_000)
        assert line.reply().startswith("500")
        with suppress(ConnectionResetError):
            assert line.socket.recv(10) == b""


def test_an_accepted_mail_survives_a_stop_in_the_middle(own_server: Server) -> None:
    """Takes a second: it sends until the server goes, and counts."""
    accepted: list[int] = []

    def keep_sending(number: int) -> None:
        with suppress(OSError, smtplib.SMTPException), smtplib.SMTP("127.0.0.1", own_server.port, timeout=60) as smtp:
            while True:
                smtp.sendmail("b@nordlicht.example", [f"{number}@example.org"], RAW)
                accepted.append(number)

    threads = [threading.Thread(target=keep_sending, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    wait_for(lambda: len(accepted) > 100)
    assert own_server.stop() == 0
    for thread in threads:
        thread.join(60)
    assert SandboxMail.objects.count() == len(accepted)


def test_a_taken_port_is_one_clear_sentence(server: Server) -> None:
    with pytest.raises(AssertionError, match=f"cannot listen on 127.0.0.1:{server.port}"):
        start(database_url(), server.port)


@contextmanager
def doorway(target: tuple[str, int] | str) -> Iterator["Doorway"]:
    door = Doorway(target)
    try:
        yield door
    finally:
        door.shut()


class Doorway:
    """Stands before PostgreSQL and can be shut, as when it restarts."""

    def __init__(self, target: tuple[str, int] | str) -> None:
        self._target = target
        self.port = 0
        self.open()

    def open(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        self._pairs: list[socket.socket] = []
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def shut(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in self._pairs:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = self._connect()
                self._pairs += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=_pump, args=(source, sink), daemon=True).start()

    def _connect(self) -> socket.socket:
        if isinstance(self._target, tuple):
            return socket.create_connection(self._target)
        far = socket.socket(socket.AF_UNIX)
        far.connect(self._target)
        return far


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError), source:
        while data := source.recv(65_536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)


@contextmanager
def behind_a_door() -> Iterator[tuple[Doorway, Server]]:
    kept = connection.settings_dict
    host, port = str(kept["HOST"]), str(kept["PORT"] or 5432)
    with doorway(f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, int(port))) as door:
        server = start(database_url(port=door.port, host="127.0.0.1"))
        try:
            yield door, server
        finally:
            server.stop()


def test_while_the_database_is_away_mail_is_told_to_come_back(transactional_db: None) -> None:
    """Takes about two seconds: it waits for the server to notice that the database is back."""
    with behind_a_door() as (door, server):
        send(server.port)
        door.shut()
        with pytest.raises(smtplib.SMTPDataError, match=r"4\.3\.0"):
            send(server.port)
        door.open()
        send(server.port)
    assert SandboxMail.objects.count() == 2


@pytest.fixture
def go_on(transactional_db: None) -> Iterator[Callable[[], None]]:
    """Until it is called commits of mails wait in their middle."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN NULL; END $$;"
            "CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON delivery_sandboxmail DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION wait();"
            "SELECT pg_advisory_lock(4711)"
        )
        yield lambda: cursor.execute("SELECT pg_advisory_unlock_all()") and None
        cursor.execute("SELECT pg_advisory_unlock_all()")
        cursor.execute("DROP TRIGGER waits ON delivery_sandboxmail; DROP FUNCTION wait()")


def is_committing() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted")
        return cursor.fetchone() is not None


def test_a_commit_whose_answer_was_lost_is_found_out_and_not_asked_for_again(go_on: Callable[[], None]) -> None:
    """The connection to the database breaks while the commit runs."""
    with behind_a_door() as (door, server):
        sending = threading.Thread(target=send, args=(server.port,))
        sending.start()
        wait_for(is_committing)
        door.shut()
        door.open()
        go_on()
        sending.join(60)
        assert not sending.is_alive()
    assert SandboxMail.objects.count() == 1


def test_another_program_on_its_port_is_given_no_mail(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second Tallypost, or anything else that speaks SMTP."""
    sandbox = replace(smtp(Provider.objects.sandbox()).server, port=server.port)

    async def meet(who: opening.Server) -> None:
        try:
            (await opening.connect(who)).abort("seen")
        finally:
            await asyncio.sleep(0.05)  # until the socket is closed

    asyncio.run(meet(sandbox))
    with pytest.raises(CannotOpen, match="another program answers where the sandbox should"):
        asyncio.run(meet(replace(sandbox, proof="what another installation says")))


def test_a_bad_day_is_played_to_its_own_rehearsal_and_to_no_other_mail(server: Server) -> None:
    Batch.objects.create(
        rehearsal=True, bad_day=True, content_kind="edition", content_id=1, state="sending", first_id=1, last_id=3
    )

    def reply_to(sender: str) -> str:
        with suppress(OSError), Line(server.port) as line:
            line.say("EHLO x", f"MAIL FROM:<{sender}>", "RCPT TO:<ana@example.org>")
            return [line.reply()[:3] for _ in range(3)][-1]
        return ""

    third, stranger = (verp.address(message_id, "nordlicht.example") for message_id in (3, 77))
    wait_for(lambda: reply_to(third) == "550")
    assert reply_to(third) == ""  # half of three people have had their turn: the relay is dead
    assert reply_to(stranger) == "250"
