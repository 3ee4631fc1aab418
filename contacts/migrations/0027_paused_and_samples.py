from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # nobody waits while the indexes are built

    dependencies = [("contacts", "0026_field_indexes")]

    operations = [
        AddIndexConcurrently(
            model_name="contact",
            index=models.Index(condition=models.Q(("paused_until__isnull", False)), fields=["id"], name="contact_paused"),
        ),
        AddIndexConcurrently(
            model_name="contact",
            index=models.Index(condition=models.Q(("is_sample", True)), fields=["id"], name="contact_sample"),
        ),
    ]
