from collections.abc import Iterator

import pytest

from delivery.domains.resolver import Resolver
from tests.delivery.domains.dns_server import PATIENCE_SECONDS, DnsServer, running


@pytest.fixture(scope="module")
def _name_server() -> Iterator[DnsServer]:
    with running() as server:
        yield server


@pytest.fixture
def name_server(_name_server: DnsServer) -> DnsServer:
    _name_server.zone.clear()
    _name_server.questions.clear()
    return _name_server


@pytest.fixture
def ask(name_server: DnsServer) -> Resolver:
    return Resolver((name_server.address,), seconds=PATIENCE_SECONDS)
