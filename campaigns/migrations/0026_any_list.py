from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0025_share_pages_of_reports'),
    ]

    operations = [
        migrations.AddField(
            model_name='campaign',
            name='on_any_list',
            field=models.BooleanField(db_default=False, default=False, help_text='Segments or tags say who, of everybody who agreed to any list.'),
        ),
    ]
