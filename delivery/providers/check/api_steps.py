"""Try a provider's web interface step by step; no mail comes of it. Each failure comes with its cure.

`run` yields every step as it ends and stops at the first that fails. It touches no database and never raises.
"""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus

from accounts.egress.deadline import Deadline
from accounts.egress.fetching import Answer, BadCertificate, NoAnswer
from accounts.egress.guard import Refused
from accounts.egress.line import Line
from delivery.connection_tests import State, Step
from delivery.content import Parts
from delivery.providers.check import cures, machines
from delivery.providers.check.cures import Failed
from delivery.replies import Category, Stage, classify
from delivery.transports.api.answers import not_taken
from delivery.transports.api.catalogue import Listed
from delivery.transports.api.forms import Account, Mail, NotTaken, Request, Service, Taken
from delivery.transports.api.transport import client_of
from delivery.transports.base import CannotCarry

TIMEOUT_SECONDS = 10.0
STEPS = {
    "dns": "Find the server",
    "connect": "Connect and encrypt",
    "login": "Key accepted",
    "sender": "Sender accepted",
    "quota": "Quota left",
}


@dataclass(frozen=True, slots=True)
class Target:
    listed: Listed
    host: str
    port: int
    account: Account
    service: Callable[[Account], Service] = field(repr=False)
    sender: str = ""
    sender_name: str = ""
    recipient: str = ""  # of the tester's own


@dataclass(frozen=True, slots=True)
class _Done:
    words: str
    state: State = State.GOOD
    cure: str = ""
    raw: str = ""


def run(target: Target) -> Iterator[Step]:
    trial = _Trial(target)
    acts = {
        "dns": trial.find,
        "connect": trial.connect,
        "login": trial.show_key,
        "sender": trial.offer_sender,
        "quota": trial.ask_quota,
    }
    try:
        for name, act in acts.items():
            step = _attempt(name, act, target)
            yield step
            if step.state == State.BAD:
                return
    finally:
        trial.close()


def _attempt(name: str, act: Callable[[], _Done], target: Target) -> Step:
    started = time.monotonic()
    step = partial(_step, name, started, target)
    try:
        done = act()
    except Failed as problem:
        return step(State.BAD, problem.words, problem.cure, problem.raw)
    except Refused as problem:
        return step(State.BAD, str(problem), "Check the server’s name.")
    except NoAnswer as problem:
        return step(State.BAD, str(problem), _AGAIN)
    return step(done.state, done.words, done.cure, done.raw)


_NO_ANSWER_TO_THAT = (ValueError, KeyError, TypeError, AttributeError, NoAnswer)
_AGAIN = "Try again in a minute. If it stays so, look at the provider’s status page and at this machine’s firewall."


def _step(name: str, started: float, target: Target, state: State, words: str, cure: str = "", raw: str = "") -> Step:
    key = target.account.key
    raw = raw.replace(key, "•••") if key else raw
    return Step(name, state, round((time.monotonic() - started) * 1000), words, cure, raw[:500])


class _Trial:
    def __init__(self, target: Target) -> None:
        self._target = target
        self._client = client_of(target.account.url)
        self._line: Line | None = None
        self._made: Service | None = None

    def close(self) -> None:
        if self._line is not None:
            self._line.close()

    def find(self) -> _Done:
        target = self._target
        try:
            with Deadline(TIMEOUT_SECONDS) as deadline:
                found = self._client.guard.judged(target.host, target.port, deadline)
        except (socket.gaierror, OSError) as problem:
            raise cures.unresolved(target.host, problem) from None
        return _Done(f"{target.host} is {', '.join(str(address) for address in found[:3])}.")

    def connect(self) -> _Done:
        self._line = Line(self._target.account.url, self._client)
        try:
            self._line.open(TIMEOUT_SECONDS)
        except BadCertificate as problem:
            raise cures.certificate(problem.code, self._target.host, self._peek()) from None
        shown = self._line.certificate
        if shown is None:
            return _Done("Not encrypted: the mail does not leave this machine.")
        until = cures.date(shown.until)
        words = f"Port {self._target.port} is open, and the certificate is {self._target.host}’s, valid until {until}."
        if shown.until - datetime.now(UTC) < cures.EXPIRES_SOON:
            return _Done(words, State.WARN, cures.ENDS_SOON)
        return _Done(words)

    def show_key(self) -> _Done:
        target = self._target
        name = target.listed.name
        answer = self._ask(self._service.knock())
        said = not_taken(name, answer, target.recipient, getattr(self._service, "phrases", ()))
        if 200 <= answer.status < 300 and not isinstance(said, NotTaken):
            return _Done(f"{name} knows the key.")
        if not isinstance(said, NotTaken):
            raise Failed(f"{name} is in trouble.", _AGAIN, said.why)
        words = said.said.text
        verdict = classify(said.stage, said.said.code, said.said.enhanced, words)
        if answer.status == HTTPStatus.NOT_FOUND and said.stage == Stage.MAIL:
            domain = target.account.option("domain")
            raise Failed(f"{name} does not know the domain {domain}.", _DOMAIN, words)
        if verdict.category == Category.PROVIDER_AUTH:
            cure = f"Make a new one and enter it here. {target.listed.key.help}"
            raise Failed(f"{name} does not accept the key.", cure, words)
        if verdict.category == Category.PROVIDER_QUOTA:
            raise Failed(f"{name} says that the quota is used up.", _WAIT, words)
        if verdict.category == Category.PROTOCOL:
            raise Failed(f"What answers at {target.host} is not {name}.", "Check the server’s name.", words)
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Failed(f"{name} is in trouble.", _AGAIN, words)
        if verdict.category == Category.THROTTLE:
            return _Done(f"{name} asks us to slow down: it knows the key.", State.WARN, "Set a lower limit.", words)
        return _Done(f"{name} knows the key.")

    def offer_sender(self) -> _Done:
        target, name = self._target, self._target.listed.name
        mail = _mail(target)
        try:
            request = self._service.rehearse(mail)
        except CannotCarry as problem:
            raise Failed(problem.words, "Choose another sender address under Settings.") from None
        if request is None:
            return self._ask_sender()
        said = self._service.read(request, self._ask(request))
        if isinstance(said, Taken):
            return _Done(f"{name} would take a mail from {target.sender}. Nothing was sent.")
        if isinstance(said, NotTaken) and not _is_for_now(said):
            raise Failed(f"{name} takes no mail from {target.sender}.", _VERIFY.format(name=name), said.said.text)
        # An answer without a word of what it means, or none for now: not even a rehearsal is certain.
        words = said.said.text if isinstance(said, NotTaken) else said.why
        return _Done(f"{name} did not say clearly whether {target.sender} may send.", State.WARN, _SEND_ONE, words)

    def _ask_sender(self) -> _Done:
        """Where no mail is looked at without being sent. What a service has verified is not all that it may take."""
        sender, name = self._target.sender, self._target.listed.name
        try:
            asked = self._service.ask_sender(sender)
            is_allowed = self._service.allows(sender, self._ask(asked)) if asked else None
        except _NO_ANSWER_TO_THAT:
            is_allowed = None
        if is_allowed:
            return _Done(f"{name} has verified that mail may come from {sender}.")
        if is_allowed is None:
            return _Done(f"{name} tells with the first mail only whether {sender} may send.", State.WARN, _SEND_ONE)
        return _Done(f"{name} has not verified {sender}.", State.WARN, _VERIFY.format(name=name))

    def ask_quota(self) -> _Done:
        name = self._target.listed.name
        request = self._service.ask_quota()
        if request is None:
            return _Done(f"{name} does not say it; the limits entered here count.")
        try:
            told = self._service.quota(self._ask(request))
        except _NO_ANSWER_TO_THAT:
            return _Done(f"{name} does not tell this key; the limits entered here count.")
        if told.left is not None and told.left <= 0:
            return _Done(told.words, State.WARN, _WAIT)
        return _Done(told.words)

    def _peek(self) -> cures.Certificate | None:
        """The certificate that was not trusted, read over a second connection to say what is wrong with it."""
        target = self._target
        with (
            suppress(OSError, Refused, ValueError),
            Deadline(TIMEOUT_SECONDS) as deadline,
            self._client.guard.connect(target.host, target.port, deadline) as reached,
        ):
            reached.settimeout(deadline.left())
            with machines.believing_anybody().wrap_socket(reached, server_hostname=target.host) as encrypted:
                return machines.certificate(encrypted)
        return None

    @property
    def _service(self) -> Service:
        if self._made is None:
            self._made = self._target.service(self._target.account)
        return self._made

    def _ask(self, request: Request) -> Answer:
        line = self._line or Line(self._target.account.url, self._client)
        return line.ask(request.method, request.url, request.headers, request.body, TIMEOUT_SECONDS)


def _is_for_now(said: NotTaken) -> bool:
    verdict = classify(said.stage, said.said.code, said.said.enhanced, said.said.text)
    return verdict.retries and not verdict.pauses_batch and not verdict.pauses_provider


_DOMAIN = "Check the sending domain, and whether the account is in the EU: there the server is another one."
_WAIT = "Wait until it counts anew, or ask it for more."
_SEND_ONE = "Send yourself a mail through it, as the next thing."
_VERIFY = "Verify that address, or its domain, in {name}’s console."


def _mail(target: Target) -> Mail:
    headers = [("From", f"{target.sender_name} <{target.sender}>"), ("To", target.recipient)]
    raw = "".join(f"{name}: {value}\r\n" for name, value in headers[1:])
    raw = f"From: {target.sender}\r\n{raw}Subject: Test\r\n\r\nNothing of this is sent.\r\n"
    parts = Parts(headers, "Test", "<p>Nothing of this is sent.</p>", "Nothing of this is sent.")
    return Mail(target.recipient, target.sender, "", lambda: raw.encode("ascii", "replace"), lambda: parts)
