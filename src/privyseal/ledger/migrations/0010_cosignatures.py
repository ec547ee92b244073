"""What second parties signed of the heads, and how each of them stands."""

from django.db import migrations, models

TABLES = """
CREATE TABLE ledger_cosignature (
    size bigint NOT NULL REFERENCES ledger_checkpoint (size),
    cosigner text NOT NULL,
    seconds bigint NOT NULL CONSTRAINT cosigned_at_a_time CHECK (seconds > 0),
    line text NOT NULL,
    PRIMARY KEY (size, cosigner)
);
CREATE TABLE ledger_cosigner (
    name text PRIMARY KEY,
    size bigint NOT NULL DEFAULT 0,
    seconds bigint NOT NULL DEFAULT 0,
    problem text NOT NULL DEFAULT '',
    problem_at timestamptz CONSTRAINT problem_has_its_time CHECK ((problem = '') = (problem_at IS NULL)),
    told text NOT NULL DEFAULT ''
);
CREATE TRIGGER ledger_cosignature_keeps_rows BEFORE UPDATE OR DELETE ON ledger_cosignature
    FOR EACH ROW EXECUTE FUNCTION ledger_refuses();
CREATE TRIGGER ledger_cosignature_is_not_emptied BEFORE TRUNCATE ON ledger_cosignature
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses();
ALTER TABLE ledger_cosignature ENABLE ALWAYS TRIGGER ledger_cosignature_keeps_rows;
ALTER TABLE ledger_cosignature ENABLE ALWAYS TRIGGER ledger_cosignature_is_not_emptied;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_full_indexes")]
    operations = [
        migrations.RunSQL(
            TABLES,
            migrations.RunSQL.noop,
            state_operations=[
                migrations.CreateModel(
                    name="CosignatureRow",
                    fields=[
                        ("pk", models.CompositePrimaryKey("size", "cosigner", blank=True, editable=False, primary_key=True, serialize=False)),
                        ("size", models.BigIntegerField()),
                        ("cosigner", models.TextField()),
                        ("seconds", models.BigIntegerField()),
                        ("line", models.TextField()),
                    ],
                    options={"db_table": "ledger_cosignature"},
                ),
                migrations.CreateModel(
                    name="CosignerRow",
                    fields=[
                        ("name", models.TextField(primary_key=True, serialize=False)),
                        ("size", models.BigIntegerField(db_default=0)),
                        ("seconds", models.BigIntegerField(db_default=0)),
                        ("problem", models.TextField(db_default="")),
                        ("problem_at", models.DateTimeField(null=True)),
                        ("told", models.TextField(db_default="")),
                    ],
                    options={"db_table": "ledger_cosigner"},
                ),
            ],
        )
    ]
