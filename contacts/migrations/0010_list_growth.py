import django.db.models.deletion
from django.db import migrations, models

# A subscription that was over when it came in (an import, a move from another system) counts on both of its days,
# unless it never was one: then both times are the same.
NOTING = """
CREATE FUNCTION contacts_note_subscriptions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO contacts_listchange (list_id, at, joined, unsubscribed, deleted)
        SELECT list_id, date_bin('15 minutes', created_at, 'epoch'), count(*), 0, 0 FROM fresh
        WHERE state = 'subscribed' OR state = 'unsubscribed' AND changed_at > created_at + interval '1 minute'
        GROUP BY 1, 2
        UNION ALL
        SELECT list_id, date_bin('15 minutes', changed_at, 'epoch'), 0, count(*), 0 FROM fresh
        WHERE state = 'unsubscribed' AND changed_at > created_at + interval '1 minute'
        GROUP BY 1, 2;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO contacts_listchange (list_id, at, joined, unsubscribed, deleted)
        SELECT f.list_id, date_bin('15 minutes', f.changed_at, 'epoch'),
            count(*) FILTER (WHERE f.state = 'subscribed'), count(*) FILTER (WHERE s.state = 'subscribed'), 0
        FROM fresh f JOIN stale s ON s.id = f.id
        WHERE f.state <> s.state AND 'subscribed' IN (f.state, s.state)
        GROUP BY 1, 2;
    ELSE
        INSERT INTO contacts_listchange (list_id, at, joined, unsubscribed, deleted)
        SELECT list_id, date_bin('15 minutes', now(), 'epoch'), 0, 0, count(*) FROM stale
        WHERE state = 'subscribed' GROUP BY 1, 2;
    END IF;
    -- Who was lost already and leaves, or is deleted: looked at anew, as after a change of suppressions.
    IF TG_OP <> 'INSERT' THEN
        IF EXISTS (SELECT 1 FROM stale s JOIN contacts_lostsubscription l ON l.subscription_id = s.id) THEN
            INSERT INTO contacts_listchange (list_id, at, joined, unsubscribed, deleted) VALUES (NULL, now(), 0, 0, 0);
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER note_joined AFTER INSERT ON contacts_subscription
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION contacts_note_subscriptions();
CREATE TRIGGER note_changed AFTER UPDATE ON contacts_subscription
    REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION contacts_note_subscriptions();
CREATE TRIGGER note_deleted AFTER DELETE ON contacts_subscription
    REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION contacts_note_subscriptions();

CREATE FUNCTION contacts_note_suppressions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO contacts_listchange (list_id, at, joined, unsubscribed, deleted) VALUES (NULL, now(), 0, 0, 0);
    RETURN NULL;
END $$;
CREATE TRIGGER note_suppressed AFTER INSERT OR DELETE ON contacts_suppression
    FOR EACH STATEMENT EXECUTE FUNCTION contacts_note_suppressions();

INSERT INTO contacts_listchange (list_id, at, joined, unsubscribed, deleted)
SELECT list_id, date_bin('15 minutes', created_at, 'epoch'), count(*), 0, 0 FROM contacts_subscription
WHERE state = 'subscribed' OR state = 'unsubscribed' AND changed_at > created_at + interval '1 minute' GROUP BY 1, 2
UNION ALL
SELECT list_id, date_bin('15 minutes', changed_at, 'epoch'), 0, count(*), 0 FROM contacts_subscription
WHERE state = 'unsubscribed' AND changed_at > created_at + interval '1 minute' GROUP BY 1, 2
UNION ALL
SELECT NULL, now(), 0, 0, 0;
"""
FORGETTING = """
DROP TRIGGER note_suppressed ON contacts_suppression;
DROP TRIGGER note_deleted ON contacts_subscription;
DROP TRIGGER note_changed ON contacts_subscription;
DROP TRIGGER note_joined ON contacts_subscription;
DROP FUNCTION contacts_note_suppressions();
DROP FUNCTION contacts_note_subscriptions();
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0009_audience_days")]

    operations = [
        migrations.CreateModel(
            name="ListChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("list_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField(help_text="The quarter of an hour, so that a day can begin in any time zone.")),
                ("joined", models.BigIntegerField(default=0)),
                ("unsubscribed", models.BigIntegerField(default=0)),
                ("deleted", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="LostSubscription",
            fields=[
                ("subscription_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("list_id", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="ListDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("joined", models.BigIntegerField(default=0)),
                ("back", models.BigIntegerField(default=0, help_text="Their suppression was lifted.")),
                ("unsubscribed", models.BigIntegerField(default=0)),
                ("deleted", models.BigIntegerField(default=0, help_text="The contact was deleted.")),
                ("lost", models.BigIntegerField(default=0, help_text="Bounced, complained or suppressed while on the list.")),
                (
                    "list",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to="contacts.mailinglist",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("list", "on"), name="one_day_per_list")],
            },
        ),
        migrations.RunSQL(NOTING, FORGETTING),
    ]
