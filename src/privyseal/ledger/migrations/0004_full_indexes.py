"""What only ever grows at its end leaves no room in its index."""

from django.db import migrations

_FULL = """
ALTER INDEX ledger_fact_pkey SET (fillfactor = 100);
ALTER INDEX ledger_leaf_pkey SET (fillfactor = 100);
ALTER INDEX ledger_leaf_fact_id_key SET (fillfactor = 100);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_subjects_as_keys")]
    operations = [migrations.RunSQL(_FULL, migrations.RunSQL.noop)]
