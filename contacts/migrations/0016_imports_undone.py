import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0015_recent_campaigns'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportSlice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(help_text='Of its transaction: whatever it wrote carries this moment until it changes.')),
                ('mode', models.CharField(help_text='What became of values that were known: see plan.Mode.', max_length=10)),
                ('lists', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), db_default=[], default=list, size=None)),
                ('added', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), db_default=[], default=list, size=None)),
                ('found', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), db_default=[], default=list, size=None)),
                ('joined', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), db_default=[], default=list, size=None)),
                ('left', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), db_default=[], default=list, size=None)),
                ('left_state', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), db_default=[], default=list, size=None)),
                ('left_changed_at', django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), db_default=[], default=list, size=None)),
                ('suppressed', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), db_default=[], default=list, size=None)),
                ('also_suppressed', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), db_default=[], default=list, size=None)),
                ('undone_at', models.DateTimeField(null=True)),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slices', to='contacts.importjob')),
            ],
        ),
        migrations.CreateModel(
            name='ImportOverwritten',
            fields=[
                ('pk', models.CompositePrimaryKey('slice_id', 'contact_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('contact_id', models.BigIntegerField()),
                ('first_name', models.TextField(null=True)),
                ('was_first_name', models.TextField(null=True)),
                ('last_name', models.TextField(null=True)),
                ('was_last_name', models.TextField(null=True)),
                ('language', models.TextField(null=True)),
                ('was_language', models.TextField(null=True)),
                ('time_zone', models.TextField(null=True)),
                ('was_time_zone', models.TextField(null=True)),
                ('attributes', models.JSONField(help_text='As the row of the file gave them.', null=True)),
                ('was_attributes', models.JSONField(null=True)),
                ('open_consent', models.TextField(null=True)),
                ('was_open_consent', models.TextField(null=True)),
                ('click_consent', models.TextField(null=True)),
                ('was_click_consent', models.TextField(null=True)),
                ('was_sample', models.BooleanField()),
                ('was_updated_at', models.DateTimeField()),
                ('slice', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, to='contacts.importslice')),
            ],
        ),
        migrations.CreateModel(
            name='ImportGraver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('suppression_id', models.BigIntegerField()),
                ('reason', models.CharField(max_length=12)),
                ('was_reason', models.CharField(max_length=12)),
                ('was_detail', models.CharField(blank=True, max_length=1000)),
                ('slice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='graver', to='contacts.importslice')),
            ],
        ),
        migrations.CreateModel(
            name='ImportUndo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('counting', 'Counting'), ('ready', 'Waits for your go-ahead'), ('running', 'Undoing'), ('done', 'Undone'), ('failed', 'Failed')], default='counting', max_length=8)),
                ('counts', models.JSONField(default=dict, help_text='expected and done: see undoing.deciding.')),
                ('rows_done', models.BigIntegerField(default=0)),
                ('rows_total', models.BigIntegerField(default=0)),
                ('last_slice_id', models.BigIntegerField(default=0, help_text='The last one that was counted.')),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('alive_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                ('job', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='undo', to='contacts.importjob')),
            ],
        ),
        migrations.AddIndex(
            model_name='importslice',
            index=models.Index(fields=['at'], name='import_slice_at'),
        ),
    ]
