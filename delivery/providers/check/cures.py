"""What went wrong when a way out was tried, and what to do about it, in words. Pure."""

import errno
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from accounts.egress import failures
from delivery.replies import Category, Stage, classify
from delivery.transports.smtp.wire import Reply

EXPIRES_SOON = timedelta(days=14)
ENDS_SOON = "The certificate ends soon: whoever runs the server should renew it."
_EXPIRED, _NOT_YET, _WRONG_NAME, _WRONG_ADDRESS = 10, 9, 62, 64
_SELF_SIGNED = (18, 19)
_UNKNOWN_ISSUER = (2, 20, 21)


class Failed(Exception):
    def __init__(self, words: str, cure: str, raw: str = "") -> None:
        super().__init__(words)
        self.words, self.cure, self.raw = words, cure, raw


@dataclass(frozen=True, slots=True)
class Certificate:
    names: tuple[str, ...]
    expires_at: datetime

    @property
    def shown_names(self) -> str:
        return ", ".join(self.names[:3]) + (" and others" if len(self.names) > 3 else "") or "nobody"


def raw(reply: Reply) -> str:
    """What the server said, as it is shown."""
    return f"{reply.code} {reply.text.strip()}"[:500]


def date(at: datetime) -> str:
    return f"{at.astimezone(UTC).day} {at.astimezone(UTC):%B %Y}"


# Finding and connecting


def unresolved(host: str, problem: Exception) -> Failed:
    if isinstance(problem, socket.gaierror) and problem.errno == socket.EAI_AGAIN:
        return Failed(
            "The name service did not answer.",
            "Check that this machine can look names up, then try again. If only this name fails, check its spelling.",
        )
    return Failed(
        f"There is no server called {host}.",
        "Check the spelling: copy the server's name from your provider's page, without https:// and without a port.",
    )


def forbidden(address: str) -> Failed:
    return Failed(
        f"{address} cannot be a mail server.",
        "The name leads to an address that is reserved for other things. Check the name, or ask who runs its DNS.",
    )


def unencrypted() -> Failed:
    return Failed(
        "Without encryption only a server on this machine may be used.",
        "Choose STARTTLS or TLS: otherwise everybody on the way reads the password and the mail.",
    )


def unconnected(port: int, problem: OSError | None) -> Failed:
    number = problem.errno if problem else None
    if isinstance(problem, ConnectionRefusedError):
        return Failed(
            f"Nothing listens on port {port}.",
            "Check the port: 587 is usual, 465 with TLS, 2525 as a way round. If it is right, the server is down.",
        )
    if isinstance(problem, TimeoutError) or number == errno.ETIMEDOUT:
        return Failed(
            f"The server does not answer on port {port}.",
            f"{_blocked(port)} A firewall between this machine and the server may also swallow the connection.",
        )
    why = f": {failures.why(problem)}" if problem else " from this machine"
    return Failed(
        f"The server cannot be reached{why}.",
        "Check this machine's network connection and its firewall, then try again.",
    )


def silent(port: int, security: str) -> tuple[str, str]:
    cure = f"Many servers expect TLS from the first byte on port {port}: choose TLS." if port == 465 else _blocked(port)
    if security == "tls":
        cure = "If the port is 587, 25 or 2525, choose STARTTLS. Otherwise the server is overloaded: try again later."
    return "The server took the connection and then said nothing.", cure


def closed(step: str) -> tuple[str, str]:
    if step == "connect":
        return (
            "The server hung up at once.",
            "It may not accept mail from this machine's address: ask your provider whether it must be allowed there.",
        )
    return (
        "The server hung up in the middle.",
        "Try again. If it happens each time, ask your provider whether connections from this machine are limited.",
    )


def not_smtp(port: int) -> tuple[str, str]:
    return (
        f"What answers on port {port} is not a mail server.",
        "Check server and port: 587, 465, 25 and 2525 are for sending; 993, 995 and 443 are for other things.",
    )


def broken(problem: OSError) -> tuple[str, str]:
    return f"The connection broke: {failures.why(problem)}.", "Try again. If it happens each time, check the network."


def unwelcome(reply: Reply) -> Failed:
    if reply.code == 421:
        return Failed(
            "The server is busy or has too many connections from here.",
            "Try again in a few minutes; lower the number of connections if it goes on.",
            raw(reply),
        )
    return Failed(
        "The server does not want to talk to this machine.",
        "Ask your provider whether this machine's address is allowed or blocked there.",
        raw(reply),
    )


# Encrypting


def no_starttls(port: int, reply: Reply | None = None) -> Failed:
    return Failed(
        f"The server does not offer encryption on port {port}.",
        "Choose TLS with port 465, or ask your provider for a port with STARTTLS.",
        raw(reply) if reply else "",
    )


def certificate(code: int, host: str, found: Certificate | None) -> Failed:
    if code in (_WRONG_NAME, _WRONG_ADDRESS):
        names = f"It is for {found.shown_names}." if found else ""
        return Failed(
            f"The certificate does not belong to {host}. {names}".strip(),
            "Enter the server by a name that is in its certificate; a provider's page says which.",
        )
    if code == _EXPIRED:
        since = f" on {date(found.expires_at)}" if found else ""
        return Failed(
            f"The server's certificate expired{since}.",
            "Whoever runs the server must renew it. Until then nobody can tell whether it is the right server.",
        )
    if code == _NOT_YET:
        return Failed(
            "The server's certificate is not valid yet.",
            "Check this machine's clock; if it is right, whoever runs the server must look at the certificate.",
        )
    return _untrusted(code)


def _untrusted(code: int) -> Failed:
    if code in _SELF_SIGNED:
        words = "The server signed its certificate itself."
    elif code in _UNKNOWN_ISSUER:
        words = "Nobody this machine trusts has signed the server's certificate."
    else:
        words = "The server's certificate is not trusted."
    return Failed(
        words,
        "Have it signed by a public authority (Let's Encrypt is free), or add the signer of your own server to this "
        "machine's trusted certificates. With a provider on the internet: stop, this may be somebody else's server.",
    )


def handshake(problem: ssl.SSLError, security: str) -> Failed:
    if security == "tls" and problem.reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL"):
        return Failed(
            "The server does not speak TLS from the first byte on this port.",
            "Choose STARTTLS: that is usual on ports 587, 25 and 2525.",
        )
    if problem.reason in ("UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION"):
        return Failed(
            "The server only speaks versions of TLS that are no longer safe.",
            "Whoever runs the server must allow TLS 1.2 or newer.",
        )
    return Failed(
        "The server broke off while encryption was agreed on.",
        "Try the other kind: STARTTLS with port 587, TLS with port 465.",
        str(problem.reason or ""),
    )


# Logging in, and the sender


def no_login_offered(security: str) -> Failed:
    if security == "none":
        return Failed(
            "The server takes no password without encryption.",
            "Choose STARTTLS or TLS. If the server needs no login, leave the user name empty.",
        )
    return Failed(
        "The server offers no login here.",
        "Use port 587 or 465: port 25 is often only for mail between servers. Without a login, empty the user name.",
    )


def token(reply: Reply | None) -> Failed:
    """Of a sign-in without a password."""
    if reply is None:
        return Failed("The server takes no access tokens (XOAUTH2).", "Use a password of this server instead.")
    return Failed(
        f"The server refused the access token ({reply.code}).",
        "Sign in as the mailbox that stands as user name. At Microsoft, Authenticated SMTP has to be allowed for it.",
        raw(reply),
    )


def no_known_login(mechanisms: list[str]) -> Failed:
    return Failed(
        "The server offers no way of logging in with a password.",
        "Ask your provider for an SMTP password or an API key that works as one.",
        f"AUTH {' '.join(mechanisms)}"[:200],
    )


def login(reply: Reply, host: str, security: str) -> Failed:
    text = raw(reply).lower()
    if (
        reply.code == 538
        or (reply.code in (530, 534) and "starttls" in text)
        or (reply.code == 530 and security == "none")
    ):
        return Failed(
            "The server takes no password without encryption.", "Choose STARTTLS or TLS and try again.", raw(reply)
        )
    if reply.enhanced == "5.7.139" or "smtpclientauthentication" in text:
        return Failed(
            "Microsoft 365 has logging in by SMTP switched off for this mailbox.",
            "In the Exchange admin centre open the mailbox, Manage e-mail apps, and allow Authenticated SMTP.",
            raw(reply),
        )
    if reply.code == 534 or "application-specific" in text:
        return Failed(
            "The server wants another kind of password.",
            "Make an app password in your account's security settings and enter that one here.",
            raw(reply),
        )
    if reply.code // 100 == 4:
        return Failed(
            "The server cannot check the password right now.", "Wait a few minutes and try again.", raw(reply)
        )
    return Failed(
        f"The server refused the user name or the password ({reply.code}).", _password_cure(host.lower()), raw(reply)
    )


def sender(reply: Reply, domain: str, has_login: bool) -> Failed:
    if reply.code == 530 or (not has_login and "authentic" in raw(reply).lower()):
        return Failed(
            "The server wants a login before it takes mail.",
            "Enter the user name and password your provider gave you for SMTP.",
            raw(reply),
        )
    if reply.code // 100 == 4:
        return Failed(
            f"The server does not take mail from {domain} right now ({reply.code}).",
            "Wait a few minutes and try again. If it stays, your account there may have reached a limit.",
            raw(reply),
        )
    return Failed(
        f"The server refuses mail from {domain} ({reply.code}).",
        f"Verify {domain} as a sending domain with your provider, or set a sender at a domain that is verified there.",
        raw(reply),
    )


def recipient(reply: Reply, address: str, sender_domain: str, *, has_login: bool) -> Failed:
    """Why mail from us to this address is refused for good."""
    category = classify(Stage.RCPT, reply.code, reply.enhanced, reply.text).category
    if category == Category.SENDER_NOT_VERIFIED:
        return sender(reply, sender_domain, has_login)
    if category == Category.PROVIDER_AUTH or reply.code == 530:
        return Failed(
            "The server wants a login before it takes mail.",
            "Enter the user name and password your provider gave you for SMTP.",
            raw(reply),
        )
    if category in (Category.BLOCK_REPUTATION, Category.AUTH_POLICY):
        return Failed(
            f"The server refuses mail from this machine ({reply.code}).",
            "Read what the server said: it may name a block list, or a DNS record that is missing.",
            raw(reply),
        )
    if category == Category.RELAY_DENIED:
        return Failed(
            f"The server does not carry mail from {sender_domain} to other people ({reply.code}).",
            _relaying_cure(has_login=has_login),
            raw(reply),
        )
    return Failed(
        f"The server takes no mail for {address} ({reply.code}).",
        f"If {address} is right, the server refuses everybody: {_relaying_cure(has_login=has_login)}",
        raw(reply),
    )


def not_now(reply: Reply, address: str) -> tuple[str, str]:
    """A refusal for the moment fails no test: greylisting is usual for whoever comes for the first time."""
    return (
        f"The server does not take mail for {address} right now ({reply.code}). Nothing was sent.",
        "Many servers ask a new sender to come back; sending does so by itself. Test again in some minutes.",
    )


def _relaying_cure(*, has_login: bool) -> str:
    if has_login:
        return "Ask your provider to let this login send to any address."
    return "Enter a login, or have this machine's address allowed to relay there."


def _password_cure(host: str) -> str:
    """Where this provider hides the right password."""
    for ending, cure in _PASSWORDS.items():
        if host.endswith(ending):
            return cure
    return (
        "Enter both again. Providers often want an API key or an SMTP password, not the one you log in to their page."
    )


_PASSWORDS = {
    "gmail.com": "Google wants an app password (16 letters), which needs 2-Step Verification, not your own password.",
    "amazonaws.com": "SES has SMTP credentials of its own, made in its console for a region; access keys do not work.",
    "sendgrid.net": "The user name is the word apikey, the password an API key that may send mail.",
    "mailgun.org": "Use the SMTP login of your sending domain, often postmaster@your-domain, with its own password.",
    "postmarkapp.com": "Use the access key and secret key of an SMTP token, or the server's API token for both.",
    "sparkpostmail.com": "The user name is SMTP_Injection, the password an API key that may send via SMTP.",
    "brevo.com": "Use an SMTP key from the page SMTP & API; the API key does not work here.",
    "office365.com": "Use the mailbox's full address; with multi-factor login the mailbox needs an app password.",
}


def _blocked(port: int) -> str:
    if port == 25:
        return "Most networks block port 25: use 587, or 2525 where your provider has it."
    return f"Your network or hosting company may block port {port}: try 2525 or 465 if your provider has it."
