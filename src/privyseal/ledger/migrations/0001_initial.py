"""Facts that nobody can rewrite: the tables, and the triggers that refuse."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import privyseal.ledger.models
from privyseal.ledger.packing import REPEATED

TABLES = """
CREATE TABLE ledger_fact (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    kind text NOT NULL,
    actor text NOT NULL,
    at timestamptz NOT NULL,
    subjects text[] NOT NULL,
    body bytea NOT NULL
);
CREATE INDEX ledger_fact_xid ON ledger_fact (xid);
CREATE INDEX ledger_fact_by_actor ON ledger_fact (actor);
CREATE INDEX ledger_fact_subjects ON ledger_fact USING gin (subjects);
CREATE TABLE ledger_leaf (
    index bigint PRIMARY KEY,
    fact_id bigint NOT NULL UNIQUE REFERENCES ledger_fact (id)
);
CREATE TABLE ledger_node (
    level smallint NOT NULL,
    position bigint NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, position)
);
CREATE TABLE ledger_checkpoint (
    size bigint PRIMARY KEY CHECK (size > 0),
    root bytea NOT NULL CHECK (length(root) = 32),
    note text NOT NULL,
    signed_at timestamptz NOT NULL DEFAULT statement_timestamp()
);
CREATE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is only ever added to: % on % refused', TG_OP, TG_TABLE_NAME;
END $$;
"""

WORDS = ", ".join(f"'{word.decode()}'" for word in REPEATED)
UNPACK = f"""
CREATE FUNCTION ledger_text(kept bytea) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    words constant text[] := ARRAY[{WORDS}];
    whole bytea := '';
    began integer := 0;
    at integer := 0;
    code integer;
BEGIN
    WHILE at < length(kept) LOOP
        code := get_byte(kept, at);
        IF code >= 32 OR code = 0 THEN
            at := at + 1;
            CONTINUE;
        END IF;
        whole := whole || substr(kept, began + 1, at - began);
        IF code = 1 THEN
            whole := whole || convert_to(encode(substr(kept, at + 3, get_byte(kept, at + 1)), 'hex'), 'UTF8');
            at := at + 2 + get_byte(kept, at + 1);
        ELSE
            whole := whole || convert_to(words[code - 1], 'UTF8');
            at := at + 1;
        END IF;
        began := at;
    END LOOP;
    RETURN convert_from(whole || substr(kept, began + 1), 'UTF8');
END $$;
"""
GUARDED = ("ledger_fact", "ledger_leaf", "ledger_node", "ledger_checkpoint")

TRIGGERS = "".join(
    f"""
CREATE TRIGGER {table}_keeps_rows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION ledger_refuses();
CREATE TRIGGER {table}_is_not_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_keeps_rows;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_not_emptied;
"""
    for table in GUARDED
)


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(
            TABLES + UNPACK + TRIGGERS,
            migrations.RunSQL.noop,
            state_operations=[
                migrations.CreateModel(
                    name="FactRow",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("kind", models.TextField()),
                        ("actor", models.TextField()),
                        ("at", models.DateTimeField()),
                        ("subjects", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                        ("body", privyseal.ledger.models.FactBody()),
                    ],
                    options={
                        "db_table": "ledger_fact",
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(fields=["subjects"], name="ledger_fact_subjects"),
                            models.Index(fields=["actor"], name="ledger_fact_by_actor"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Leaf",
                    fields=[
                        ("index", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("fact", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="leaf", to="ledger.factrow")),
                    ],
                    options={"db_table": "ledger_leaf"},
                ),
                migrations.CreateModel(
                    name="Node",
                    fields=[
                        ("pk", models.CompositePrimaryKey("level", "position", blank=True, editable=False, primary_key=True, serialize=False)),
                        ("level", models.SmallIntegerField()),
                        ("position", models.BigIntegerField()),
                        ("hash", models.BinaryField()),
                    ],
                    options={"db_table": "ledger_node"},
                ),
                migrations.CreateModel(
                    name="CheckpointRow",
                    fields=[
                        ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("root", models.BinaryField()),
                        ("note", models.TextField()),
                        ("signed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ],
                    options={"db_table": "ledger_checkpoint"},
                ),
            ],
        ),
        migrations.CreateModel(
            name="CommandRow",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("actor", models.TextField()),
                ("input_sha256", models.CharField(max_length=64)),
                ("result", models.JSONField(null=True)),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={"db_table": "ledger_command"},
        ),
        migrations.CreateModel(
            name="RefusalTally",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("actor", models.TextField()),
                ("facts", models.JSONField()),
                ("first_at", models.DateTimeField(db_index=True)),
                ("repeated", models.PositiveIntegerField(default=0)),
            ],
            options={"db_table": "ledger_refusal_tally"},
        ),
    ]
