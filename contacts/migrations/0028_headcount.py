from django.db import migrations, models

# Making a trigger keeps writers out until the transaction ends, so nobody comes between it and the first count.
NOTING = """
CREATE FUNCTION contacts_note_headcount() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO contacts_headcount (people) SELECT count(*) FROM moved HAVING count(*) > 0;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO contacts_headcount (people) SELECT -count(*) FROM moved HAVING count(*) > 0;
    ELSE
        DELETE FROM contacts_headcount;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER headcount_of_new AFTER INSERT ON contacts_contact
    REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION contacts_note_headcount();
CREATE TRIGGER headcount_of_gone AFTER DELETE ON contacts_contact
    REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION contacts_note_headcount();
CREATE TRIGGER headcount_of_none AFTER TRUNCATE ON contacts_contact
    FOR EACH STATEMENT EXECUTE FUNCTION contacts_note_headcount();
INSERT INTO contacts_headcount (people) SELECT count(*) FROM contacts_contact HAVING count(*) > 0;
"""
FORGETTING = """
DROP TRIGGER headcount_of_none ON contacts_contact;
DROP TRIGGER headcount_of_gone ON contacts_contact;
DROP TRIGGER headcount_of_new ON contacts_contact;
DROP FUNCTION contacts_note_headcount();
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0027_paused_and_samples")]

    operations = [
        migrations.CreateModel(
            name="Headcount",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("people", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(NOTING, FORGETTING),
    ]
