from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0055_room_for_updates")]

    operations = [
        migrations.AddField(
            "batch",
            "people_unapproved",
            models.BigIntegerField(
                help_text="So many were to get it when it was held for want of an approval. Empty: it is not held for that.",
                null=True,
            ),
        ),
    ]
