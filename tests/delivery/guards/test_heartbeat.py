from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import User
from delivery import tasks
from delivery.guards import heartbeat

Browse = Callable[[User], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _long_running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "STARTED", timezone.now() - timedelta(hours=1))


def test_silent_workers_are_said_on_every_page_with_the_cure(client_for: Browse, viewer: User) -> None:
    cache.set("delivery.tick", timezone.now() - timedelta(minutes=12), timeout=None)
    page = client_for(viewer).get("/").content.decode()
    assert "silent for 12" in page
    assert "make run" in page


def test_one_tick_takes_the_warning_away(client_for: Browse, viewer: User) -> None:
    cache.set("delivery.tick", timezone.now() - timedelta(minutes=12), timeout=None)
    tasks.tick()
    assert heartbeat.silent_since() is None
    assert "background workers" not in client_for(viewer).get("/").content.decode()


def test_workers_have_a_minute_to_come_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.set("delivery.tick", timezone.now() - timedelta(hours=8), timeout=None)
    monkeypatch.setattr(heartbeat, "STARTED", timezone.now())
    assert heartbeat.silent_since() is None


def test_nothing_is_said_before_the_workers_ever_ran() -> None:
    cache.delete("delivery.tick")
    assert heartbeat.silent_since() is None
