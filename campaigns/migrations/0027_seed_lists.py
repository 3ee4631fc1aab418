import django.contrib.postgres.fields
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0026_any_list")]

    operations = [
        migrations.CreateModel(
            name="SeedList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                (
                    "addresses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=254),
                        help_text="Normalised, each once, in the order typed.",
                        size=None,
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": [django.db.models.functions.text.Lower("name")],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        name="seed_list_names",
                        violation_error_message=(
                            "There is a seed list of this name. Choose another name, or change that one."
                        ),
                    )
                ],
            },
        ),
    ]
