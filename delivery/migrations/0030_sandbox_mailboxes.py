import django.core.validators
import django.db.models.deletion
import django.db.models.functions
from django.db import migrations, models

OWN = 0


def own(apps, schema_editor):
    """Mails that were kept before go into the mailbox of our own rehearsals, with its number and age."""
    rules = apps.get_model("delivery", "SandboxRules").objects.filter(id=1).first()
    kept = {"keep_mails": max(1, rules.keep_mails), "keep_days": max(1, rules.keep_days)} if rules else {}
    apps.get_model("delivery", "SandboxMailbox").objects.get_or_create(id=OWN, defaults={"name": "Rehearsals", **kept})


class Migration(migrations.Migration):
    dependencies = [("delivery", "0029_sending_domains")]

    operations = [
        migrations.CreateModel(
            name="SandboxMailbox",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                (
                    "keep_mails",
                    models.PositiveIntegerField(
                        default=50_000,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1_000_000),
                        ],
                    ),
                ),
                (
                    "keep_days",
                    models.PositiveIntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3_650),
                        ],
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.Lower("name"), name="sandbox_mailbox_name_once"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="SandboxLogin",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("username", models.CharField(max_length=80, unique=True)),
                ("digest", models.BinaryField()),
                ("note", models.CharField(blank=True, help_text="Who uses it.", max_length=80)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "mailbox",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="logins",
                        to="delivery.sandboxmailbox",
                    ),
                ),
            ],
        ),
        migrations.RunPython(own, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField("sandboxrules", "keep_mails"),
        migrations.RemoveField("sandboxrules", "keep_days"),
        migrations.AddField(
            "sandboxmail",
            "mailbox",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                default=OWN,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="mails",
                to="delivery.sandboxmailbox",
            ),
        ),
        migrations.AddField(
            "sandboxmail",
            "preview",
            models.CharField(blank=True, default="", help_text="How its text begins.", max_length=160),
            preserve_default=False,
        ),
        migrations.AddField(
            "sandboxmail",
            "words",
            models.TextField(
                blank=True, default="", help_text="Addresses, subject and text in lower case, for searching."
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(
            "UPDATE delivery_sandboxmail"
            " SET words = lower(envelope_to || ' ' || sender || ' ' || subject)",
            migrations.RunSQL.noop,
            elidable=True,
        ),
        migrations.RemoveIndex("sandboxmail", "sandbox_message_id"),
        migrations.RemoveIndex("sandboxmail", "sandbox_received_at"),
        migrations.AddIndex("sandboxmail", models.Index(fields=["mailbox", "id"], name="sandbox_mailbox")),
    ]
