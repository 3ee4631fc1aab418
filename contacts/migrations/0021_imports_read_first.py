from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0020_field_changes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='importjob',
            name='state',
            field=models.CharField(choices=[('reading', 'Reading'), ('uploaded', 'Uploaded'), ('checking', 'Checking'), ('ready', 'Ready'), ('running', 'Importing'), ('done', 'Done'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='uploaded', max_length=10),
        ),
    ]
