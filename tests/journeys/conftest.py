"""One running product for the journeys of a test process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import Product


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """An empty installation as `make run` leaves it, before the set-up page."""
    running = Product(Path(tmp_path_factory.mktemp("product")))
    running.wait_for("Tallypost runs at")
    yield running
    running.stop()
