import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

_NOBODY = "550 5.1.1 No such mailbox (played by the sandbox)"
_BUSY = "451 4.2.1 Mailbox busy, try again later (played by the sandbox)"
_FULL = "552 5.2.2 Mailbox full (played by the sandbox, after it accepted)"


def rules(apps, schema_editor):
    """The shares that were set so far, each as a rule."""
    old = apps.get_model("delivery", "SandboxRules").objects.filter(id=1).first()
    if old is None:
        return
    rule = apps.get_model("delivery", "SandboxRule").objects
    if old.delay_max_ms:
        rule.create(effect="delay", stage="dot", from_ms=old.delay_min_ms, to_ms=old.delay_max_ms)
    if old.refused_percent:
        rule.create(effect="refuse", stage="recipient", percent=old.refused_percent, reply=_NOBODY)
    if old.deferred_percent:
        rule.create(effect="refuse", stage="recipient", percent=old.deferred_percent, reply=_BUSY)
    if old.dropped_percent:
        rule.create(effect="drop", stage="dot", percent=old.dropped_percent)
    if old.complained_percent:
        rule.create(effect="complain", percent=old.complained_percent)
    if old.bounced_percent:
        rule.create(effect="bounce", percent=old.bounced_percent, reply=_NOBODY)
    if old.soft_bounced_percent:
        rule.create(effect="bounce", percent=old.soft_bounced_percent, reply=_FULL)


def _number(most, least=None, **given):
    validators = [django.core.validators.MinValueValidator(least)] if least is not None else []
    if most is not None:
        validators.append(django.core.validators.MaxValueValidator(most))
    return models.PositiveIntegerField(validators=validators, **given)


class Migration(migrations.Migration):
    dependencies = [("delivery", "0030_sandbox_mailboxes")]

    operations = [
        migrations.CreateModel(
            name="SandboxRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
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
                        ],
                        max_length=8,
                    ),
                ),
                ("is_on", models.BooleanField(default=True)),
                (
                    "pattern",
                    models.CharField(
                        blank=True, help_text="Of the recipient's address; * for anything.", max_length=200
                    ),
                ),
                (
                    "percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=100,
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("connect", "when the connection opens"),
                            ("sender", "after the sender"),
                            ("recipient", "after the recipient"),
                            ("before_dot", "before the mail is complete"),
                            ("dot", "after the mail"),
                        ],
                        default="dot",
                        max_length=10,
                    ),
                ),
                (
                    "reply",
                    models.CharField(
                        blank=True,
                        max_length=200,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[45]\\d\\d [45]\\.\\d{1,3}\\.\\d{1,3} [ -~]{1,180}\\Z",
                                "Write it like 550 5.1.1 No such mailbox.",
                            )
                        ],
                    ),
                ),
                ("from_ms", _number(86_400_000, default=0)),
                ("to_ms", _number(86_400_000, default=0)),
                ("per_minute", _number(None, 1, default=60)),
                ("minutes", _number(1_440, 1, default=5)),
                ("starts_at", models.DateTimeField(blank=True, null=True)),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                (
                    "mailbox",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rules",
                        to="delivery.sandboxmailbox",
                    ),
                ),
            ],
            options={"ordering": ["pk"]},
        ),
        migrations.RunPython(rules, migrations.RunPython.noop, elidable=True),
        migrations.DeleteModel("SandboxRules"),
    ]
