"""Where room is looked for, and where its lack is said."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import Role
from delivery.guards import disk
from tests.delivery.engine.test_disk import MORE_THAN_THERE_IS_MB
from tests.web import stage
from tests.web.cast import Cast


@pytest.fixture(autouse=True)
def nothing_told() -> Iterator[None]:
    cache.delete("delivery.guards.disk")
    yield
    cache.delete("delivery.guards.disk")


@pytest.mark.django_db
def test_the_page_of_a_campaign_says_what_it_waits_for(settings: Any) -> None:
    cast = Cast(Role.VIEWER)
    campaign = stage.launched(cast)
    settings.DISK_RESERVE_MB = MORE_THAN_THERE_IS_MB
    page = cast.browser().get(campaign.get_absolute_url()).content.decode()
    assert "Waits for disk space" in page
    assert "nothing is lost" in page


def test_a_journal_on_a_small_disk_of_its_own_counts(settings: Any, tmp_path: Path) -> None:
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tallypost-test", str(place)], check=False)
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    try:
        settings.JOURNAL_DIR = place / "journal"
        settings.DISK_RESERVE_MB = 30
        assert disk.has_room()
        with (place / "fill").open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, 20_000_000)
        assert not disk.has_room()
        (place / "fill").unlink()
        assert disk.has_room()
    finally:
        subprocess.run(["umount", str(place)], check=True)
