from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0027_tracking_modes")]

    operations = [
        migrations.AddField(
            model_name="provider",
            name="service",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Whose it is, where we know it; of an API always.",
                max_length=20,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="provider",
            name="options",
            field=models.JSONField(blank=True, default=dict, help_text="What its API asks for beside a key."),
        ),
        migrations.AlterField(
            model_name="provider",
            name="kind",
            field=models.CharField(
                choices=[("sandbox", "Sandbox"), ("smtp", "SMTP server"), ("api", "Web API")],
                default="smtp",
                max_length=10,
            ),
        ),
    ]
