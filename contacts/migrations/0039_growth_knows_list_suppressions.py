"""Days of lists add up to who can be reached also where addresses are suppressed for one list."""

from django.db import migrations

NOTING = """
CREATE TRIGGER note_suppressed AFTER INSERT OR DELETE ON contacts_listsuppression
    FOR EACH STATEMENT EXECUTE FUNCTION contacts_note_suppressions();
INSERT INTO contacts_listchange (list_id, at, joined, unsubscribed, deleted)
SELECT NULL, now(), 0, 0, 0 WHERE EXISTS (SELECT FROM contacts_listsuppression);
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0038_forms_ask_about_counting")]

    operations = [migrations.RunSQL(NOTING, "DROP TRIGGER note_suppressed ON contacts_listsuppression")]
