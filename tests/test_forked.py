"""A process that a test forks is like one that it starts: its own settings, and an end that is told."""

import signal
from pathlib import Path

import pytest

from tests.running import database_url, script

ASKED = """
import sys, time
from django.conf import settings
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT current_database()")
    print(sys.argv[1], settings.SPOOL_DIR, *cursor.fetchone(), flush=True)
time.sleep(600)
"""


@pytest.mark.django_db(transaction=True)
def test_each_has_settings_of_its_own_environment_and_is_killed_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "another"):
        monkeypatch.setenv("TALLYPOST_VAR", str(tmp_path / name))
        with script(ASKED, "hello") as process:
            said = process.stdout.readline().decode().split()
            assert process.poll() is None
            process.send_signal(signal.SIGKILL)
        assert said == ["hello", str(tmp_path / name / "spool"), database_url().rpartition("/")[2]]
        assert process.wait() == -signal.SIGKILL
