import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # nobody waits while the indexes are built

    dependencies = [("contacts", "0018_table")]

    operations = [
        AddIndexConcurrently(
            model_name='contact',
            index=models.Index(django.db.models.functions.text.Lower('last_name'), django.db.models.functions.text.Lower('first_name'), models.F('id'), condition=models.Q(('first_name', ''), ('last_name', ''), _negated=True), name='contact_by_name'),
        ),
        AddIndexConcurrently(
            model_name='contact',
            index=models.Index(condition=models.Q(('first_name', ''), ('last_name', '')), fields=['id'], name='contact_nameless'),
        ),
        AddIndexConcurrently(
            model_name='contact',
            index=models.Index(condition=models.Q(('last_clicked_at__isnull', False)), fields=['last_clicked_at', 'id'], name='contact_clicked'),
        ),
    ]
