import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0018_draft_versions'),
    ]

    operations = [
        migrations.AddField(
            model_name='campaign',
            name='excluded_tags',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), blank=True, default=list, help_text='Nobody who carries one.', size=None),
        ),
    ]
