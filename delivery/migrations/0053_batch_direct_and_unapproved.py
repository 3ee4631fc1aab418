from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0052_sandbox_stages")]

    operations = [
        migrations.AddField(
            "batch",
            "is_direct",
            models.BooleanField(
                db_default=False, default=False, help_text="Through its provider alone, whatever routes say."
            ),
        ),
        migrations.AddField(
            "batch",
            "most_unapproved",
            models.PositiveIntegerField(
                help_text="Above so many people it would have needed an approval that it has not: it does not start.",
                null=True,
            ),
        ),
    ]
