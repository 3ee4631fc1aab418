"""Why a connection failed is said in words for people, never as the system says it."""

import errno
import imaplib
import socket
import ssl

import pytest

from accounts.egress import failures
from delivery.feedback.mailbox import cures as mailbox_cures
from delivery.feedback.mailbox import opening
from delivery.providers.check import cures


def _tls(reason: str) -> ssl.SSLError:
    problem = ssl.SSLError(1, f"[SSL: {reason}] (_ssl.c:1016)")
    problem.reason = reason
    return problem


def _certificate(code: int) -> ssl.SSLCertVerificationError:
    problem = ssl.SSLCertVerificationError(
        1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed (_ssl.c:1016)"
    )
    problem.verify_code = code
    return problem


_CASES = [
    (OSError(errno.ECONNREFUSED, "Connect call failed ('127.0.0.1', 25)"), "nothing listens on its port"),
    (OSError(errno.ETIMEDOUT, "Connect call failed ('192.0.2.1', 25)"), "it did not answer in time"),
    (TimeoutError(), "it did not answer in time"),
    (OSError(errno.ENETUNREACH, "Network is unreachable"), "no way leads to it from this machine’s network"),
    (OSError(errno.EHOSTUNREACH, "No route to host"), "no way leads to it from this machine’s network"),
    (OSError(errno.EPERM, "Operation not permitted"), "this machine’s firewall forbids it"),
    (OSError(errno.EMFILE, "Too many open files"), "this machine has no room for another connection"),
    (OSError(errno.ECONNRESET, "Connection reset by peer"), "it closed the connection"),
    (BrokenPipeError(errno.EPIPE, "Broken pipe"), "it closed the connection"),
    (ConnectionAbortedError("SSL handshake is taking longer than 60.0 seconds"), "it closed the connection"),
    (EOFError(), "it closed the connection"),
    (OSError(errno.ENOTCONN, "Transport endpoint is not connected"), "the network failed"),
    (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "no name server knows an address for its name"),
    (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), "the name server does not answer"),
    (_tls("WRONG_VERSION_NUMBER"), "it does not speak TLS from the first byte on this port"),
    (_tls("UNSUPPORTED_PROTOCOL"), "it only speaks versions of TLS that are no longer safe"),
    (_tls("SSLV3_ALERT_HANDSHAKE_FAILURE"), "it broke off while encryption was agreed on"),
    (_certificate(10), "its certificate is not good: it has expired"),
    (_certificate(62), "its certificate is not good: it is for another name"),
    (_certificate(18), "its certificate is not good: the server signed it itself"),
    (_certificate(20), "its certificate is not good: nobody this machine trusts has signed it"),
    (_certificate(7), "its certificate is not good: its signature is not its signer’s"),
    (_certificate(79), "its certificate is not good: it is not trusted"),
    (UnicodeError("label empty or too long"), "no server can have such a name"),
    (ConnectionError("the name has no address"), "the name has no address"),
]


@pytest.mark.parametrize(("problem", "said"), _CASES, ids=[type(problem).__name__ for problem, _ in _CASES])
def test_a_failure_of_a_connection_is_said_in_words(problem: Exception, said: str) -> None:
    assert failures.why(problem) == said


@pytest.mark.parametrize("of", [cures.unconnected, mailbox_cures.unconnected])
def test_a_tested_server_without_a_way_to_it_is_said_in_words(of: type) -> None:
    failed = of(25, OSError(errno.ENETUNREACH, "Connect call failed ('192.0.2.1', 25)"))
    assert "no way leads to it" in failed.words
    assert failed.raw == "", "the server has said nothing"


def test_a_mailbox_that_breaks_off_is_said_in_words() -> None:
    try:
        try:
            raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
        except OSError as cause:
            raise imaplib.IMAP4.abort(f"socket error: {cause}")  # noqa: B904 - as imaplib raises it
    except imaplib.IMAP4.abort as problem:
        failed = opening._broken(problem)
    assert (failed.words, failed.raw) == ("The connection broke: it closed the connection.", "")
    assert opening._broken(imaplib.IMAP4.abort("socket error: EOF")).words == failed.words
    assert opening._broken(imaplib.IMAP4.error("BAD what?")).raw == "BAD what?"
