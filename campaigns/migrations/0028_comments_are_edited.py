from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0027_seed_lists")]

    operations = [
        migrations.AddField(model_name="comment", name="edited_at", field=models.DateTimeField(null=True)),
        migrations.AlterField(
            model_name="comment",
            name="text",
            field=models.TextField(blank=True, help_text="Empty: it was taken back, and is answered.", max_length=2000),
        ),
    ]
