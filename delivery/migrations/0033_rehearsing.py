import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0032_sandbox_keys")]

    operations = [
        migrations.AlterField(
            "provider",
            "state",
            models.CharField(
                choices=[("active", "Active"), ("paused", "Paused"), ("rehearse", "In rehearsal")],
                default="active",
                max_length=8,
            ),
        ),
        migrations.AddField(
            "provider",
            "rehearsal_allowed",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=320),
                blank=True,
                default=list,
                help_text="In rehearsal it still writes to these.",
                size=None,
            ),
        ),
        migrations.AddField(
            "batch",
            "rehearsed_for",
            models.ForeignKey(
                help_text="A real provider that was in rehearsal at launch; the sandbox carries it, for good.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="delivery.provider",
            ),
        ),
        migrations.AddField(
            "sandboxmailbox",
            "provider",
            models.OneToOneField(
                editable=False,
                help_text="Keeps what is addressed to it.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                to="delivery.provider",
            ),
        ),
        migrations.CreateModel(
            name="SandboxRelay",
            fields=[
                (
                    "mail",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="relay",
                        serialize=False,
                        to="delivery.sandboxmail",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sending", "May have arrived"),
                            ("sent", "Sent"),
                            ("failed", "Not sent"),
                        ],
                        default="waiting",
                        max_length=7,
                    ),
                ),
                (
                    "problem",
                    models.CharField(blank=True, help_text="The server's words; hostile text.", max_length=500),
                ),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "provider",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="delivery.provider"),
                ),
            ],
        ),
        migrations.AddIndex(
            "sandboxrelay",
            models.Index(condition=models.Q(("state", "waiting")), fields=["mail"], name="sandbox_relay_waiting"),
        ),
    ]
