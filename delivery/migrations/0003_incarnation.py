"""Tells a restored or copied database from the one that knows all that was sent: see delivery.guards.incarnation."""

from django.db import migrations

TABLE = """
CREATE TABLE delivery_incarnation (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    name uuid NOT NULL DEFAULT gen_random_uuid(),
    beat bigint NOT NULL DEFAULT 0,
    beat_at timestamptz
);
INSERT INTO delivery_incarnation DEFAULT VALUES;
"""


class Migration(migrations.Migration):
    dependencies = [("delivery", "0002_ledger")]

    operations = [migrations.RunSQL(TABLE, "DROP TABLE delivery_incarnation")]
