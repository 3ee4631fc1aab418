from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0033_rehearsing")]

    operations = [
        migrations.AlterField(
            "sandboxrule",
            "effect",
            models.CharField(
                choices=[
                    ("delay", "Waits"),
                    ("refuse", "Is refused or told to come back"),
                    ("drop", "The connection breaks"),
                    ("greylist", "Is greylisted"),
                    ("throttle", "Is throttled"),
                    ("outage", "The server is away"),
                    ("bounce", "Is accepted, then bounces"),
                    ("complain", "Is accepted, then marked as spam"),
                    ("opens", "Is opened by its reader"),
                    ("clicks", "Is opened, and a link is followed"),
                    ("leaves", "Makes its reader unsubscribe"),
                    ("apple", "Is loaded by Apple’s proxy"),
                    ("scanner", "Is scanned by a filter"),
                ],
                max_length=8,
            ),
        )
    ]
