"""A running product that nobody has set up yet."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installed import install
from tests.running import Product


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """An empty installation as `make run` leaves it, before the set-up page."""
    var = Path(tmp_path_factory.mktemp("product"))
    install(var)
    running = Product(var)
    running.wait_for("Tallypost runs at")
    yield running
    running.stop()
