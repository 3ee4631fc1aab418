"""One SMTP connection that hands over message after message, chained behind each other (RFC 5321, RFC 2920).

Everything happens when a reply comes: with a coroutine a message, half the time would go into switching. The rules
that keep it exact: at most one unresolved dot; nothing after DATA until 354; an accepted envelope is abandoned only by
closing the socket.
"""

import os
import re
from collections.abc import Callable
from typing import cast

from delivery.guards import faults
from delivery.outcomes import Letter
from delivery.replies import Stage
from delivery.transports.base import Channel, Feed
from delivery.transports.smtp.dialogue import Await, Dialogue
from delivery.transports.smtp.wire import Reply, Violation, make_reply

_ENVELOPE = (Await.MAIL, Await.RCPT, Await.DATA)
_STAGES = {Await.MAIL: Stage.MAIL, Await.RCPT: Stage.RCPT, Await.DATA: Stage.DATA}
_QUIT_SECONDS = 2.0
_CHAINED = 4  # answers to a dot, MAIL, RCPT and DATA
_ALL_GOOD = re.compile(rb"(?:2\d\d(?: [^\r\n]{0,500})?\r\n){3}354(?: [^\r\n]{0,500})?\r\n").fullmatch


class Connection(Dialogue):
    def __init__(self, *, command_timeout: float = 60.0, dot_timeout: float = 120.0) -> None:
        super().__init__(command_timeout=command_timeout, dot_timeout=dot_timeout)
        self.is_idle = False
        self.delivered = 0
        self.gone: Callable[[Channel], None] | None = None
        self._feed: Feed | None = None
        self._fd = -1
        self._pipelines = self._says_size = False
        self._size_limit = 0
        self._left = 0
        self._retiring = False
        self._must_reset = False
        # The message whose envelope is under way and what was said against it; the one whose dot is unresolved.
        self._envelope: Letter | None = None
        self._refusal: tuple[Stage, Reply] | None = None
        self._dotted: Letter | None = None
        self._waiting_dot = b""  # with what follows it: the body is not all in the kernel yet

    def begin(self, feed: Feed, *, messages: int) -> None:
        """Hand over what `feed` gives, at most `messages` on this connection over its life."""
        self._feed = feed
        self._fd = self._transport.get_extra_info("socket").fileno()
        self._left = messages - self.delivered
        self._pipelines = "PIPELINING" in self.features
        self._says_size = "SIZE" in self.features
        size = self.features.get("SIZE", "")
        self._size_limit = int(size) if size.isdigit() else 0
        self.is_idle = True
        self.wake()

    def wake(self) -> None:
        """There may be something to take again."""
        if self.is_idle and not self._closing and self._feed is not None:
            self.is_idle = False
            self._open_next(self._feed)

    def retire(self) -> None:
        """Take nothing more; quit when what is under way is settled."""
        self._retiring = True
        if self.is_idle:
            self.is_idle = False
            self._quit()

    # Replies

    def data_received(self, data: bytes) -> None:
        """Almost all that comes are the four good answers to a message and the envelope chained behind it, together."""
        letter, following = self._dotted, self._envelope
        if letter is None or following is None or len(self._expected) != _CHAINED or not _ALL_GOOD(data):
            super().data_received(data)
        elif self._is_in_step():
            self._expected.clear()
            self.delivered += 1
            self._send_body(cast("Feed", self._feed), following, accepted=letter)
        else:
            super().data_received(data)

    def _is_in_step(self) -> bool:
        """Nothing is half said, refused or to be died of: the four answers mean just what they say."""
        is_halfway = self._rest or self._lines or self._waiting_dot or self._refusal is not None
        return not (is_halfway or self._closing or self._deaf or faults.FAULT is not None)

    def _on_reply(self, awaited: Await, code: int, lines: list[bytes], more: bool) -> None:
        feed = self._feed
        if feed is None:
            raise Violation("a reply before anything was sent")
        if awaited is Await.DOT:
            self._on_dot(feed, code, lines)
        elif awaited is Await.RSET:
            if code >= 400:
                raise Violation(f"{code} in answer to RSET")
            if not self._pipelines and self._envelope is not None:
                self._say(self._mail_command(self._envelope), Await.MAIL)
        elif awaited is Await.VOID_DOT:
            self._open_next(feed)
        elif awaited is Await.QUIT:
            self.abort("closed by us")
        elif self._envelope is not None:
            self._on_envelope(feed, self._envelope, awaited, code, lines, more)

    def _on_dot(self, feed: Feed, code: int, lines: list[bytes]) -> None:
        letter = self._dotted
        if letter is None:
            raise Violation("a reply to a message that is settled")
        if code < 300 and self._waiting_dot:
            raise Violation("accepted before the end of the message")
        if code < 300:
            if faults.FAULT is not None:
                faults.FAULT.hit("after_250")
            self._dotted = None
            self.delivered += 1
            feed.accepted(letter)
        elif code < 400:
            raise Violation(f"{code} in answer to a message")
        else:
            self._dotted = None
            feed.refused(letter, Stage.BODY, make_reply(lines))
            if self._waiting_dot or code == 421:
                self.abort(lines[-1].decode("utf-8", "replace"))
                return
        self._deadline = self._loop.time() + self._command_timeout
        if self._envelope is None:
            self._open_next(feed)

    def _on_envelope(
        self, feed: Feed, letter: Letter, awaited: Await, code: int, lines: list[bytes], more: bool
    ) -> None:
        good = code == 354 if awaited is Await.DATA else code < 300
        if not good:
            if code < 400 and self._refusal is None:
                raise Violation(f"{code} in answer to {awaited.name}")
            if self._refusal is None:
                self._refusal = (_STAGES[awaited], make_reply(lines))
            if code == 421:
                self._settle_refused(feed, letter)
                self.abort(lines[-1].decode("utf-8", "replace"))
                return
        if awaited is Await.DATA:
            self._after_data(feed, letter, code, more)
        elif not self._pipelines:
            self._step(feed, letter, awaited)

    def _step(self, feed: Feed, letter: Letter, awaited: Await) -> None:
        """One command at a time."""
        if self._refusal is not None:
            self._settle_refused(feed, letter)
            self._must_reset = True
            self._open_next(feed)
        elif awaited is Await.MAIL:
            self._say(b"RCPT TO:<%b>\r\n" % letter.recipient_address, Await.RCPT)
        else:
            self._say(b"DATA\r\n", Await.DATA)

    def _after_data(self, feed: Feed, letter: Letter, code: int, more: bool) -> None:
        refusal = self._refusal
        if refusal is None:
            if more:
                raise Violation("a reply before the message was sent")
            self._send_body(feed, letter)
            return
        self._settle_refused(feed, letter)
        if code != 354:
            self._must_reset = True
            self._open_next(feed)
        elif refusal[0] is Stage.RCPT:
            # Nobody was accepted, so this cannot deliver an empty mail (RFC 2920 3.1).
            self._say(b".\r\n", Await.VOID_DOT)
        else:
            self.abort("asked for a message it had refused")

    # Sending

    def _open_next(self, feed: Feed) -> None:
        letter = self._take(feed)
        if letter is None:
            self._rest_or_quit()
            return
        self._envelope, self._refusal = letter, None
        if self._pipelines:
            self._transport.write(self._envelope_commands(letter))
            self._deadline = self._loop.time() + self._command_timeout
        elif self._must_reset:
            self._must_reset = False
            self._say(b"RSET\r\n", Await.RSET)
        else:
            self._say(self._mail_command(letter), Await.MAIL)

    def _send_body(self, feed: Feed, letter: Letter, *, accepted: Letter | None = None) -> None:
        """`accepted`: the one before, of which the feed has not been told: it notes both at once."""
        # Rendered before this message is begun, so that a death in between leaves at most the one before uncertain.
        following = self._take(feed) if self._pipelines else None
        self._dotted = None
        if not (feed.begin(letter) if accepted is None else feed.chained(accepted, letter)):
            if following is not None:
                feed.lost(following, Stage.MAIL, uncertain=False, blame=False, why="stopped")
            self.abort("stopped")
            return
        self._envelope, self._refusal = following, None
        self._dotted = letter
        self._expected.append(Await.DOT)
        chain = self._envelope_commands(following) if following is not None else b""
        if faults.FAULT is not None and faults.FAULT.reached("before_dot"):
            os.write(self._fd, letter.body)
            faults.die()
        self._write_body(letter.body, b".\r\n" + chain)
        if faults.FAULT is not None:
            faults.FAULT.hit("after_dot")
        letter.body = b""
        self._deadline = self._loop.time() + self._dot_timeout

    def _write_body(self, body: bytes, dot: bytes) -> None:
        """Past the transport, which would not say how much of it the kernel has: the dot goes only when all has."""
        data = body + dot
        if not self.is_plain or self._paused:
            self._transport.write(data)
            return
        try:
            sent = os.write(self._fd, data)
        except OSError:  # full, or broken: the transport finds out
            sent = 0
        if sent >= len(body):
            if sent < len(data):
                self._transport.write(data[sent:])
            return
        self._waiting_dot = dot
        self._transport.write(data[sent : len(body)])
        if not self._paused:
            self.resume_writing()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._waiting_dot and not self._closing and not self._transport.is_closing():
            dot, self._waiting_dot = self._waiting_dot, b""
            self._transport.write(dot)

    def _take(self, feed: Feed) -> Letter | None:
        """The next message that this server's SIZE allows (RFC 1870), or None."""
        while self._left > 0 and not self._retiring:
            letter = feed.take()
            if letter is None:
                return None
            if not self._size_limit or len(letter.body) <= self._size_limit:
                self._left -= 1
                return letter
            words = f"5.3.4 The message has {len(letter.body)} bytes, this server takes {self._size_limit}"
            feed.refused(letter, Stage.DATA, Reply(552, (words,)))
        self._retiring = True
        return None

    def _envelope_commands(self, letter: Letter) -> bytes:
        commands = b"%bRCPT TO:<%b>\r\nDATA\r\n" % (self._mail_command(letter), letter.recipient_address)
        if self._must_reset:
            self._must_reset = False
            self._expected.append(Await.RSET)
            commands = b"RSET\r\n" + commands
        self._expected.extend(_ENVELOPE)
        return commands

    def _mail_command(self, letter: Letter) -> bytes:
        if self._says_size:
            return b"MAIL FROM:<%b> SIZE=%d\r\n" % (letter.return_address, len(letter.body))
        return b"MAIL FROM:<%b>\r\n" % letter.return_address

    # Ends

    def _rest_or_quit(self) -> None:
        if self._retiring:
            self._quit()
        else:
            self.is_idle = True
            self._deadline = float("inf")

    def _quit(self) -> None:
        self._say(b"QUIT\r\n", Await.QUIT)
        self._deadline = self._loop.time() + _QUIT_SECONDS

    def _settle_refused(self, feed: Feed, letter: Letter) -> None:
        refusal, self._refusal, self._envelope = self._refusal, None, None
        if refusal is None:
            return
        stage, reply = refusal
        if reply.code == 421 and self.delivered:
            # It has taken mail from us and now wants us gone: this is about the connection, not the message.
            feed.lost(letter, stage, uncertain=False, blame=False, why=reply.text, said=reply)
        else:
            feed.refused(letter, stage, reply)

    def _lost(self, why: str) -> None:
        self.is_idle = False
        if self.gone is not None:
            self.gone(self)
        feed = self._feed
        if feed is None:
            return
        dotted, self._dotted = self._dotted, None
        envelope, self._envelope = self._envelope, None
        if dotted is not None:
            feed.lost(dotted, Stage.BODY, uncertain=not self._waiting_dot, blame=True, why=why)
        if envelope is not None and self._refusal is not None:
            self._settle_refused(feed, envelope)
        elif envelope is not None:
            feed.lost(envelope, Stage.MAIL, uncertain=False, blame=not self.delivered, why=why)
        feed.closed(self, why)
