"""Under which names the record went on after a loss: only ever added to."""

from django.db import migrations, models

KEPT = """
CREATE TRIGGER ledger_continuation_keeps_rows BEFORE UPDATE OR DELETE ON ledger_continuation
    FOR EACH ROW EXECUTE FUNCTION ledger_refuses();
CREATE TRIGGER ledger_continuation_is_not_emptied BEFORE TRUNCATE ON ledger_continuation
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses();
ALTER TABLE ledger_continuation ENABLE ALWAYS TRIGGER ledger_continuation_keeps_rows;
ALTER TABLE ledger_continuation ENABLE ALWAYS TRIGGER ledger_continuation_is_not_emptied;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0100_signer_standing")]

    operations = [
        migrations.CreateModel(
            name="Continuation",
            fields=[
                ("begins_at", models.BigIntegerField(primary_key=True, serialize=False)),
                ("key_before", models.TextField()),
                ("key", models.TextField()),
                ("known_size", models.BigIntegerField()),
                ("known_root", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "ledger_continuation",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("begins_at__gte", 0), ("known_size__gt", 0))
                        & models.Q(("key", models.F("key_before")), _negated=True),
                        name="continued_under_another_name",
                    )
                ],
            },
        ),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
    ]
