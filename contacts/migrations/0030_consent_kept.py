import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

LOGS = ("contacts_consentevent", "contacts_trackingconsentevent")
# What people agreed to is proof: nothing changes it, and it goes with the person alone (whoever deletes a person by
# whatever way), or moves with everything else to the person they are merged into. Row triggers: TRUNCATE, with which
# tests begin anew, is none of their business.
KEEPING = """
CREATE FUNCTION contacts_keep_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM contacts_contact WHERE id = OLD.contact_id) THEN
        RETURN OLD;
    ELSIF TG_OP = 'UPDATE' AND current_setting('tallypost.merging', true) = 'yes' THEN
        IF to_jsonb(OLD) - 'contact_id' = to_jsonb(NEW) - 'contact_id' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'what people agreed to is kept as it is: % of % %', lower(TG_OP), TG_TABLE_NAME, OLD.id
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION contacts_keep_wording() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'words that people agreed to are kept as they are: % of %', lower(TG_OP), OLD.id
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON contacts_wording
    FOR EACH ROW EXECUTE FUNCTION contacts_keep_wording();

CREATE FUNCTION contacts_forget_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM contacts_consentevent e USING gone WHERE e.contact_id = gone.id;
    DELETE FROM contacts_trackingconsentevent e USING gone WHERE e.contact_id = gone.id;
    RETURN NULL;
END $$;
CREATE TRIGGER forget_consent AFTER DELETE ON contacts_contact
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION contacts_forget_consent();
"""
KEEPING += "".join(
    f"CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON {log} FOR EACH ROW EXECUTE FUNCTION contacts_keep_consent();\n"
    for log in LOGS
)
LETTING_GO = """
DROP TRIGGER forget_consent ON contacts_contact;
DROP TRIGGER keep ON contacts_wording;
DROP FUNCTION contacts_forget_consent();
DROP FUNCTION contacts_keep_wording();
DROP FUNCTION contacts_keep_consent();
"""
LETTING_GO = "".join(f"DROP TRIGGER keep ON {log};\n" for log in LOGS) + LETTING_GO


def _log(name, field, **options):
    kept = {"db_constraint": False, "on_delete": django.db.models.deletion.DO_NOTHING, **options}
    return migrations.AlterField(model_name=name, name=field, field=models.ForeignKey(**kept))


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0029_grounds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Wording",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "place",
                    models.CharField(
                        help_text="Where it stands: form/12, page/topics, page/counting.", max_length=60
                    ),
                ),
                ("language", models.CharField(max_length=12)),
                ("version", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("text", models.TextField()),
                ("since", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("place", "language", "version"), name="one_wording_a_version"),
                    models.UniqueConstraint(fields=("place", "language", "digest"), name="one_version_a_wording"),
                ]
            },
        ),
        *(
            migrations.AddField(
                model_name=name,
                name="wording",
                field=models.ForeignKey(
                    db_constraint=False,
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    to="contacts.wording",
                ),
            )
            for name in ("consentevent", "trackingconsentevent")
        ),
        *(
            migrations.AlterField(
                model_name=name, name="at", field=models.DateTimeField(default=django.utils.timezone.now)
            )
            for name in ("consentevent", "trackingconsentevent")
        ),
        *(
            _log(name, "by", db_index=False, null=True, to=settings.AUTH_USER_MODEL)
            for name in ("consentevent", "trackingconsentevent")
        ),
        _log("consentevent", "contact", related_name="consent_events", to="contacts.contact"),
        _log("trackingconsentevent", "contact", related_name="tracking_events", to="contacts.contact"),
        _log(
            "consentevent",
            "list",
            db_index=False,
            help_text="Empty: everything.",
            null=True,
            to="contacts.mailinglist",
        ),
        migrations.AlterField(
            model_name="consentevent",
            name="text",
            field=models.CharField(blank=True, help_text="How it was said: the proof.", max_length=500),
        ),
        migrations.RunSQL(KEEPING, LETTING_GO),
    ]
