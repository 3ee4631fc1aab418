import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.delivery.feedback.mailbox.dovecot import Dovecot, dovecot
from tests.delivery.oauth.conftest import token_server

__all__ = ["token_server"]


@pytest.fixture(scope="session")
def server() -> Iterator[Dovecot]:
    with tempfile.TemporaryDirectory(prefix="tallypost-dovecot-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # its mails belong to somebody else
        with dovecot(folder) as running:
            yield running


@pytest.fixture
def box(server: Dovecot) -> Dovecot:
    """An empty mailbox."""
    server.empty()
    server.resolved.clear()
    return server
