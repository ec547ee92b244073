"""Facts are kept packed, and found by smaller indexes. What was kept plain is its own packed form."""

from django.db import migrations, models

import privyseal.ledger.models
from privyseal.ledger.packing import REPEATED

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


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_facts_by_actor")]

    operations = [
        migrations.RunSQL(UNPACK, "DROP FUNCTION ledger_text(bytea)"),
        migrations.AlterField("factrow", "body", privyseal.ledger.models.FactBody()),
        migrations.RemoveIndex("factrow", "ledger_fact_actor"),
        migrations.AddIndex("factrow", models.Index(fields=["actor"], name="ledger_fact_by_actor")),
        # The id only told facts of one transaction apart, and those are few: equal keys stand in an index once.
        migrations.RunSQL(
            "DROP INDEX ledger_fact_xid; CREATE INDEX ledger_fact_xid ON ledger_fact (xid)",
            "DROP INDEX ledger_fact_xid; CREATE INDEX ledger_fact_xid ON ledger_fact (xid, id)",
        ),
    ]
