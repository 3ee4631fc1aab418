from django.db import migrations

# What was pasted had the name of a file that nobody has.
RENAME = """
UPDATE contacts_importjob SET file_name = replace(file_name, 'Pasted people.csv', 'Pasted text')
WHERE file_name ~ '^(Mended rows of )*Pasted people[.]csv$'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0043_subscriptions_checked_by_the_statement'),
    ]

    operations = [
        migrations.RunSQL(RENAME, migrations.RunSQL.noop),
    ]
