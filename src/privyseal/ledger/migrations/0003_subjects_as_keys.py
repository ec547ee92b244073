"""Find facts by keys of 64 bits instead of by words; what the words were stands in the facts themselves."""

import django.contrib.postgres.fields
from django.db import migrations, models

KEY = """
CREATE FUNCTION ledger_key(said text) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    ('x' || encode(substr(sha256(convert_to(said, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint;
"""
# A conversion rewrites the column alone: the guards of rows and of the facts' own bytes stay on.
KEYS = """
CREATE FUNCTION ledger_keys(said text[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE STRICT RETURN
    ARRAY(SELECT ledger_key(one) FROM unnest(said) WITH ORDINALITY AS each (one, place) ORDER BY place);
DROP INDEX ledger_fact_subjects;
ALTER TABLE ledger_fact ALTER COLUMN subjects TYPE bigint[] USING ledger_keys(subjects);
CREATE INDEX ledger_fact_subjects ON ledger_fact USING gin (subjects);
DROP FUNCTION ledger_keys;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_every_fourth_level")]
    operations = [
        migrations.RunSQL(
            KEY + KEYS,
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AlterField(
                    model_name="factrow",
                    name="subjects",
                    field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
            ],
        ),
    ]
