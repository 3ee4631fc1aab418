from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0051_dmarc_report_sender")]

    operations = [
        migrations.AlterField(
            "sandboxrule",
            "stage",
            models.CharField(
                choices=[
                    ("connect", "when the connection opens"),
                    ("hello", "after the greeting"),
                    ("sender", "after the sender"),
                    ("recipient", "after the recipient"),
                    ("data", "before the mail comes"),
                    ("before_dot", "before the mail is complete"),
                    ("dot", "after the mail"),
                ],
                default="dot",
                max_length=10,
            ),
        ),
    ]
