from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0056_batch_people_unapproved")]

    operations = [
        migrations.AddField(
            "batch",
            "is_test",
            models.BooleanField(
                db_default=False, default=False, help_text="A mail that somebody here tries out: it counts in no figure."
            ),
        ),
        migrations.RunSQL(
            """UPDATE delivery_batch SET is_test = true WHERE "group" LIKE 'test:%'""", migrations.RunSQL.noop
        ),
    ]
