"""From an account to a folder that is open: find, reach, secure, log in, enter. Each step raises Failed."""

import imaplib
import logging
import poplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from accounts.egress import failures, networks
from accounts.egress.deadline import Deadline
from accounts.egress.guard import Guard, Refused
from delivery.feedback.mailbox import cures
from delivery.feedback.mailbox.account import Account, Contents, Visit
from delivery.feedback.mailbox.imap import Imap
from delivery.feedback.mailbox.pop3 import Pop3
from delivery.providers.check import cures as server_cures
from delivery.providers.check.cures import Failed

ANSWER_SECONDS = 45.0  # some servers count a large folder anew when it is opened
_LIBRARY_ERRORS = (imaplib.IMAP4.error, poplib.error_proto)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Position:
    """Up to where a mailbox was read. `known`: of POP3; None where it is new to us."""

    uid_validity: int | None = None
    last_uid: int = 0
    known: frozenset[bytes] | None = None


class Opening:
    """`run` takes all steps; whoever tests a mailbox takes them one by one."""

    def __init__(
        self,
        account: Account,
        deadline: Deadline,
        position: Position | None = None,
        *,
        guard: Guard | None = None,
        context: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        self.account, self.deadline = account, deadline
        self._position = position or Position()
        self._guard = guard or Guard()
        self._context = context()
        self.addresses: list[networks.Address] = []
        self._socket: socket.socket | None = None
        self._visit: Imap | Pop3 | None = None

    @property
    def visit(self) -> Visit:
        if self._visit is None:
            raise Failed("The mailbox is not open.", "Try again.")
        return self._visit

    def run(self) -> Contents:
        self.find()
        self.reach()
        self.secure()
        self.log_in()
        return self.enter()

    def find(self) -> None:
        try:
            self.addresses = self._guard.judged(self.account.host, self.account.port, self.deadline)
        except Refused as refusal:
            raise cures.refused(str(refusal)) from None
        except OSError as problem:
            raise server_cures.unresolved(self.account.host, problem) from None
        if self.account.security == "none" and not all(map(networks.is_loopback, self.addresses)):
            raise cures.unencrypted()

    def reach(self) -> None:
        """Connect; unless TLS comes first, the server greets, too."""
        try:
            self._socket = self._guard.reach(self.addresses, self.account.port, self.deadline)
        except OSError as problem:
            raise cures.unconnected(self.account.port, problem) from None
        self._socket.settimeout(ANSWER_SECONDS)
        if self.account.security != "tls":
            self._greet()

    def secure(self) -> None:
        with self.speaking():
            if self.account.security == "tls" and self._socket is not None:
                self._socket = self._context.wrap_socket(self._socket, server_hostname=self.account.host)
            elif self.account.security == "starttls":
                self.visit.start_tls()
        if self.account.security == "tls":
            self._greet()

    def log_in(self) -> None:
        with self.speaking():
            self.visit.log_in()

    def enter(self) -> Contents:
        with self.speaking():
            return self.visit.open()

    def close(self) -> None:
        with suppress(OSError, *_LIBRARY_ERRORS):
            if self._visit is not None:
                self._visit.close()
        if self._socket is not None:
            self._socket.close()

    @contextmanager
    def speaking(self) -> Iterator[None]:
        """Whatever goes wrong with the server, in our words."""
        try:
            yield
        except Failed:
            raise
        except Exception as problem:
            raise self._in_words(problem) from problem

    def _greet(self) -> None:
        if self._socket is None:
            raise Failed("The mailbox is not open.", "Try again.")
        account, connected, position = self.account, self._socket, self._position
        if account.protocol == "imap":
            visit: Imap | Pop3 = Imap(account, connected, self._context, position.uid_validity, position.last_uid)
        else:
            visit = Pop3(account, connected, self._context, position.known)
        with self.speaking():
            try:
                visit.greet()
            except _LIBRARY_ERRORS as problem:
                if self.deadline.is_over:
                    raise
                raise cures.not_a_mailbox(account.protocol, account.port, str(problem)) from None
        self._visit = visit

    def _in_words(self, problem: Exception) -> Failed:
        if isinstance(problem, TimeoutError) or self.deadline.is_over:
            return cures.silent(self.account.security)
        if isinstance(problem, ssl.SSLCertVerificationError):
            return server_cures.certificate(problem.verify_code, self.account.host, None)
        if isinstance(problem, ssl.SSLError):
            return cures.handshake(str(problem.reason or ""))
        if isinstance(problem, (OSError, EOFError, *_LIBRARY_ERRORS)):
            return _broken(problem)
        log.warning("A mailbox server's answer could not be read.", exc_info=problem)  # the libraries trust servers
        return cures.odd_answer(type(problem).__name__)


def _broken(problem: Exception) -> Failed:
    """The libraries put what the system says, or an end, into an error of their own."""
    cause = problem if isinstance(problem, (OSError, EOFError)) else problem.__context__
    if isinstance(cause, (OSError, EOFError)):
        return cures.broken(failures.why(cause))
    if str(problem).endswith("EOF"):
        return cures.broken(failures.why(EOFError()))
    return cures.broken(raw=str(problem))
