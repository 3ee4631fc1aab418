"""States of imports got new numbers, because there are more of them now.

What was staged under the old ones is thrown away: an unfinished import reads its file again.
"""

from django.db import migrations

FORWARD = """
UPDATE contacts_importjob
SET options = options || jsonb_build_object('everyone', CASE (options->>'everyone')::int
    WHEN 1 THEN 10 WHEN 2 THEN 30 WHEN 3 THEN 60 WHEN 4 THEN 70 ELSE 0 END)
WHERE options ? 'everyone';
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT c.relname FROM pg_class c JOIN contacts_importjob j ON c.relname = 'contacts_import_' || j.id
    LOOP EXECUTE format('DROP TABLE IF EXISTS %I', name); END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0004_out_of_reach")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
