import django.contrib.postgres.fields
from django.db import migrations, models

# A change of one person notes the block once a transaction, not once a person: `contacts.noted_block` is forgotten
# with the transaction, or with the savepoint, in which it was set.
NOTING = """
CREATE OR REPLACE FUNCTION contacts_note_blocks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO contacts_staleblock (block) SELECT DISTINCT id >> 6 FROM fresh;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO contacts_staleblock (block) SELECT DISTINCT id >> 6 FROM stale;
    ELSIF current_setting('contacts.noted_block', true) IS DISTINCT FROM (NEW.id >> 6)::text THEN
        INSERT INTO contacts_staleblock (block) VALUES (NEW.id >> 6);
        PERFORM set_config('contacts.noted_block', (NEW.id >> 6)::text, true);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER note_people_gone AFTER DELETE ON contacts_contact
    REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION contacts_note_blocks();
CREATE TRIGGER note_tags_changed AFTER UPDATE OF attributes ON contacts_contact FOR EACH ROW
    WHEN (OLD.attributes -> 'tags' IS DISTINCT FROM NEW.attributes -> 'tags')
    EXECUTE FUNCTION contacts_note_blocks();

CREATE FUNCTION contacts_note_blocks_of_lists() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO contacts_staleblock (block) SELECT DISTINCT contact_id >> 6 FROM stale;
    ELSE
        INSERT INTO contacts_staleblock (block) SELECT DISTINCT contact_id >> 6 FROM fresh;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER note_blocks_joined AFTER INSERT ON contacts_subscription
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION contacts_note_blocks_of_lists();
CREATE TRIGGER note_blocks_changed AFTER UPDATE ON contacts_subscription
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION contacts_note_blocks_of_lists();
CREATE TRIGGER note_blocks_deleted AFTER DELETE ON contacts_subscription
    REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION contacts_note_blocks_of_lists();

CREATE FUNCTION contacts_note_blocks_of_suppressions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO contacts_staleblock (block)
        SELECT DISTINCT c.id >> 6 FROM stale JOIN contacts_contact c ON lower(c.email) = stale.email;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO contacts_staleblock (block)
        SELECT DISTINCT c.id >> 6 FROM fresh JOIN contacts_contact c ON lower(c.email) = fresh.email;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER note_blocks_suppressed AFTER INSERT ON contacts_suppression
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION contacts_note_blocks_of_suppressions();
CREATE TRIGGER note_blocks_of_reasons AFTER UPDATE ON contacts_suppression
    REFERENCING OLD TABLE AS stale NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION contacts_note_blocks_of_suppressions();
CREATE TRIGGER note_blocks_lifted AFTER DELETE ON contacts_suppression
    REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION contacts_note_blocks_of_suppressions();

-- All that are there: the first folds take them in, and until then they are looked through one by one.
INSERT INTO contacts_staleblock (block) SELECT DISTINCT id >> 6 FROM contacts_contact;
"""
FORGETTING = """
DROP TRIGGER note_blocks_lifted ON contacts_suppression;
DROP TRIGGER note_blocks_of_reasons ON contacts_suppression;
DROP TRIGGER note_blocks_suppressed ON contacts_suppression;
DROP FUNCTION contacts_note_blocks_of_suppressions();
DROP TRIGGER note_blocks_deleted ON contacts_subscription;
DROP TRIGGER note_blocks_changed ON contacts_subscription;
DROP TRIGGER note_blocks_joined ON contacts_subscription;
DROP FUNCTION contacts_note_blocks_of_lists();
DROP TRIGGER note_tags_changed ON contacts_contact;
DROP TRIGGER note_people_gone ON contacts_contact;
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0030_consent_kept")]

    operations = [
        migrations.CreateModel(
            name="PeopleBlock",
            fields=[
                (
                    "block",
                    models.BigIntegerField(
                        help_text="The contacts' numbers divided by 64.", primary_key=True, serialize=False
                    ),
                ),
                (
                    "reachable",
                    models.BigIntegerField(
                        help_text="Whether they paused their mail or not, whether their consent has ended or not."
                    ),
                ),
                ("unsubscribed", models.BigIntegerField()),
                ("suppressed", models.BigIntegerField()),
                ("on_no_list", models.BigIntegerField()),
                ("tags", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                (
                    "lists",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        help_text="In whatever state of the subscription.",
                        size=None,
                    ),
                ),
            ],
        ),
        migrations.RunSQL(NOTING, FORGETTING),
    ]
