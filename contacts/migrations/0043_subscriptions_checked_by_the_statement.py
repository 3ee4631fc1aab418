"""Contacts and lists of new subscriptions are looked up once a statement: a foreign key looks each one up by itself,
and that was a sixth of an import."""

import django.db.models.deletion
from django.db import migrations, models

# The keys are locked as a foreign key would: whoever deletes one of them meanwhile waits, and is refused then.
CHECKING = """
CREATE FUNCTION contacts_check_subscriptions() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    IF (SELECT count(*) FROM (
            SELECT FROM fresh f JOIN contacts_contact c ON c.id = f.contact_id FOR KEY SHARE OF c) known)
        < (SELECT count(*) FROM fresh) THEN
        RAISE EXCEPTION 'a new subscription is of a contact that does not exist'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    PERFORM FROM contacts_mailinglist WHERE id IN (SELECT DISTINCT list_id FROM fresh) FOR KEY SHARE;
    IF EXISTS (SELECT list_id FROM fresh EXCEPT SELECT id FROM contacts_mailinglist) THEN
        RAISE EXCEPTION 'a new subscription is of a list that does not exist'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER check_new AFTER INSERT ON contacts_subscription
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION contacts_check_subscriptions();

CREATE FUNCTION contacts_check_moved_subscription() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM contacts_contact c, contacts_mailinglist l
    WHERE c.id = NEW.contact_id AND l.id = NEW.list_id FOR KEY SHARE OF c, l;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'subscription % was given a contact or a list that does not exist', NEW.id
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER check_moved AFTER UPDATE OF contact_id, list_id ON contacts_subscription FOR EACH ROW
    WHEN ((OLD.contact_id, OLD.list_id) IS DISTINCT FROM (NEW.contact_id, NEW.list_id))
    EXECUTE FUNCTION contacts_check_moved_subscription();

CREATE FUNCTION contacts_refuse_orphans() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'contacts_contact' THEN
        IF NOT EXISTS (SELECT FROM contacts_subscription WHERE contact_id = OLD.id)
            OR EXISTS (SELECT FROM contacts_contact WHERE id = OLD.id) THEN
            RETURN NULL;
        END IF;
    ELSIF NOT EXISTS (SELECT FROM contacts_subscription WHERE list_id = OLD.id)
        OR EXISTS (SELECT FROM contacts_mailinglist WHERE id = OLD.id) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% % still has subscriptions', TG_TABLE_NAME, OLD.id USING ERRCODE = 'foreign_key_violation';
END $$;
CREATE CONSTRAINT TRIGGER no_orphans AFTER DELETE ON contacts_contact DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION contacts_refuse_orphans();
CREATE CONSTRAINT TRIGGER no_orphans AFTER DELETE ON contacts_mailinglist DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION contacts_refuse_orphans();
"""
FORGETTING = """
DROP TRIGGER no_orphans ON contacts_mailinglist;
DROP TRIGGER no_orphans ON contacts_contact;
DROP TRIGGER check_moved ON contacts_subscription;
DROP TRIGGER check_new ON contacts_subscription;
DROP FUNCTION contacts_refuse_orphans();
DROP FUNCTION contacts_check_moved_subscription();
DROP FUNCTION contacts_check_subscriptions();
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0042_deleted_people")]

    operations = [
        migrations.RunSQL(CHECKING, FORGETTING),
        migrations.AlterField(
            model_name="subscription",
            name="contact",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="subscriptions",
                to="contacts.contact",
            ),
        ),
        migrations.AlterField(
            model_name="subscription",
            name="list",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="subscriptions",
                to="contacts.mailinglist",
            ),
        ),
        # What undoing needs of an import are numbers of people in long rows: to compress them is a work without use.
        migrations.RunSQL(
            "ALTER TABLE contacts_importslice ALTER COLUMN added SET STORAGE EXTERNAL,"
            " ALTER COLUMN found SET STORAGE EXTERNAL, ALTER COLUMN joined SET STORAGE EXTERNAL",
            "ALTER TABLE contacts_importslice ALTER COLUMN added SET STORAGE EXTENDED,"
            " ALTER COLUMN found SET STORAGE EXTENDED, ALTER COLUMN joined SET STORAGE EXTENDED",
        ),
    ]
