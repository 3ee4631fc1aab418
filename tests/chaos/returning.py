"""Servers that write back while everything is being killed: some mailboxes turn out to be full after all."""

import smtplib
import threading
import time
from typing import Any

from config import keys
from delivery import tokens, verp
from delivery.models import MessageState
from tests.chaos.arena import BOUNCES, Arena, Flight

_EVERY, _TWICE = 9, 4  # of the mails taken one bounces, of the bounces one comes twice
_AT_ONCE = 50
_PATIENCE = 90


class Returning(threading.Thread):
    """Hands in a report of every ninth mail, each until it was taken with 250, as mail servers do."""

    def __init__(self, arena: Arena, flight: Flight) -> None:
        super().__init__(daemon=True)
        self._arena, self._flight = arena, flight
        self._over = threading.Event()
        self._sealer = _sealer(arena)
        self.reported: set[str] = set()

    def stop(self) -> None:
        """Once all that the server took has been reported."""
        self._over.set()
        self.join(_PATIENCE)

    def run(self) -> None:
        while True:
            is_last = self._over.is_set()
            heads = self._flight.heads()[::_EVERY]
            waiting = [head for head in heads if head["id"] not in self.reported]
            for head in waiting[:_AT_ONCE]:
                self._hand_in(head)
            if is_last and len(waiting) <= _AT_ONCE:
                return
            self._over.wait(0.3)

    def _hand_in(self, head: dict[str, Any]) -> None:
        to = verp.spelled(self._sealer.seal(tokens.BOUNCE, _number(self._sealer, head["id"])), BOUNCES)
        times = 2 if len(self.reported) % _TWICE == 0 else 1
        deadline = time.monotonic() + _PATIENCE
        while times and time.monotonic() < deadline:
            try:
                with smtplib.SMTP("127.0.0.1", self._arena.return_port, "mx.example.org", 10) as server:
                    server.sendmail("", [to], _report(head, to, times))
                times -= 1
            except (OSError, smtplib.SMTPException):
                time.sleep(0.2)
        self.reported.add(head["id"])


def problems(arena: Arena, flight: Flight, reported: set[str]) -> list[str]:
    """Each message that was reported stands in the second line once, whatever died meanwhile; nothing else does."""
    _wait_until_read(arena)
    numbers = list(_numbers(arena, reported))
    states = dict(arena.sql("SELECT id, state FROM delivery_message WHERE id = ANY(%s)", numbers))
    expected = {number for number, state in states.items() if state == MessageState.ACCEPTED}
    query = "SELECT message_id FROM delivery_feedback WHERE batch_id = %s"
    standing = {row[0] for row in arena.sql(query, flight.batch)}
    query = """SELECT coalesce(sum(soft), 0), coalesce(sum(hard + complained + delivered), 0)
               FROM delivery_feedbackcount WHERE batch_id = %s"""
    soft, others = arena.sql(query, flight.batch)[0]
    told = []
    if standing != expected:
        told.append(f"{len(expected - standing)} bounces lost, {len(standing - expected)} of nobody's")
    if (int(soft), int(others)) != (len(standing), 0):
        told.append(f"the second line says {soft} + {others}, its rows {len(standing)}")
    return told


def _wait_until_read(arena: Arena) -> None:
    """Turns the clock on for those that wait for their mail to be booked."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        arena.sql("UPDATE delivery_returned SET due_at = now() WHERE due_at > now()")
        if arena.sql("SELECT count(*) FROM delivery_returned WHERE due_at IS NOT NULL")[0][0] == 0:
            return
        time.sleep(1)


def _report(head: dict[str, Any], to: str, copy: int) -> bytes:
    lines = [
        "From: MAILER-DAEMON@mx.example.org",
        f"To: {to}",
        f"Subject: Undelivered mail ({copy})",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example.org",
        "",
        f"Final-Recipient: rfc822; {head['to']}",
        "Action: failed",
        "Status: 5.2.2",
        "Diagnostic-Code: smtp; 552 5.2.2 Mailbox full",
        "",
        "--b",
        "Content-Type: text/rfc822-headers",
        "",
        f"Message-ID: {head['id']}",
        "",
        "--b--",
        "",
    ]
    return "\r\n".join(lines).encode()


def _numbers(arena: Arena, names: set[str]) -> set[int]:
    """The messages that Message-IDs were sealed for, by the product's own key."""
    sealer = _sealer(arena)
    return {_number(sealer, name) for name in names}


def _sealer(arena: Arena) -> tokens.Sealer:
    return tokens.Sealer(keys.read("TOKEN_KEY", arena.product.var).split(","))


def _number(sealer: tokens.Sealer, name: str) -> int:
    numbers = sealer.read(tokens.MESSAGE_ID, name.strip("<>").partition("@")[0])
    assert numbers, name
    return numbers[0]
