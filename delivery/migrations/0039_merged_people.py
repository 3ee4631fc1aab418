from django.db import migrations, models

# Whose person was merged with another one of the same sending keeps a row of its own there, under the same contact.
# Nobody else has two: the index says so, and still finds people's mails by its first column.
_ONCE = "(contact_id, (CASE WHEN is_merged THEN -id ELSE batch_id END))"
_PARTITION = """
CREATE OR REPLACE FUNCTION delivery_message_partition(block bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Also "IF NOT EXISTS" takes locks that wait for every writer.
    IF to_regclass(format('delivery_message_%s', block)) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format(
        'CREATE TABLE delivery_message_%s PARTITION OF delivery_message
         FOR VALUES FROM (%s) TO (%s) WITH (fillfactor = 55)',
        block, block * 10000000, (block + 1) * 10000000);
    EXECUTE format('CREATE UNIQUE INDEX delivery_message_%s_once ON delivery_message_%s {once}', block, block);
    EXECUTE format('CREATE INDEX delivery_message_%s_email ON delivery_message_%s (lower(email) text_pattern_ops)', block, block);
    EXECUTE format('CREATE INDEX delivery_message_%s_batch ON delivery_message_%s (batch_id, id)', block, block);
END $$;
DO $$
DECLARE part regclass;
BEGIN
    FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'delivery_message'::regclass LOOP
        EXECUTE format('DROP INDEX %s_once', part);
        EXECUTE format('CREATE UNIQUE INDEX %s_once ON %s {once}', part, part);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("delivery", "0038_domain_mails")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="is_merged",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Its person has another one of this sending: see delivery.merging.",
            ),
        ),
        migrations.RunSQL(
            _PARTITION.replace("{once}", _ONCE), _PARTITION.replace("{once}", "(contact_id, batch_id)")
        ),
    ]
