"""Days of lists add up to who can be reached also where consent has ended."""

from django.db import migrations, models

LOOKING_AGAIN = """
INSERT INTO contacts_listchange (list_id, at, joined, unsubscribed, deleted)
SELECT NULL, now(), 0, 0, 0 WHERE EXISTS (SELECT FROM contacts_subscription WHERE expires_at <= now());
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0039_growth_knows_list_suppressions")]

    operations = [
        migrations.AlterField(
            model_name="listday",
            name="back",
            field=models.BigIntegerField(
                default=0, help_text="Their suppression was lifted, or they agreed once more."
            ),
        ),
        migrations.AlterField(
            model_name="listday",
            name="lost",
            field=models.BigIntegerField(
                default=0, help_text="Bounced, complained or suppressed while on the list, or consent ended."
            ),
        ),
        migrations.RunSQL(LOOKING_AGAIN, migrations.RunSQL.noop),
    ]
