"""Keep places as short text and no terms as nothing; what only ever grows at its end leaves no room in its index."""

from django.db import migrations

import privyseal.identity.models.sparse

_PLACES = "ALTER TABLE permit_line ALTER COLUMN placements TYPE text USING placements::text;"
_FULL = "ALTER INDEX permit_pkey SET (fillfactor = 100); ALTER INDEX permit_line_pkey SET (fillfactor = 100);"


class Migration(migrations.Migration):
    dependencies = [("seals", "0014_idle_rule")]
    operations = [
        migrations.AlterField(
            model_name="permit",
            name="terms",
            field=privyseal.identity.models.sparse.SparseJSONField(default=dict, null=True),
        ),
        migrations.RunSQL(
            _PLACES + _FULL,
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AlterField(
                    model_name="permitline",
                    name="placements",
                    field=privyseal.identity.models.sparse.CompactJSONField(default=list),
                )
            ],
        ),
    ]
