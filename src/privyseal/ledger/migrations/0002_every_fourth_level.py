"""Keep of the tree the nodes of every fourth level: what lies between is worked out from them."""

from django.db import migrations

from privyseal.kernel.merkle import KEPT_EVERY

NODES = f"""
CREATE TABLE kept (
    level smallint NOT NULL CONSTRAINT node_is_of_a_kept_level CHECK (level > 0 AND level % {KEPT_EVERY} = 0),
    position bigint NOT NULL,
    hash bytea NOT NULL CONSTRAINT ledger_node_hash_check CHECK (length(hash) = 32)
);
INSERT INTO kept SELECT level, position, hash FROM ledger_node
    WHERE level > 0 AND level % {KEPT_EVERY} = 0 ORDER BY level, position;
DROP TABLE ledger_node;
ALTER TABLE kept RENAME TO ledger_node;
ALTER TABLE ledger_node ADD CONSTRAINT ledger_node_pkey PRIMARY KEY (level, position);
CREATE TRIGGER ledger_node_keeps_rows BEFORE UPDATE OR DELETE ON ledger_node
    FOR EACH ROW EXECUTE FUNCTION ledger_refuses();
CREATE TRIGGER ledger_node_is_not_emptied BEFORE TRUNCATE ON ledger_node
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses();
ALTER TABLE ledger_node ENABLE ALWAYS TRIGGER ledger_node_keeps_rows;
ALTER TABLE ledger_node ENABLE ALWAYS TRIGGER ledger_node_is_not_emptied;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(NODES, migrations.RunSQL.noop)]
