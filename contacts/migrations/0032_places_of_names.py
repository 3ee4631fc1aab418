import django.db.models.deletion
from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models

NOTING = """
DROP TRIGGER note_words_changed ON contacts_contact;
-- An import notes the blocks of a whole slice itself: a call of the trigger for each person is a tenth of its time.
CREATE TRIGGER note_words_changed AFTER UPDATE OF email, first_name, last_name ON contacts_contact FOR EACH ROW
    WHEN ((OLD.email, OLD.first_name, OLD.last_name) IS DISTINCT FROM (NEW.email, NEW.first_name, NEW.last_name)
        AND current_setting('contacts.notes_names_itself', true) IS DISTINCT FROM 'yes')
    EXECUTE FUNCTION contacts_note_blocks();
-- All that are there: the next fold gives them their places.
INSERT INTO contacts_staleblock (block) SELECT DISTINCT id >> 6 FROM contacts_contact;
"""
FORGETTING = """
DROP TRIGGER note_words_changed ON contacts_contact;
CREATE TRIGGER note_words_changed AFTER UPDATE OF email, first_name, last_name ON contacts_contact FOR EACH ROW
    WHEN ((OLD.email, OLD.first_name, OLD.last_name) IS DISTINCT FROM (NEW.email, NEW.first_name, NEW.last_name))
    EXECUTE FUNCTION contacts_note_blocks();
"""


class Migration(migrations.Migration):
    atomic = False  # nobody waits while the indexes go

    dependencies = [("contacts", "0031_people_blocks")]

    operations = [
        migrations.CreateModel(
            name="NamePlace",
            fields=[
                (
                    "contact",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="name_place",
                        serialize=False,
                        to="contacts.contact",
                    ),
                ),
                ("name", models.TextField(help_text="Last and first name in lower case; empty: nameless.")),
            ],
            options={"indexes": [models.Index(fields=["name", "contact"], name="name_place_order")]},
        ),
        migrations.RunSQL(NOTING, FORGETTING),
        RemoveIndexConcurrently(model_name="contact", name="contact_by_name"),
        RemoveIndexConcurrently(model_name="contact", name="contact_nameless"),
    ]
