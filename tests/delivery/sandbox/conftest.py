import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests import forked
from tests.forked import Forked
from tests.running import ROOT, database_url

RAW = (
    b"From: =?utf-8?q?B=C3=BCcherwurm?= <news@nordlicht.example>\r\nTo: ana@example.org\r\n"
    b"Subject: Sommer\r\n =?utf-8?q?gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <1@nordlicht.example>\r\n\r\n"
    b"Hallo\r\n.Punkt\r\nEnde\r\n"
)


@dataclass
class Server:
    process: Forked
    port: int

    def stop(self) -> int:
        """Its exit code; may be called twice."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        self.process.stdout.close()
        return code


def start(database: str, port: int = 0) -> Server:
    """The real command, on the database of the test."""
    command = [sys.executable, str(ROOT / "manage.py"), "sandbox", "--port", str(port)]
    environment = {"DATABASE_URL": database, "SANDBOX_STARTTLS": "1"}
    process = forked.program(command, environment, is_read=True)
    line = process.stdout.readline().decode()
    server = Server(process, int(line.split()[-1].rstrip(".")) if "listens on port" in line else 0)
    if not server.port:
        server.stop()
    assert server.port, line
    return server


@pytest.fixture(scope="module")
def shared_server(django_db_setup: None) -> Iterator[Server]:
    running = start(database_url())
    yield running
    running.stop()


@pytest.fixture
def server(transactional_db: None, shared_server: Server) -> Server:
    return shared_server


@pytest.fixture
def own_server(transactional_db: None) -> Iterator[Server]:
    """For a test that stops it."""
    running = start(database_url())
    yield running
    running.stop()
