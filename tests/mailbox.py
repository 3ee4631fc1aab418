"""A real SMTP server of the test, a provider that leads to it, and what arrived there."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from delivery.models import Provider
from tests import sink
from tests.running import free_port, until


@pytest.fixture(scope="module")
def mail_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    port, file = free_port(), Path(tmp_path_factory.mktemp("mail")) / "mails"
    process = subprocess.Popen([sys.executable, "-m", "tests.sink", str(port), str(file)], stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == b"listening\n"
    yield port, file
    process.terminate()
    process.wait(60)
    process.stdout.close()


@pytest.fixture
def relay(mail_server: tuple[int, Path], db: None) -> Provider:
    return Provider.objects.create(name="Relay", host="127.0.0.1", port=mail_server[0], security="none")


class Mailbox:
    def __init__(self, file: Path) -> None:
        self.file = file
        self.before = len(self.all)

    @property
    def all(self) -> list[tuple[str, EmailMessage]]:
        return list(sink.kept(self.file))

    @property
    def new(self) -> list[tuple[str, EmailMessage]]:
        return self.all[self.before :]

    def next_link(self, to: str) -> str:
        """The path of the link in the one new mail."""
        ((recipient, mail),) = until(lambda: self.new)
        assert recipient == to
        found = re.search(r"https://news\.nordlicht\.example/\S+", mail.get_content())
        assert found, mail.get_content()
        self.before += 1
        return urlsplit(found[0]).path


@pytest.fixture
def mailbox(mail_server: tuple[int, Path]) -> Iterator[Mailbox]:
    yield Mailbox(mail_server[1])
    until(lambda: not any(thread.name == "staff mail" for thread in threading.enumerate()))
