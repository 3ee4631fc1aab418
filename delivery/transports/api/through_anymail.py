"""Requests and answers of services by django-anymail, which knows the form of each.

Of its backends, what writes a request and what reads an answer is used; its sessions are not, because they go past
accounts.egress, and neither are its settings, of which there is one set for an installation.
"""

import json
import warnings
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import Any, ClassVar

from anymail.exceptions import AnymailAPIError, AnymailError
from anymail.message import AnymailMessage
from anymail.utils import EmailAddress
from django.utils.datastructures import CaseInsensitiveMapping

from accounts.egress.fetching import Answer
from delivery.transports.api.answers import ITS_LIST, Phrases, not_taken, said
from delivery.transports.api.forms import Account, Mail, NotTaken, Request, Spoken, Taken, Told, Unknown
from delivery.transports.base import CannotCarry

_TAKEN = frozenset({"queued", "sent"})


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer as anymail's readers expect it."""

    answer: Answer

    @property
    def status_code(self) -> int:
        return self.answer.status

    @property
    def url(self) -> str:
        return self.answer.url

    @property
    def reason(self) -> str:
        return ""

    @property
    def headers(self) -> Mapping[str, str]:
        return CaseInsensitiveMapping(self.answer.headers)

    @property
    def content(self) -> bytes:
        return self.answer.body

    @property
    def text(self) -> str:
        return self.answer.body.decode("utf-8", "replace")

    def json(self) -> Any:
        return json.loads(self.answer.body)


class ThroughAnymail:
    """What services have in common that are told a mail one way or another, and answer as anymail reads it."""

    name: ClassVar[str]
    backend: ClassVar[str]
    key_name: ClassVar[str] = "api_key"
    phrases: ClassVar[Phrases] = ()

    def __init__(self, account: Account) -> None:
        self.account = account
        made = import_module(f"anymail.backends.{self.backend}").EmailBackend
        with warnings.catch_warnings():
            # SendGrid's is not tested any more by anymail, which we do ourselves.
            warnings.simplefilter("ignore")
            self.esp = made(api_url=account.url, **{self.key_name: account.key}, **self.settings())

    def settings(self) -> dict[str, Any]:
        """More of what its backend wants to know."""
        return {}

    def read(self, request: Request, answer: Answer) -> Taken | NotTaken | Unknown:
        payload, message = request.about
        response = Heard(answer)
        try:
            self.esp.raise_for_status(response, payload, message)
            found = self.esp.parse_recipient_status(response, payload, message)
        except (AnymailAPIError, KeyError, TypeError, ValueError, AttributeError):
            return self.not_taken(request, answer)
        recipient = message.to[0]
        status = found.get(recipient) or next(iter(found.values()))
        if status.status in _TAKEN:
            return Taken(self.receipt(answer, status.message_id))
        if status.status in ("rejected", "invalid"):
            stage, code, enhanced = ITS_LIST
            words = f"{self.name} did not send it: {said(answer)}"
            return NotTaken(stage, Spoken(code, enhanced, words))
        return self.not_taken(request, answer)

    def rehearse(self, mail: Mail) -> Request | None:
        return None

    def ask_sender(self, address: str) -> Request | None:
        return None

    def allows(self, address: str, answer: Answer) -> bool:
        raise ValueError("it says nothing")

    def ask_quota(self) -> Request | None:
        return None

    def quota(self, answer: Answer) -> Told:
        raise ValueError("it says nothing")

    def receipt(self, answer: Answer, message_id: object) -> str:
        return str(message_id or "")

    def not_taken(self, request: Request, answer: Answer) -> NotTaken | Unknown:
        return not_taken(self.name, answer, request.about[1].to[0], self.phrases)


class ByFields(ThroughAnymail):
    """A service that is told the fields of a mail and puts it together itself."""

    # Headers that it refuses, or replaces by its own.
    withheld: ClassVar[frozenset[str]] = frozenset()
    repeats: ClassVar[bool] = False

    def bearer_question(self, path: str) -> Request:
        """Of the account, for services that let its key in so."""
        headers = {"Authorization": f"Bearer {self.account.key}"}
        return Request(f"{self.esp.api_url}{path}", headers, b"", method="GET")

    def write(self, mail: Mail) -> Request:
        message = self.message(mail)
        try:
            payload = self.esp.build_message_payload(message, {})
            asked = payload.get_request_params(self.esp.api_url)
        except AnymailError as problem:
            raise CannotCarry("unsupported", str(problem.args[0] if problem.args else problem)) from problem
        headers = {name: str(value) for name, value in (asked["headers"] or {}).items()}
        if asked["auth"]:
            headers["Authorization"] = basic(*asked["auth"])
        body = asked["data"]
        return Request(
            asked["url"],
            headers | self.request_headers(mail),
            body.encode() if isinstance(body, str) else body,
            repeats=self.repeats and bool(mail.mark),
            about=(payload, message),
        )

    def knock(self) -> Request:
        """Its own form of a mail to nobody."""
        said = self.esp.build_message_payload(AnymailMessage(from_email="a@b.example", to=["a@b.example"]), {})
        asked = said.get_request_params(self.esp.api_url)
        headers = {name: str(value) for name, value in (asked["headers"] or {}).items()}
        if asked["auth"]:
            headers["Authorization"] = basic(*asked["auth"])
        return Request(asked["url"], headers, b"{}")

    def message(self, mail: Mail) -> AnymailMessage:
        parts = mail.parts()
        headers = {name: value for name, value in parts.headers if name.lower() not in self.withheld}
        sender = headers.pop("From")
        headers.pop("To", None)
        message = AnymailMessage(
            subject=parts.subject,
            body=parts.text,
            from_email=_quoted(sender),
            to=[mail.recipient],
            headers=headers,
        )
        if parts.html:
            message.attach_alternative(parts.html, "text/html")
        for file in parts.attached():
            message.attach(file.name, file.content, file.media_type)
        self.mark(message, mail)
        return message

    def mark(self, message: AnymailMessage, mail: Mail) -> None:
        """Have our number of it given back with events, and the links and pictures left alone."""
        raise NotImplementedError

    def request_headers(self, mail: Mail) -> dict[str, str]:
        return {}


class Whole(ThroughAnymail):
    """A service that takes a mail as it stands, with every header of it."""

    def about(self, mail: Mail) -> tuple[Any, Any]:
        """What anymail's reader looks at of what it would have written."""
        to = [EmailAddress("", mail.recipient)]
        payload = SimpleNamespace(recipients=to, all_recipients=to, sender_domain=self.account.option("domain"))
        return payload, SimpleNamespace(to=[mail.recipient])


def basic(user: str, password: str) -> str:
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode('ascii')}"


def _quoted(sender: str) -> str:
    """Content writes a name as people see it; an address header wants quotes around its commas."""
    name, bracket, address = sender.rpartition("<")
    if not bracket:
        return sender
    escaped = name.strip().replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" <{address}'
