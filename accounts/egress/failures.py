"""Why a connection failed, in words for people: what the system, asyncio or TLS say of it means nothing to most. Pure.

Each is a clause about the server, to be put behind "… cannot be used:".
"""

import errno
import socket
import ssl

_UNREACHABLE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN)
_FORBIDDEN = (errno.EACCES, errno.EPERM)
_EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EADDRNOTAVAIL)
_ENDED = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)
_NOT_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL", "HTTP_REQUEST")
_OLD_TLS = ("UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION")
# OpenSSL's numbers (X509_V_ERR_…).
_OF_CERTIFICATES = {
    7: "its signature is not its signer’s",
    9: "it is not valid yet, or this machine’s clock is wrong",
    10: "it has expired",
    62: "it is for another name",
    64: "it is for another address",
    **dict.fromkeys((18, 19), "the server signed it itself"),
    **dict.fromkeys((2, 20, 21), "nobody this machine trusts has signed it"),
}


def why(problem: Exception) -> str:
    """A clause without a full stop."""
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"its certificate is not good: {certificate(problem)}"
    if isinstance(problem, socket.gaierror):
        is_silent = problem.errno == socket.EAI_AGAIN
        return "the name server does not answer" if is_silent else "no name server knows an address for its name"
    if isinstance(problem, TimeoutError):
        return "it did not answer in time"
    if isinstance(problem, ssl.SSLError):
        return _of_tls(problem)
    if isinstance(problem, OSError):
        return _of_system(problem)
    if isinstance(problem, EOFError):
        return "it closed the connection"
    if isinstance(problem, UnicodeError):
        return "no server can have such a name"
    return str(problem) or type(problem).__name__


def certificate(problem: ssl.SSLCertVerificationError) -> str:
    """What is wrong with it."""
    return _OF_CERTIFICATES.get(problem.verify_code, "it is not trusted")


def _of_tls(problem: ssl.SSLError) -> str:
    if problem.reason in _NOT_TLS:
        return "it does not speak TLS from the first byte on this port"
    if problem.reason in _OLD_TLS:
        return "it only speaks versions of TLS that are no longer safe"
    return "it broke off while encryption was agreed on"


def _of_system(problem: OSError) -> str:
    if isinstance(problem, ConnectionRefusedError):
        return "nothing listens on its port"
    if isinstance(problem, _ENDED):
        return "it closed the connection"
    if problem.errno in _UNREACHABLE:
        return "no way leads to it from this machine’s network"
    if problem.errno in _FORBIDDEN:
        return "this machine’s firewall forbids it"
    if problem.errno in _EXHAUSTED:
        return "this machine has no room for another connection"
    # Without a number it is our own sentence.
    return "the network failed" if problem.errno else str(problem) or "the network failed"
