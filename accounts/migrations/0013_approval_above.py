from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_organisation_approval")]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="approval_above",
            field=models.PositiveIntegerField(
                db_default=0, default=0, help_text="People: a campaign to no more of them needs none. 0: each needs it."
            ),
        ),
    ]
