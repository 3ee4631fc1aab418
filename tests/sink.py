"""`python -m tests.sink PORT FILE [DELAY_MS [heads]]`: an SMTP server that keeps every mail it takes in a growing file.

A mail is written before it is answered with 250: what the file lacks was never accepted, what it holds twice was
sent twice. PIPELINING is announced; the mail is kept as sent, after removing the transparency dots; with `heads`,
only who got which Message-ID. Nobody lives at `nobody…@`, and `later…@` is busy when it is called for the first time.
"""

import asyncio
import json
import re
import sys
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count as count_up
from pathlib import Path
from typing import Any, BinaryIO

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.MULTILINE | re.IGNORECASE)
_called: set[str] = set()


class Sink(asyncio.Protocol):
    def __init__(self, file: Path, delay: float, heads_only: bool) -> None:
        self.log = file.open("ab", buffering=0)
        self.delay = delay
        self.heads_only = heads_only
        self.buffer = b""
        self.in_data = False
        self.sender = self.recipient = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.reply("220 sink.example ESMTP")

    def connection_lost(self, exc: Exception | None) -> None:
        self.log.close()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while True:
            end = b"\r\n.\r\n" if self.in_data else b"\r\n"
            part, found, rest = self.buffer.partition(end)
            if not found:
                return
            self.buffer = rest
            if self.in_data:
                self.keep(part + b"\r\n")
            else:
                self.obey(part.decode("latin-1"))

    def obey(self, line: str) -> None:
        verb = line[:4].upper()
        if verb == "EHLO":
            self.reply("250-sink.example\r\n250-PIPELINING\r\n250-SIZE 10485760\r\n250 8BITMIME")
        elif verb == "MAIL":
            self.sender, self.recipient = _between_brackets(line), ""
            self.reply("250 2.1.0 OK")
        elif verb == "RCPT":
            self.reply(self.admit(_between_brackets(line)))
        elif verb == "DATA":
            self.in_data = bool(self.recipient)
            self.reply("354 go on" if self.in_data else "503 5.5.1 for whom?")
        elif verb == "QUIT":
            self.reply("221 bye")
            self.transport.close()
        else:
            self.reply("250 OK")

    def admit(self, recipient: str) -> str:
        if recipient.startswith("nobody"):
            return "550 5.1.1 no such user here"
        if recipient.startswith("later") and recipient not in _called:
            _called.add(recipient)
            return "450 4.2.1 mailbox busy, try again later"
        self.recipient = recipient
        return "250 2.1.5 OK"

    def keep(self, body: bytes) -> None:
        self.in_data = False
        body = body.replace(b"\r\n..", b"\r\n.")
        found = _MESSAGE_ID.search(body)
        body = b"" if self.heads_only else body
        name = found.group(1).decode() if found else ""
        head = json.dumps({"from": self.sender, "to": self.recipient, "id": name, "bytes": len(body)}).encode()
        self.log.write(head + b"\n" + body)  # one write: mails of several connections do not mix
        self.reply("250 2.0.0 kept")

    def reply(self, text: str) -> None:
        answer = text.encode() + b"\r\n"
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, self.transport.write, answer)
        else:
            self.transport.write(answer)


def _between_brackets(line: str) -> str:
    return line[line.index("<") + 1 : line.index(">")]


def kept(file: Path, since: int = 0) -> Iterator[tuple[str, EmailMessage]]:
    """Envelope recipient and mail of everything in the file but the first so many, in the order it came."""
    for recipient, mail in as_sent(file, since):
        yield recipient, message_from_bytes(mail, policy=policy.default)


def as_sent(file: Path, since: int = 0) -> Iterator[tuple[str, bytes]]:
    """The same in bytes: to read a mail takes milliseconds."""
    if file.exists():
        with file.open("rb") as stream:
            for number in count_up():
                if (envelope := _head(stream)) is None or len(body := stream.read(envelope["bytes"])) < envelope[
                    "bytes"
                ]:
                    return
                if number >= since:
                    yield envelope["to"], body


def heads(file: Path, start: int = 0) -> Iterator[dict[str, Any]]:
    """Of each mail from that place in the file on: envelope, Message-ID, size and the place where it ends."""
    with file.open("rb") as stream:
        stream.seek(start)
        while head := _head(stream):
            yield {**head, "end": stream.seek(head["bytes"], 1)}


def _head(stream: BinaryIO) -> dict[str, Any] | None:
    """None at the end of the file, also where the next one is being written: its beginning may be there alone."""
    line = stream.readline()
    return json.loads(line) if line.endswith(b"\n") else None


_counted: dict[Path, tuple[int, int]] = {}


def count(file: Path) -> int:
    """How many mails the file holds. Goes on where the last count of it ended, so it may be asked often."""
    place, found = _counted.get(file, (0, 0))
    if file.exists():
        with file.open("rb") as stream:
            stream.seek(place)
            while head := _head(stream):
                place = stream.seek(head["bytes"], 1)
                found += 1
    _counted[file] = place, found
    return found


async def main(port: int, file: Path, delay: float, heads_only: bool) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: Sink(file, delay, heads_only), "127.0.0.1", port)
    print("listening", flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    wait = float(sys.argv[3]) / 1000 if len(sys.argv) > 3 else 0
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]), wait, "heads" in sys.argv))
