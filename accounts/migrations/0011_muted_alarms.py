import django.contrib.postgres.fields
from django.db import migrations, models

_KINDS = [
    "campaign",
    "provider",
    "domain",
    "links",
    "complaints",
    "webhook",
    "returned",
    "dmarc",
    "blocklist",
    "form",
    "disk",
]


def mute(apps, schema_editor):
    """Whoever wanted none gets none of those that there are."""
    apps.get_model("accounts", "User").objects.filter(wants_alerts=False).update(muted_alarms=_KINDS)


def unmute(apps, schema_editor):
    apps.get_model("accounts", "User").objects.filter(muted_alarms__len=len(_KINDS)).update(wants_alerts=False)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_brands")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="muted_alarms",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                blank=True,
                default=list,
                help_text=(
                    "Kinds of accounts.shell.alarms that are not mailed to this person; a kind that is new is mailed."
                ),
                size=None,
            ),
        ),
        migrations.RunPython(mute, unmute),
        migrations.RemoveField(model_name="user", name="wants_alerts"),
    ]
