from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0037_suppressed_for_one_list'),
    ]

    operations = [
        migrations.AddField(
            model_name='signupform',
            name='asks_counting',
            field=models.BooleanField(default=False, help_text='Whether opens and clicks may be counted.'),
        ),
        migrations.AddField(
            model_name='signuprequest',
            name='counting',
            field=models.JSONField(default=dict, help_text='May it be counted: answers by contacts.tracking_consent.Part.'),
        ),
    ]
