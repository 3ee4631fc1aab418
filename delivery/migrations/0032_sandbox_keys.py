import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0031_sandbox_rules")]

    operations = [
        migrations.CreateModel(
            name="SandboxKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("note", models.CharField(blank=True, help_text="Who uses it.", max_length=80)),
                (
                    "beginning",
                    models.CharField(help_text="Shown, so that people tell their keys apart.", max_length=12),
                ),
                ("digest", models.BinaryField(unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("used_at", models.DateTimeField(editable=False, null=True)),
                (
                    "mailbox",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="keys",
                        to="delivery.sandboxmailbox",
                    ),
                ),
            ],
        ),
    ]
