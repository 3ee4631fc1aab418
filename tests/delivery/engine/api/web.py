"""A provider's web interface on loopback: it takes requests as the service does and answers in its words.

The address of a mail says what becomes of it: `later@` is answered by "too many requests", `silent@` not at all.
"""

import base64
import json
import ssl
import threading
import tomllib
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

KEY = "canary-key-3f9a"


@dataclass
class Got:
    """What a request said, in one form for all services."""

    path: str
    key: str
    recipient: str
    sender: str = ""
    mark: str = ""
    raw: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    subject: str = ""
    html: str = ""
    repeat_key: str = ""
    files: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Words:
    """A service's: status, body, and headers of its own."""

    status: int
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


class Web(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, service: str, context: ssl.SSLContext | None = None) -> None:
        """`context`: by TLS."""
        super().__init__(("127.0.0.1", 0), _Handler)
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.service = service
        self.read, self.words = READERS[service], WORDS[service]
        self.got: list[Got] = []
        self.connections = 0
        self.refuses: Words | None = None  # everything, by this
        self.times: Counter[str] = Counter()
        self.recovers = False  # who was silent once answers when asked again
        self.is_silent: Callable[[], None] = lambda: None  # told of each request that will get no answer
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def close(self) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # who was cut off


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Web

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            got = self.server.read(self.path, self.headers, body)
        except (KeyError, IndexError, AssertionError):
            asked = "domains" if b"GetIdentityVerificationAttributes" in body else "knock"
            nobody = Words(400, '{"message": "nothing to send"}')
            self._answer(self.server.refuses or self.server.words.get(asked, nobody), Got(self.path, "", ""))
            return
        self.server.got.append(got)
        case = got.recipient.partition("@")[0].rstrip("0123456789")
        self.server.times[case] += 1
        if case in ("silent", "cut") and not (self.server.recovers and self.server.times[case] > 1):
            if case == "silent":
                self.server.is_silent()
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(2)
            return
        words = self.server.refuses or self.server.words.get(case) or self.server.words["ok"]
        self._answer(words, got)

    def do_GET(self) -> None:
        asked = "domains" if "domains" in self.path else "get"
        self._answer(self.server.refuses or self.server.words.get(asked, Words(404)), Got(self.path, "", ""))

    def _answer(self, words: Words, got: Got) -> None:
        body = words.body.replace("RECIPIENT", got.recipient).encode()
        self.send_response(words.status)
        kind = "application/json" if body[:1] in (b"{", b"[") else "text/html"
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **words.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


Read = Callable[[str, Any, bytes], Got]


def _sendgrid(path: str, headers: Any, body: bytes) -> Got:
    said = json.loads(body)
    person = said["personalizations"][0]
    return Got(
        path,
        headers["Authorization"].removeprefix("Bearer "),
        person["to"][0]["email"],
        mark=(person.get("custom_args") or said.get("custom_args", {})).get("tallypost", ""),
        headers=said.get("headers", {}),
        subject=said["subject"],
        html=said["content"][-1]["value"],
        files={one["filename"]: base64.b64decode(one["content"]) for one in said.get("attachments", ())},
    )


def _postmark(path: str, headers: Any, body: bytes) -> Got:
    said = json.loads(body)
    assert said["TrackOpens"] is False
    return Got(
        path,
        headers["X-Postmark-Server-Token"],
        said["To"],
        mark=said["Metadata"]["tallypost"],
        headers={each["Name"]: each["Value"] for each in said["Headers"]},
        subject=said["Subject"],
        html=said["HtmlBody"],
    )


def _brevo(path: str, headers: Any, body: bytes) -> Got:
    said = json.loads(body)
    own = said["headers"]
    return Got(
        path,
        headers["api-key"],
        said["to"][0]["email"],
        mark=own["X-Mailin-custom"],
        headers=own,
        subject=said["subject"],
        html=said.get("htmlContent", ""),
        repeat_key=own.get("idempotencyKey", ""),
    )


def _mailjet(path: str, headers: Any, body: bytes) -> Got:
    said = json.loads(body)
    user, key = base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode().split(":")
    assert user == "user"
    every = said["Globals"]
    return Got(
        path,
        key,
        said["Messages"][0]["To"][0]["Email"],
        mark=every["CustomID"],
        headers=every.get("Headers", {}),
        subject=every["Subject"],
        html=every["HTMLPart"],
    )


def _resend(path: str, headers: Any, body: bytes) -> Got:
    said = json.loads(body)
    return Got(
        path,
        headers["Authorization"].removeprefix("Bearer "),
        said["to"][0],
        mark=said["headers"]["X-Tallypost"],
        headers=said["headers"],
        subject=said["subject"],
        html=said["html"],
        repeat_key=headers.get("Idempotency-Key", ""),
    )


def _mailersend(path: str, headers: Any, body: bytes) -> Got:
    said = json.loads(body)
    return Got(
        path,
        headers["Authorization"].removeprefix("Bearer "),
        said["to"][0]["email"],
        mark=said["tags"][0],
        headers={each["name"]: each["value"] for each in said["headers"]}
        | ({"Precedence": "bulk"} if said["precedence_bulk"] else {}),
        subject=said["subject"],
        html=said["html"],
    )


def _mailgun(path: str, headers: Any, body: bytes) -> Got:
    form: Any = message_from_bytes(b"Content-Type: " + headers["Content-Type"].encode() + b"\r\n\r\n" + body)
    fields = {part.get_param("name", header="content-disposition"): part for part in form.get_payload()}
    _, key = base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode().split(":")
    raw = body[body.index(b"message/rfc822\r\n\r\n") + 18 : body.rindex(b"\r\n--")]
    assert "o:testmode" in fields or fields["o:tracking"].get_payload() == "no"
    return _whole(Got(path, key, str(fields["to"].get_payload()), raw=raw))


def _sparkpost(path: str, headers: Any, body: bytes) -> Got:
    said = json.loads(body)
    person = said["recipients"][0]
    raw = said["content"]["email_rfc822"].encode()
    return _whole(
        Got(
            path,
            headers["Authorization"],
            person["address"]["email"],
            said["return_path"],
            person["metadata"]["tallypost"],
            raw,
        )
    )


def _postal(path: str, headers: Any, body: bytes) -> Got:
    said = json.loads(body)
    raw = base64.b64decode(said["data"])
    return _whole(Got(path, headers["X-Server-API-Key"], said["rcpt_to"][0], said["mail_from"], raw=raw))


def _amazon_ses(path: str, headers: Any, body: bytes) -> Got:
    said = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    assert "Credential=user/" in headers["Authorization"]
    assert "/eu-central-1/ses/aws4_request" in headers["Authorization"]
    raw = base64.b64decode(said["RawMessage.Data"])
    return _whole(Got(path, KEY, said["Destinations.member.1"], said["Source"], raw=raw))


def _whole(got: Got) -> Got:
    read = message_from_bytes(got.raw, _class=EmailMessage, policy=policy.default)
    got.headers = {name: str(value) for name, value in read.items()}
    got.subject = str(read["Subject"])
    return got


READERS: dict[str, Read] = {
    "amazon_ses": _amazon_ses,
    "brevo": _brevo,
    "mailersend": _mailersend,
    "mailgun": _mailgun,
    "mailjet": _mailjet,
    "postal": _postal,
    "postmark": _postmark,
    "resend": _resend,
    "sendgrid": _sendgrid,
    "sparkpost": _sparkpost,
}
WORDS: dict[str, dict[str, Words]] = {
    service: {case: Words(**words) for case, words in cases.items()}
    for service, cases in tomllib.loads(Path(__file__).with_name("words.toml").read_text()).items()
}
