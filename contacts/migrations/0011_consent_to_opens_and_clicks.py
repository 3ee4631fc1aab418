import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STATES = [("unknown", "Not asked"), ("given", "Given"), ("refused", "Refused")]

# One consent for both becomes one for each, and what is known of it is kept: nobody was asked apart before.
CARRY_OVER = """
UPDATE contacts_contact SET click_consent = open_consent WHERE open_consent <> 'unknown';
INSERT INTO contacts_trackingconsentevent (contact_id, part, state, channel, text, at)
SELECT c.id, part, c.open_consent, 'before', 'Recorded before opens and clicks were asked apart', c.updated_at
FROM contacts_contact c, unnest(ARRAY['opens', 'clicks']) AS part WHERE c.open_consent <> 'unknown'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0010_list_growth"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameField("contact", "tracking_consent", "open_consent"),
        migrations.AlterField(
            "contact",
            "open_consent",
            models.CharField(max_length=8, choices=STATES, default="unknown", db_default="unknown"),
        ),
        migrations.AddField(
            "contact",
            "click_consent",
            models.CharField(max_length=8, choices=STATES, default="unknown", db_default="unknown"),
        ),
        migrations.CreateModel(
            name="TrackingConsentEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.CharField(choices=[("opens", "Opens"), ("clicks", "Clicks")], max_length=6)),
                ("state", models.CharField(choices=STATES, help_text="What holds from then on.", max_length=8)),
                ("channel", models.CharField(help_text="import, hand, page, before", max_length=20)),
                (
                    "text",
                    models.CharField(
                        blank=True, help_text="The words that were agreed to, or how it was said.", max_length=500
                    ),
                ),
                ("ip", models.GenericIPAddressField(null=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tracking_events",
                        to="contacts.contact",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
    ]
