"""Keep places as short text, and of an application nothing where it has none."""

import django.db.models.deletion
from django.db import migrations, models

import privyseal.identity.models.sparse
from privyseal.approvals.migrations._fences import LINES_STAY

_PLACES = f"""
DROP TRIGGER approved_line_stays ON application_line;
ALTER TABLE application_line ALTER COLUMN placements TYPE text USING placements::text;
{LINES_STAY}
"""
# What only ever grows at its end leaves no room in its index.
_FULL = """
ALTER INDEX application_pkey SET (fillfactor = 100);
ALTER INDEX application_line_pkey SET (fillfactor = 100);
ALTER INDEX one_line_a_position SET (fillfactor = 100);
"""
_LISTS = ("remarks", "attached")
_KINDS = ("attached_kinds", "required_kinds")


class Migration(migrations.Migration):
    dependencies = [("approvals", "0020_particulars")]
    operations = [
        migrations.RemoveConstraint(model_name="application", name="required_papers_are_attached"),
        *(
            migrations.AlterField(
                model_name="application",
                name=name,
                field=privyseal.identity.models.sparse.SparseJSONField(default=dict, null=True),
            )
            for name in ("terms", "entered")
        ),
        *(
            migrations.AlterField(
                model_name="application",
                name=name,
                field=privyseal.identity.models.sparse.SparseJSONField(default=list, null=True),
            )
            for name in _LISTS
        ),
        *(
            migrations.AlterField(
                model_name="application",
                name=name,
                field=privyseal.identity.models.sparse.SparseArrayField(
                    base_field=models.CharField(max_length=32), default=list, null=True, size=None
                ),
            )
            for name in _KINDS
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(required_kinds=None)
                | models.Q(attached_kinds__isnull=False, attached_kinds__contains=models.F("required_kinds")),
                name="required_papers_are_attached",
            ),
        ),
        migrations.AlterField(
            model_name="application",
            name="category",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="approvals.categoryversion",
            ),
        ),
        migrations.RunSQL(
            _PLACES + _FULL,
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AlterField(
                    model_name="line",
                    name="placements",
                    field=privyseal.identity.models.sparse.CompactJSONField(default=list),
                )
            ],
        ),
    ]
