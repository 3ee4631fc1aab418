"""Out of a mailbox come reports about mails of ours, each once, by Debian's Dovecot; all else stays as it is."""

import hashlib
import socket
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts import secrets
from accounts.egress.allowed import Allowed
from accounts.egress.deadline import Deadline
from accounts.egress.guard import Guard
from delivery import tokens
from delivery.domains.models import SendingDomain
from delivery.feedback import intake, settling
from delivery.feedback.mailbox import polling, pop3
from delivery.feedback.mailbox.account import WANTED_BYTES, Account, Lying, pages
from delivery.feedback.mailbox.opening import Opening, Position
from delivery.models import DmarcReport, FeedbackEvent, KnownMail, Message, OAuthLogin, Returned, ReturnMailbox
from tests.delivery.domains.dmarc_reports import samples
from tests.delivery.feedback.mailbox.dovecot import HOST, PASSWORD, Dovecot, token
from tests.delivery.feedback.returned import DOMAIN, READER, bounce, mailed, report
from tests.delivery.oauth.conftest import TokenServer

pytestmark = pytest.mark.django_db

NEWS = b"From: ana@example.org\r\nTo: bounces@nordlicht.example\r\nSubject: Hello\r\n\r\nA letter.\r\n"
OURS = "$TallypostTaken"


def stored(server: Dovecot, protocol: str = "imap", **changes: Any) -> ReturnMailbox:
    port = server.ports[f"{protocol}s"]
    given = {"name": "Bounces", "host": HOST, "port": port, "protocol": protocol, "username": server.user} | changes
    mailbox = ReturnMailbox(**given)
    mailbox.secret = changes.get("secret", PASSWORD)
    mailbox.save()
    return mailbox


def poll(mailbox: ReturnMailbox, server: Dovecot) -> ReturnMailbox:
    """As soon as it may be read again."""
    ReturnMailbox.objects.filter(pk=mailbox.pk).update(next_poll_at=timezone.now())
    polling.poll(mailbox.pk, server.opened)
    mailbox.refresh_from_db()
    return mailbox


def answer_to(message: Message) -> bytes:
    """Of a person, with the Message-ID of our mail in it."""
    seal = tokens.seal(tokens.MESSAGE_ID, message.pk)
    return NEWS.replace(b"Subject:", f"In-Reply-To: <{seal}@{DOMAIN}>\r\nSubject: Re:".encode(), 1)


def taken() -> list[Returned]:
    return list(Returned.objects.order_by("pk"))


def test_reports_about_our_mails_are_counted_and_moved_and_other_mails_stay_unread(box: Dovecot) -> None:
    message = mailed()
    for raw in (NEWS, bounce(message), answer_to(message), report(message, message_id="x", sender="a@b.example")):
        box.lay(raw)
    mailbox = poll(stored(box), box)
    assert [row.source for row in taken()] == [f"mailbox {mailbox.pk}"]
    assert taken()[0].way == Returned.Way.MAILBOX
    settling.settle_now([row.pk for row in taken()])
    assert FeedbackEvent.objects.get().message_id == message.pk
    assert list(box.mails("Tallypost").values()) == [""]
    assert list(box.mails().values()) == ["", "", ""]
    assert (mailbox.looked_at, mailbox.taken, mailbox.behind, mailbox.problem) == (4, 1, 0, "")
    assert mailbox.read_at


def test_where_reports_stay_they_are_marked_and_nothing_else_is(box: Dovecot) -> None:
    message = mailed()
    box.lay(NEWS)
    box.lay(bounce(message))
    poll(stored(box, afterwards="mark"), box)
    flags = list(box.mails().values())
    assert len(taken()) == 1
    assert sorted(map(len, flags)) == [0, 2]
    assert "S" in max(flags)
    assert OURS in (box.maildir / "dovecot-keywords").read_text()


def test_what_others_marked_as_deleted_is_not_deleted_by_us(box: Dovecot) -> None:
    box.lay(NEWS, flags="T")
    box.lay(bounce(mailed()))
    poll(stored(box), box)
    assert list(box.mails().values()) == ["T"]


def test_what_was_read_is_not_read_again(box: Dovecot) -> None:
    box.lay(NEWS)
    mailbox = poll(stored(box), box)
    poll(mailbox, box)
    assert mailbox.looked_at == 1
    box.lay(bounce(mailed()))
    poll(mailbox, box)
    assert (mailbox.looked_at, mailbox.taken) == (2, 1)


def test_a_mailbox_that_was_numbered_anew_is_read_again_and_nothing_counts_twice(box: Dovecot) -> None:
    box.lay(bounce(mailed()))
    mailbox = poll(stored(box, afterwards="mark"), box)
    validity = mailbox.uid_validity
    ReturnMailbox.objects.filter(pk=mailbox.pk).update(uid_validity=1, last_uid=99)
    poll(mailbox, box)
    assert (mailbox.uid_validity, mailbox.last_uid) == (validity, 1)
    assert len(taken()) == 1


def test_of_a_mailbox_that_is_new_to_us_the_last_two_weeks_are_read(box: Dovecot) -> None:
    for days in range(60, 0, -1):
        box.lay(NEWS.replace(b"Hello", b"Day %d" % days), age_days=days)
    mailbox = poll(stored(box), box)
    assert mailbox.looked_at == 13
    assert mailbox.behind == 0


@pytest.mark.parametrize("protocol", ["imap", "pop3"])
def test_a_poll_is_bounded_and_the_next_one_goes_on(
    box: Dovecot, protocol: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "MOST_MAILS", 2)
    message = mailed()
    for _ in range(4):
        box.lay(NEWS)
    box.lay(bounce(message))
    mailbox = poll(stored(box, protocol), box)
    assert (mailbox.looked_at, mailbox.behind) == (2, 3)
    assert mailbox.next_poll_at <= timezone.now()
    poll(poll(mailbox, box), box)
    assert (mailbox.looked_at, mailbox.taken, mailbox.behind) == (5, 1, 0)
    assert mailbox.next_poll_at > timezone.now()


@pytest.mark.parametrize("protocol", ["imap", "pop3"])
def test_of_a_mail_of_30_mb_the_beginning_is_read_and_counts(box: Dovecot, protocol: str) -> None:
    """Takes a second: Dovecot writes and sends it."""
    raw = bounce(mailed())
    end = raw.rindex(b"--b1--")
    attached = b"--b1\r\nContent-Type: application/octet-stream\r\n\r\n" + (b"x" * 76 + b"\r\n") * 390_000
    box.lay(raw[:end] + attached + raw[end:])
    poll(stored(box, protocol), box)
    row = taken()[0]
    assert len(row.raw) <= WANTED_BYTES
    settling.settle_now([row.pk])
    assert FeedbackEvent.objects.get().kind == "bounce"


def test_pop3_takes_reports_once_and_leaves_all_mails_where_they_are(box: Dovecot) -> None:
    box.lay(NEWS)
    box.lay(bounce(mailed()))
    mailbox = poll(stored(box, "pop3"), box)
    poll(mailbox, box)
    assert (mailbox.looked_at, mailbox.taken) == (2, 1)
    assert list(box.mails().values()) == ["", ""]
    assert KnownMail.objects.count() == 2
    box.lay(bounce(mailed(email="ben@example.org")))
    poll(mailbox, box)
    assert (mailbox.looked_at, mailbox.taken) == (3, 2)


def test_pop3_servers_without_top_are_read_whole(box: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    def top(self: pop3.Client, which: int, howmuch: int) -> None:
        self._shortcmd(f"TIP {which}")  # type: ignore[attr-defined]  # a command that Dovecot does not know

    monkeypatch.setattr(pop3.Client, "top", top)
    box.lay(bounce(mailed()))
    assert poll(stored(box, "pop3"), box).taken == 1


def test_pop3_forgets_mails_that_somebody_deleted(box: Dovecot) -> None:
    box.lay(NEWS)
    box.lay(NEWS)
    mailbox = poll(stored(box, "pop3"), box)
    next(file for part in ("new", "cur") for file in (box.maildir / part).iterdir()).unlink()
    poll(mailbox, box)
    assert KnownMail.objects.count() == 1
    assert mailbox.looked_at == 2


def test_a_poll_that_dies_after_taking_loses_nothing_and_counts_nothing_twice(
    box: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.lay(bounce(mailed()))
    mailbox = stored(box)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(polling._Poll, "_put_away", die)
        with pytest.raises(KeyboardInterrupt):
            poll(mailbox, box)
    assert len(box.mails()) == 1
    poll(mailbox, box)
    assert len(taken()) == 1
    assert (len(box.mails()), len(box.mails("Tallypost"))) == (0, 1)


def test_a_database_that_keeps_nothing_leaves_the_report_for_the_next_poll(
    box: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.lay(bounce(mailed()))
    mailbox = stored(box)

    def away(*_: object, **__: object) -> None:
        raise OSError("the database is away")

    with monkeypatch.context() as patched:
        patched.setattr(intake, "take", away)
        with pytest.raises(OSError, match="away"):
            poll(mailbox, box)
    assert list(box.mails().values()) == [""]
    assert poll(mailbox, box).taken == 1


def test_what_is_polled_already_or_paused_is_left_alone(box: Dovecot) -> None:
    box.lay(NEWS)
    mailbox = stored(box, next_poll_at=timezone.now() + timedelta(minutes=2))
    polling.poll(mailbox.pk, box.opened)
    ReturnMailbox.objects.update(is_paused=True)
    mailbox = poll(mailbox, box)
    assert (mailbox.looked_at, box.resolved) == (0, [])


def test_a_mailbox_that_is_edited_while_it_is_read_begins_anew(box: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    box.lay(bounce(mailed()))
    mailbox = stored(box)

    def opened(account: Account, deadline: Deadline, position: Position | None = None) -> Opening:
        ReturnMailbox.objects.filter(pk=mailbox.pk).update(folder="Other")
        return box.opened(account, deadline, position)

    polling.poll(mailbox.pk, opened)
    mailbox.refresh_from_db()
    assert (mailbox.last_uid, mailbox.uid_validity, mailbox.read_at) == (0, None, None)


def test_a_dead_server_is_told_with_its_cure_and_tried_again_less_and_less_often(box: Dovecot) -> None:
    mailbox = stored(box, port=_closed_port())
    waits = []
    for _ in range(4):
        poll(mailbox, box)
        waits.append(round((mailbox.next_poll_at - timezone.now()).total_seconds() / 60))
    assert waits == [2, 5, 15, 30]
    assert "Nothing listens on port" in mailbox.problem
    assert "993 for IMAP" in mailbox.cure
    assert ReturnMailbox.objects.in_trouble().exists()
    ReturnMailbox.objects.update(port=box.ports["imaps"])
    mailbox = poll(mailbox, box)
    assert (mailbox.failures, mailbox.problem, mailbox.failing_since) == (0, "", None)


@pytest.mark.parametrize("protocol", ["imap", "pop3"])
def test_a_refused_login_is_not_repeated_soon(box: Dovecot, protocol: str) -> None:
    mailbox = poll(stored(box, protocol, secret="wrong"), box)
    assert "refused the user name or the password" in mailbox.problem
    assert mailbox.next_poll_at > timezone.now() + timedelta(minutes=25)


def test_a_password_that_no_key_opens_any_more_is_asked_for_again(box: Dovecot) -> None:
    mailbox = stored(box)
    ReturnMailbox.objects.update(secret_sealed=b"from another installation")
    assert "enter the password again" in poll(mailbox, box).cure


def test_a_folder_for_reports_that_cannot_be_made_is_told_and_reports_count(box: Dovecot) -> None:
    box.lay(bounce(mailed()))
    (box.maildir / ".Tallypost").write_text("a file in its place")
    mailbox = poll(stored(box), box)
    assert "cannot be moved" in mailbox.problem
    assert (mailbox.taken, mailbox.last_uid) == (1, 1)


def test_a_private_server_is_refused_unless_the_owner_allows_it(box: Dovecot) -> None:
    def opened(account: Account, deadline: Deadline, position: Position | None = None) -> Opening:
        return Opening(account, deadline, position, guard=Guard(Allowed(), lambda host, port: ["127.0.0.1"]))

    mailbox = stored(box)
    polling.poll(mailbox.pk, opened)
    mailbox.refresh_from_db()
    assert "EGRESS_ALLOW" in mailbox.problem


GREETING = b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n"
HOSTILE = {
    "says it sends two gigabytes": [GREETING, b"* 1 FETCH (BODY[] {2000000000}\r\nxxx"],
    "sends lines without end": [GREETING, *[b"* " + b"x" * 900_000 + b"\r\n"] * 120],
    "sends one line without end": [GREETING, b"x" * 2_000_000],
    "hangs up": [GREETING],
    "is no mail server": [b"HTTP/1.1 400 Bad Request\r\n\r\n"],
    "answers nonsense": [GREETING, b"* OK fine\r\n* SEARCH a b c\r\n* 99999999999999999999 EXISTS\r\n)(\r\n"],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_server_cannot_make_us_read_without_end(name: str, box: Dovecot) -> None:
    with _Saying(HOSTILE[name]) as port:
        mailbox = poll(stored(box, port=port, security="none"), box)
    assert mailbox.problem
    assert mailbox.failures == 1


def test_pages_are_bounded_by_count_and_by_what_is_read_of_each_mail() -> None:
    small = [len(page) for page in pages([Lying(number, 1_000) for number in range(250)])]
    large = [len(page) for page in pages([Lying(number, 30_000_000) for number in range(40)])]
    assert small == [100, 100, 50]
    assert large == [15, 15, 10]


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@pytest.mark.parametrize("protocol", ["imap", "pop3"])
def test_dmarc_reports_on_our_domains_are_taken_also_long_ones_and_others_stay(box: Dovecot, protocol: str) -> None:
    SendingDomain.objects.create(name=samples.NAME, confirmed_at=timezone.now())
    noise = "".join(f"<x>{hashlib.sha512(str(n).encode()).hexdigest()}</x>" for n in range(3_200))
    long = samples.mail(samples.gzipped(samples.xml(more=f"<note>{noise}</note>", number="2")))
    assert len(long) > WANTED_BYTES
    for raw in (samples.GOOGLE, long, samples.mail(samples.gzipped(samples.xml(domain="elsewhere.example")))):
        box.lay(raw)
    mailbox = poll(stored(box, protocol), box)
    assert (mailbox.problem, mailbox.looked_at, mailbox.taken) == ("", 3, 2)
    settling.settle(READER)
    assert sorted(DmarcReport.objects.values_list("number", flat=True)) == ["1", "2"]


@pytest.mark.parametrize("protocol", ["imap", "pop3"])
def test_a_mailbox_that_is_signed_in_by_token_is_read_and_a_refusal_says_what_to_do(
    box: Dovecot, protocol: str, token_server: TokenServer
) -> None:
    mailbox = stored(box, protocol, login_by="token", secret="")
    assert poll(mailbox, box).problem == "Nobody has signed in yet."
    sealed = {"client_secret_sealed": secrets.seal("x"), "refresh_sealed": secrets.seal("y")}
    OAuthLogin.objects.create(service="microsoft", client_id="c", mailbox=mailbox, **sealed)
    box.lay(bounce(mailed()))
    token_server.answer = {"access_token": token(box.user), "expires_in": 3600}
    read = poll(mailbox, box)
    assert (read.problem, read.taken) == ("", 1)
    OAuthLogin.objects.update(expires_at=timezone.now())
    token_server.status, token_server.answer = 400, {"error": "invalid_grant"}
    failed = poll(mailbox, box)
    assert failed.problem == "Microsoft does not accept the sign-in any more."
    assert failed.cure.startswith("Sign in again.")


class _Saying:
    """A server that says its lines to whoever connects, whatever it is asked."""

    def __init__(self, lines: list[bytes]) -> None:
        self._lines = lines

    def __enter__(self) -> int:
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        port: int = self._listener.getsockname()[1]
        return port

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        try:
            connected, _ = self._listener.accept()
            with connected:
                for line in self._lines:
                    connected.sendall(line)
                    time.sleep(0.001)
        except OSError:
            pass
