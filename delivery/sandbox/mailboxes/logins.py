"""SMTP logins of mailboxes: issued once, known to the server by their digest."""

import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

from delivery.sandbox.mailboxes.models import SandboxLogin, SandboxMailbox

MOST = 50  # logins of one mailbox


@dataclass(frozen=True, slots=True)
class Known:
    digest: bytes
    mailbox_id: int


Logins = Mapping[str, Known]


@dataclass(frozen=True, slots=True)
class Issued:
    """The password is shown once: nobody can read it again."""

    login: SandboxLogin
    password: str


def issue(mailbox: SandboxMailbox, note: str) -> Issued:
    password = secrets.token_urlsafe(18)
    # Of the mailbox's name, so that a configuration file says where its mail goes.
    stem = re.sub(r"[^a-z0-9]+", "-", mailbox.name.lower()).strip("-")[:40] or "mailbox"
    username = f"{stem}-{secrets.token_hex(4)}"
    if mailbox.is_own:
        mailbox.save()  # it may be there in name only
    login = SandboxLogin.objects.create(mailbox=mailbox, username=username, digest=digest(password), note=note)
    return Issued(login, password)


def digest(password: str) -> bytes:
    """Fast on purpose: a password of 144 random bits is not guessed."""
    return blake2b(password.encode(), digest_size=32).digest()


def known() -> Logins:
    found = SandboxLogin.objects.values_list("username", "digest", "mailbox_id")
    return {username: Known(bytes(kept), mailbox_id) for username, kept, mailbox_id in found}


def mailbox_of(logins: Logins, username: str, password: str) -> int | None:
    """None: no such login."""
    found = logins.get(username)
    given = digest(password)
    if hmac.compare_digest(given, found.digest if found else digest("")) and found:
        return found.mailbox_id
    return None
