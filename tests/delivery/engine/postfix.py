"""A Postfix of a test's own on loopback: receives for one domain, relays it onwards, speaks as the real one does."""

import os
import shutil
import socketserver
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from tests.running import free_port, until

DOMAIN = "receiver.example"
# Everything but the local programs, which nobody calls.
_SERVICES = """
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    port: int
    small_port: int  # takes two kilobytes
    secure_port: int  # takes nothing before STARTTLS
    folder: Path

    @property
    def log(self) -> str:
        return (self.folder / "queue" / "log").read_text()


def is_possible() -> bool:
    """It wants to be started by root."""
    return os.geteuid() == 0 and shutil.which("postfix", path="/usr/sbin:/usr/local/sbin") is not None


@contextmanager
def postfix(
    onwards: int,
    *,
    known: list[str],
    full: list[str],
    certificate: Path | None = None,
    transports: dict[str, str] | None = None,
) -> Iterator[Postfix]:
    """Hands what it takes to the SMTP server at port `onwards`, or as `transports` say of its domain. Only `known` and
    `full` live in its own domain."""
    folder = Path(tempfile.mkdtemp(prefix="tallypost-postfix-"))
    folder.chmod(0o755)
    server = Postfix(free_port(), free_port(), free_port(), folder)
    for name in ("conf", "queue", "data"):
        (folder / name).mkdir(mode=0o755)
    shutil.chown(folder / "data", "postfix")
    with _greylisting() as policy:
        _configure(server, onwards, policy, known, full, certificate)
        _route(server, transports or {})
        command = ["/usr/sbin/postfix", "-c", str(folder / "conf")]
        try:
            begun = subprocess.run([*command, "start"], capture_output=True, text=True)
            assert begun.returncode == 0, begun.stderr + (server.log if (folder / "queue" / "log").exists() else "")
            until(lambda: "daemon started" in server.log)
            yield server
        finally:
            subprocess.run([*command, "stop"], check=False, capture_output=True)
            shutil.rmtree(folder, ignore_errors=True)


def _configure(
    server: Postfix, onwards: int, policy: int, known: list[str], full: list[str], certificate: Path | None
) -> None:
    conf = server.folder / "conf"
    (conf / "people").write_text("".join(f"{address} x\n" for address in [*known, *full]))
    (conf / "access").write_text("".join(f"{address} 452 4.2.2 Mailbox full\n" for address in full))
    listening = (
        f"127.0.0.1:{server.port} inet n - n - - smtpd\n"
        f"127.0.0.1:{server.small_port} inet n - n - - smtpd -o message_size_limit=2000\n"
        f"127.0.0.1:{server.secure_port} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt\n"
    )
    (conf / "master.cf").write_text(listening + _SERVICES)
    settings = {
        "compatibility_level": "3.6",
        "queue_directory": server.folder / "queue",
        "data_directory": server.folder / "data",
        "maillog_file_prefixes": "/",
        "maillog_file": server.folder / "queue" / "log",
        "myhostname": f"mx.{DOMAIN}",
        "mydestination": "",
        "inet_interfaces": "127.0.0.1",
        "inet_protocols": "ipv4",
        "mynetworks": "127.0.0.0/8",
        "smtp_dns_support_level": "disabled",
        "relay_domains": DOMAIN,
        "relay_recipient_maps": f"texthash:{conf / 'people'}",
        "relayhost": f"[127.0.0.1]:{onwards}",
        "smtpd_tls_chain_files": certificate or "",
        "smtpd_recipient_restrictions": "reject_unauth_destination, reject_unlisted_recipient, "
        f"check_recipient_access texthash:{conf / 'access'}, check_policy_service inet:127.0.0.1:{policy}",
    }
    (conf / "main.cf").write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))


def _route(server: Postfix, transports: dict[str, str]) -> None:
    table = server.folder / "conf" / "transport"
    table.write_text("".join(f"{domain} {transport}\n" for domain, transport in transports.items()))
    with (server.folder / "conf" / "main.cf").open("a") as settings:
        settings.write(f"transport_maps = texthash:{table}\n")


class _Policy(socketserver.StreamRequestHandler):
    """Postfix's policy protocol: whoever has `grey` in the address is told to come back, once."""

    def handle(self) -> None:
        asked: dict[str, str] = {}
        for line in self.rfile:
            name, _, value = line.decode().strip().partition("=")
            if name:
                asked[name] = value
                continue
            self.wfile.write(f"action={self._judge(asked.get('recipient', ''))}\n\n".encode())
            asked = {}

    def _judge(self, recipient: str) -> str:
        seen: set[str] = self.server.seen  # type: ignore[attr-defined]
        if "grey" not in recipient or recipient in seen:
            return "dunno"
        seen.add(recipient)
        return "defer_if_permit Greylisted, come back in 120 seconds"


@contextmanager
def _greylisting() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Policy) as server:
        server.daemon_threads, server.block_on_close = True, False
        server.seen = set()  # type: ignore[attr-defined]
        Thread(target=server.serve_forever, daemon=True).start()
        yield int(server.server_address[1])
        server.shutdown()
