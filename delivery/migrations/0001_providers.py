import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Provider",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[("sandbox", "Sandbox"), ("smtp", "SMTP server")], default="smtp", max_length=10
                    ),
                ),
                ("host", models.CharField(blank=True, max_length=255)),
                ("port", models.PositiveIntegerField(default=587)),
                (
                    "security",
                    models.CharField(
                        choices=[("starttls", "STARTTLS"), ("tls", "TLS"), ("none", "None (this machine only)")],
                        default="starttls",
                        max_length=8,
                    ),
                ),
                ("username", models.CharField(blank=True, max_length=255)),
                ("password_sealed", models.BinaryField(null=True)),
                ("password_set_at", models.DateTimeField(editable=False, null=True)),
                (
                    "connections",
                    models.PositiveIntegerField(default=5, help_text="At the same time, over all workers."),
                ),
                ("messages_per_connection", models.PositiveIntegerField(default=100)),
                ("per_second", models.PositiveIntegerField(blank=True, null=True)),
                ("per_minute", models.PositiveIntegerField(blank=True, null=True)),
                ("per_hour", models.PositiveIntegerField(blank=True, null=True)),
                ("per_day", models.PositiveIntegerField(blank=True, null=True)),
                ("is_default", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("paused", "Paused")], default="active", max_length=8
                    ),
                ),
                (
                    "state_reason",
                    models.CharField(blank=True, help_text="Why it is paused, in our words.", max_length=500),
                ),
                (
                    "state_detail",
                    models.CharField(blank=True, help_text="The server's words; hostile text.", max_length=1000),
                ),
                ("tested_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("removed_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)), fields=("is_default",), name="one_default_provider"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("removed_at__isnull", True)), fields=("name",), name="provider_name_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "sandbox")), fields=("kind",), name="one_sandbox"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SandboxMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("received_at", models.DateTimeField(auto_now_add=True)),
                ("envelope_from", models.CharField(max_length=320)),
                ("envelope_to", models.CharField(max_length=320)),
                ("sender", models.CharField(blank=True, max_length=400)),
                ("subject", models.CharField(blank=True, max_length=1000)),
                ("message_id", models.CharField(blank=True, help_text="The Message-ID header.", max_length=200)),
                ("size_bytes", models.PositiveIntegerField()),
                ("raw", models.BinaryField(help_text="zlib")),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["message_id"], name="sandbox_message_id"),
                    models.Index(fields=["envelope_to"], name="sandbox_envelope_to"),
                    models.Index(fields=["received_at"], name="sandbox_received_at"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SandboxRules",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "delay_min_ms",
                    models.PositiveIntegerField(
                        default=0, validators=[django.core.validators.MaxValueValidator(60000)]
                    ),
                ),
                (
                    "delay_max_ms",
                    models.PositiveIntegerField(
                        default=0, validators=[django.core.validators.MaxValueValidator(60000)]
                    ),
                ),
                (
                    "refused_percent",
                    models.PositiveSmallIntegerField(
                        default=0, validators=[django.core.validators.MaxValueValidator(100)]
                    ),
                ),
                (
                    "deferred_percent",
                    models.PositiveSmallIntegerField(
                        default=0, validators=[django.core.validators.MaxValueValidator(100)]
                    ),
                ),
                (
                    "dropped_percent",
                    models.PositiveSmallIntegerField(
                        default=0, validators=[django.core.validators.MaxValueValidator(100)]
                    ),
                ),
                (
                    "keep_mails",
                    models.PositiveIntegerField(
                        default=50000, validators=[django.core.validators.MaxValueValidator(1000000)]
                    ),
                ),
                (
                    "keep_days",
                    models.PositiveIntegerField(
                        default=30, validators=[django.core.validators.MaxValueValidator(3650)]
                    ),
                ),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_sandbox_rules")],
            },
        ),
    ]
