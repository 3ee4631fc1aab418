"""The migrated database is made while the workers still collect their tests: `python -m tests.database`."""

import os

import django
from django.db import connection

from tests.database.creation import DatabaseCreation

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()
assert isinstance(connection.creation, DatabaseCreation)
connection.creation.migrate_ahead()
