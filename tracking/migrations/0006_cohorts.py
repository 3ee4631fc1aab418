import django.db.models.deletion
from django.db import migrations, models

NOTING = """
CREATE FUNCTION tracking_note_clicks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO tracking_clickchange (message_id, at)
        SELECT message_id, now() FROM fresh WHERE kind = 2 AND link_id = 0 AND (NOT is_machine OR TG_OP = 'UPDATE');
    ELSE
        INSERT INTO tracking_clickchange (message_id, at)
        SELECT message_id, now() FROM stale WHERE kind = 2 AND link_id = 0 AND NOT is_machine;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER note_click AFTER INSERT ON tracking_engagement
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION tracking_note_clicks();
CREATE TRIGGER note_click_changed AFTER UPDATE ON tracking_engagement
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION tracking_note_clicks();
CREATE TRIGGER note_click_gone AFTER DELETE ON tracking_engagement
    REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION tracking_note_clicks();
INSERT INTO tracking_clickchange (message_id, at)
SELECT message_id, now() FROM tracking_engagement WHERE kind = 2 AND link_id = 0 AND NOT is_machine;
"""
FORGETTING = """
DROP TRIGGER note_click_gone ON tracking_engagement;
DROP TRIGGER note_click_changed ON tracking_engagement;
DROP TRIGGER note_click ON tracking_engagement;
DROP FUNCTION tracking_note_clicks();
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0010_list_growth"), ("tracking", "0005_clients_and_countries")]

    operations = [
        migrations.AddField(
            model_name="foldedchunk",
            name="in_cohorts",
            field=models.BooleanField(db_default=False, default=False, help_text="See tracking.cohorts."),
        ),
        migrations.AddIndex(
            model_name="foldedchunk",
            index=models.Index(condition=models.Q(("in_cohorts", False)), fields=["chunk_id"], name="chunk_for_cohorts"),
        ),
        migrations.CreateModel(
            name="ClickChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Cohort",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("joined", models.DateField()),
                ("month", models.DateField()),
                ("mailed", models.BigIntegerField(default=0)),
                ("clicked", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("joined", "month"), name="one_cohort_per_month")],
            },
        ),
        migrations.CreateModel(
            name="MailedMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(help_text="Its first day; of the mail, also where the click came later.")),
                ("joined", models.DateField(help_text="The month in which the contact came in.")),
                ("clicked", models.BooleanField(default=False)),
                (
                    "contact",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="contacts.contact",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("contact", "month"), name="one_month_per_contact")],
            },
        ),
        migrations.RunSQL(NOTING, FORGETTING),
    ]
