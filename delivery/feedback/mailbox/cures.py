"""What went wrong with a mailbox, and what to do about it, in words. Pure."""

from accounts.egress import failures
from delivery.providers.check.cures import Failed

_PORTS = "993 for IMAP and 995 for POP3 with TLS, 143 and 110 with STARTTLS"


class LoginFailed(Failed):
    """Repeating it soon may lock the account."""


class NotPutAway(Failed):
    """What was taken can be neither moved nor marked. It counts all the same."""


def refused(words: str) -> Failed:
    return Failed(words, "Check the name of the server, or ask whoever runs this installation.")


def unconnected(port: int, problem: OSError | None) -> Failed:
    if isinstance(problem, ConnectionRefusedError):
        return Failed(
            f"Nothing listens on port {port}.", f"Check the port: {_PORTS}. If it is right, the server is down."
        )
    if isinstance(problem, TimeoutError):
        return Failed(
            f"The server does not answer on port {port}.",
            f"Check the port: {_PORTS}. A firewall between this machine and the server may swallow the connection.",
        )
    why = f": {failures.why(problem)}" if problem else " from this machine"
    return Failed(
        f"The server cannot be reached{why}.",
        "Check this machine's network connection and its firewall, then try again.",
    )


def silent(security: str) -> Failed:
    other = "choose STARTTLS with port 143 (IMAP) or 110 (POP3)" if security == "tls" else "choose TLS with 993 or 995"
    return Failed("The server did not answer in time.", f"If it happens each time, {other}.")


def broken(why: str = "", raw: str = "") -> Failed:
    words = f"The connection broke: {why}." if why else "The connection broke."
    return Failed(words, "It is tried again. If it happens each time, check protocol and port.", raw)


def not_a_mailbox(protocol: str, port: int, raw: str) -> Failed:
    name = "IMAP" if protocol == "imap" else "POP3"
    return Failed(f"What answers on port {port} does not speak {name}.", f"Check protocol and port: {_PORTS}.", raw)


def no_starttls(port: int) -> Failed:
    return Failed(
        f"The server does not offer encryption on port {port}.", "Choose TLS with port 993 (IMAP) or 995 (POP3)."
    )


def handshake(raw: str) -> Failed:
    return Failed("The server broke off while encryption was agreed on.", f"Check encryption and port: {_PORTS}.", raw)


def unencrypted() -> Failed:
    return Failed(
        "Without encryption only a server on this machine may be used.",
        "Choose TLS or STARTTLS: otherwise everybody on the way reads the password and the mail.",
    )


def no_tokens() -> Failed:
    return LoginFailed(
        "The server takes no access tokens (XOAUTH2).", "Choose the login by password, with an app password."
    )


def no_passwords(host: str) -> Failed:
    return LoginFailed("The server takes no password here.", _password_cure(host))


def unreadable_secret() -> Failed:
    return LoginFailed("The stored password cannot be read any more.", "Edit the mailbox and enter the password again.")


def login(raw: str, host: str, *, uses_token: bool) -> Failed:
    if uses_token:
        return LoginFailed(
            "The server refused the access token.",
            "Tokens end after a while, often within an hour: make a new one and enter it, or use an app password.",
            raw,
        )
    return LoginFailed("The server refused the user name or the password.", _password_cure(host), raw)


def no_folder(folder: str, raw: str) -> Failed:
    return Failed(
        f"There is no folder “{folder}” that can be opened.",
        "INBOX is the one that every mailbox has. A folder in another is often written INBOX.Name or INBOX/Name.",
        raw,
    )


def no_uidl(raw: str) -> Failed:
    return Failed("The server does not number its mails (UIDL).", "Use IMAP instead, if the server offers it.", raw)


def cannot_move(raw: str) -> Failed:
    return NotPutAway(
        "Reports cannot be moved into the folder “Tallypost”. They were read and count.",
        "Make a folder of that name in the mailbox, or choose that reports stay where they are.",
        raw,
    )


def cannot_mark(raw: str) -> Failed:
    return NotPutAway(
        "Reports cannot be marked as read. They were read and count.",
        "Give this login the right to change the folder.",
        raw,
    )


def odd_answer(raw: str) -> Failed:
    return Failed("The server did not do what it was asked.", "It is tried again by itself.", raw)


def _password_cure(host: str) -> str:
    for ending, cure in _PASSWORDS.items():
        if host.lower().endswith(ending):
            return cure
    return "Enter both again. Many providers want an app password, and IMAP or POP3 switched on in their settings."


_PASSWORDS = {
    "gmail.com": "Google wants an app password (16 letters), which needs 2-Step Verification, not your own password.",
    "office365.com": "Microsoft 365 takes no passwords here: choose the login by access token, or forward the mail.",
    "outlook.com": "Microsoft takes no passwords here: choose the login by access token, or forward the mail.",
    "yahoo.com": "Yahoo wants an app password, made under Account security.",
    "icloud.com": "Apple wants an app-specific password, made on the page of your Apple Account.",
}
