"""Debian's Dovecot as a process of the test's own, whose mails lie in Maildirs in the test's folder."""

import base64
import grp
import hashlib
import hmac
import json
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from accounts.egress.allowed import Allowed
from accounts.egress.deadline import Deadline
from accounts.egress.guard import Guard
from delivery.feedback.mailbox.account import Account
from delivery.feedback.mailbox.opening import Opening, Position
from tests.delivery.engine.certificates import Authority
from tests.running import free_port

HOST, USER, PASSWORD = "mail.example", "bounces", "an app passwörd"
_WAIT_SECONDS = 60
_ACCOUNTS = [f"{USER}{number}" for number in range(500)]  # the file is read when Dovecot begins
_TOKEN_KEY = b"a key of the test alone, 32 bytes"


@dataclass
class Dovecot:
    folder: Path
    authority: Authority
    ports: dict[str, int] = field(default_factory=dict)
    resolved: list[str] = field(default_factory=list)
    user: str = USER
    _count: int = 0
    _accounts: Iterator[str] = field(default_factory=lambda: iter(_ACCOUNTS))

    @property
    def maildir(self) -> Path:
        return self.folder / "mail" / self.user

    def empty(self) -> None:
        """Another account, with nothing in it."""
        self.user = next(self._accounts)
        self._own(self.maildir)

    def lay(self, raw: bytes, *, folder: str = "", flags: str = "", age_days: float = 0) -> None:
        """A mail into the mailbox, as a delivery agent lays it."""
        place = self.maildir / (f".{folder}" if folder else "") / ("cur" if flags else "new")
        for each in ("cur", "new", "tmp"):
            self._own(place.parent / each)
        self._count += 1
        at = time.time() - age_days * 86_400
        file = place / f"{int(at)}.M{self._count:06d}.test{f':2,{flags}' if flags else ''}"
        file.write_bytes(raw)
        os.utime(file, (at, at))
        os.chown(file, *_owner())

    def _own(self, folder: Path) -> None:
        """Whoever delivers mail belongs to the mailbox's owner."""
        for each in (folder.parent, folder):
            each.mkdir(parents=True, exist_ok=True)
            os.chown(each, *_owner())

    def mails(self, folder: str = "") -> dict[str, str]:
        """Of a folder: what lies in it and its flags, by the number under which the test laid it."""
        place = self.maildir / (f".{folder}" if folder else "")
        found = [file.name for part in ("cur", "new") for file in (place / part).glob("*")]
        return {name.split(".")[1][:7]: name.partition(":2,")[2] for name in found}

    def account(self, protocol: str = "imap", security: str = "tls", **changes: object) -> Account:
        port = self.ports[protocol + ("s" if security == "tls" else "")]
        given: dict[str, object] = {"username": self.user, "secret": PASSWORD, **changes}
        return Account(protocol, HOST, port, security, **given)  # type: ignore[arg-type]

    def opened(self, account: Account, deadline: Deadline, position: Position | None = None) -> Opening:
        """The mailbox's name leads to this machine, which the test allows; its certificate is for the name."""

        def resolve(host: str, port: int) -> list[str]:
            self.resolved.append(host)
            return ["127.0.0.1"]

        return Opening(
            account,
            deadline,
            position,
            guard=Guard(Allowed.read("127.0.0.0/8"), resolve),
            context=lambda: ssl.create_default_context(cafile=str(self.authority.file)),
        )


@contextmanager
def dovecot(folder: Path, extra: str = "") -> Iterator[Dovecot]:
    authority = Authority(folder)
    authority.context(host=HOST)
    server = Dovecot(folder, authority)
    server.ports = {name: free_port() for name in ("imap", "imaps", "pop3", "pop3s")}
    (folder / "users").write_text("".join(f"{name}:{{PLAIN}}{PASSWORD}\n" for name in _ACCOUNTS))
    (folder / "tokens.conf").write_text(
        "introspection_mode = local\nusername_attribute = sub\n"
        f"local_validation_key_dict = fs:posix:prefix={folder}/keys/\n"
    )
    keys = folder / "keys" / "default" / "HS256"
    keys.mkdir(parents=True)
    (keys / "default").write_bytes(base64.b64encode(_TOKEN_KEY))
    config = folder / "dovecot.conf"
    config.write_text(_config(server) + extra)
    program = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "This test needs Dovecot (Debian: apt install dovecot-imapd dovecot-pop3d)."
    process = subprocess.Popen([program, "-F", "-c", str(config)])
    try:
        _wait_for(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(60)


def _wait_for(server: Dovecot, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _WAIT_SECONDS
    for port in server.ports.values():
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                log = server.folder / "log"
                assert process.poll() is None, log.read_text() if log.exists() else "Dovecot ended."
                assert time.monotonic() < until, "Dovecot does not answer."
                time.sleep(0.05)


def _config(server: Dovecot) -> str:
    uid, gid = _owner()
    user = pwd.getpwuid(uid).pw_name
    certificate = server.folder / f"{HOST}30.pem"
    listeners = "\n".join(
        f"""
service {protocol}-login {{
  chroot =
  inet_listener {protocol} {{
    port = {server.ports[protocol]}
  }}
  inet_listener {protocol}s {{
    port = {server.ports[protocol + "s"]}
    ssl = yes
  }}
}}"""
        for protocol in ("imap", "pop3")
    )
    return f"""
base_dir = {server.folder}/run
state_dir = {server.folder}/state
log_path = {server.folder}/log
protocols = imap pop3
listen = 127.0.0.1
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{certificate}
auth_mechanisms = plain login xoauth2
mail_location = maildir:{server.folder}/mail/%u
first_valid_uid = {uid}
first_valid_gid = {gid}
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {_group()}
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = {server.folder}/users
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {server.folder}/tokens.conf
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={server.folder}/home
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
{listeners}
"""


def _owner() -> tuple[int, int]:
    """Who the mails belong to: Dovecot serves no mail as root."""
    if os.getuid():
        return os.getuid(), os.getgid()
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _group() -> str:
    return grp.getgrgid(_owner()[1]).gr_name


def token(user: str = USER) -> str:
    """An access token (RFC 7519) that this Dovecot takes for an hour."""
    claims = {"sub": user, "exp": int(time.time()) + 3_600}
    signed = ".".join(_b64(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{signed}.{_b64(hmac.new(_TOKEN_KEY, signed.encode(), hashlib.sha256).digest())}"


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
