from django.db import migrations, models

FONTS = [
    ("sans", "System sans serif"),
    ("arial", "Arial"),
    ("verdana", "Verdana"),
    ("tahoma", "Tahoma"),
    ("trebuchet", "Trebuchet"),
    ("serif", "Georgia"),
    ("palatino", "Palatino"),
    ("times", "Times"),
    ("courier", "Courier"),
]


def take_over(apps, schema_editor):
    """Colour and logo as they were, so that no mail looks different."""
    BrandKit, Organisation = apps.get_model("accounts", "BrandKit"), apps.get_model("accounts", "Organisation")
    for organisation in Organisation.objects.all():
        organisation.brand = BrandKit.objects.create(colour=organisation.brand_colour, logo=organisation.logo)
        organisation.save(update_fields=["brand"])


def give_back(apps, schema_editor):
    for organisation in apps.get_model("accounts", "Organisation").objects.exclude(brand=None):
        organisation.brand_colour, organisation.logo = organisation.brand.colour, organisation.brand.logo
        organisation.save(update_fields=["brand_colour", "logo"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_alerts")]

    operations = [
        migrations.CreateModel(
            name="BrandKit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        blank=True, help_text="As recipients read it; empty: the organisation's.", max_length=200
                    ),
                ),
                ("sender_name", models.CharField(blank=True, max_length=120)),
                ("sender_email", models.EmailField(blank=True, max_length=254)),
                ("logo", models.CharField(blank=True, help_text="Storage name.", max_length=200)),
                ("logo_on_dark", models.CharField(blank=True, help_text="Storage name.", max_length=200)),
                ("colour", models.CharField(default="#1f4fa8", max_length=7)),
                ("accent", models.CharField(blank=True, max_length=7)),
                ("background", models.CharField(blank=True, max_length=7)),
                ("ink", models.CharField(blank=True, max_length=7)),
                ("heading_font", models.CharField(blank=True, choices=FONTS, max_length=10)),
                ("body_font", models.CharField(blank=True, choices=FONTS, max_length=10)),
                (
                    "corners",
                    models.CharField(
                        blank=True,
                        choices=[("square", "Square"), ("soft", "Soft"), ("round", "Round")],
                        max_length=6,
                    ),
                ),
                ("postal_address", models.TextField(blank=True, max_length=500)),
                (
                    "footer",
                    models.TextField(blank=True, help_text="Plain words below the postal address.", max_length=1000),
                ),
                ("social", models.JSONField(blank=True, default=dict, help_text="Addresses by network.")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.AddField(
            model_name="organisation",
            name="brand",
            field=models.OneToOneField(
                help_text="Of mails that name no other.",
                null=True,
                on_delete=models.deletion.PROTECT,
                to="accounts.brandkit",
            ),
        ),
        migrations.RunPython(take_over, give_back),
        migrations.RemoveField(model_name="organisation", name="brand_colour"),
        migrations.RemoveField(model_name="organisation", name="logo"),
    ]
