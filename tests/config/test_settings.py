"""What the environment says reaches Django and the engine."""

import os
import subprocess
import sys

from tests.running import ROOT

ASKED = """
from django.conf import settings
from delivery.engine.bookkeeping.session import connection_parameters
print(settings.DATABASES["default"]["HOST"], connection_parameters()["sslmode"], connection_parameters()["sslrootcert"])
"""


def test_the_query_of_a_database_address_reaches_django_and_the_engine() -> None:
    """`?sslmode=verify-full` dropped in silence would mean an unverified database."""
    address = "postgres://mail:p%40ss@db.example:6432/mail?sslmode=verify-full&sslrootcert=/etc/ssl/db.pem"
    said = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", ASKED],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == ["db.example", "verify-full", "/etc/ssl/db.pem"]
