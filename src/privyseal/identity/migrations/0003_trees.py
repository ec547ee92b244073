from django.db import migrations

# A trigger, since no constraint sees more than one row. The lock lets one move pass at a time: two moves that are harmless
# alone could close a ring together.
CYCLES = """
CREATE FUNCTION refuse_a_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  above bigint := NEW.parent_id;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('tree of ' || TG_TABLE_NAME, 0));
  WHILE above IS NOT NULL LOOP
    IF above = NEW.id THEN
      RAISE EXCEPTION 'this would stand above itself'
        USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    EXECUTE format('SELECT parent_id FROM %I WHERE id = $1', TG_TABLE_NAME) INTO above USING above;
  END LOOP;
  RETURN NEW;
END $$;
CREATE TRIGGER company_tree_has_no_cycle BEFORE INSERT OR UPDATE OF parent_id ON company
  FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION refuse_a_cycle();
CREATE TRIGGER unit_tree_has_no_cycle BEFORE INSERT OR UPDATE OF parent_id ON unit
  FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION refuse_a_cycle();
"""
UNDO_CYCLES = """
DROP TRIGGER company_tree_has_no_cycle ON company;
DROP TRIGGER unit_tree_has_no_cycle ON unit;
DROP FUNCTION refuse_a_cycle();
"""
# A key over two columns keeps what refers to a unit in the unit's company.
SAME_COMPANY = """
ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}, company_id) REFERENCES unit (id, company_id)
  DEFERRABLE INITIALLY IMMEDIATE;
"""


def same_company(table: str, column: str, name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        SAME_COMPANY.format(table=table, column=column, name=name), f"ALTER TABLE {table} DROP CONSTRAINT {name};"
    )


class Migration(migrations.Migration):
    dependencies = [("identity", "0002_organisation")]

    operations = [
        migrations.RunSQL(CYCLES, UNDO_CYCLES),
        same_company("unit", "parent_id", "unit_stays_in_its_company"),
        same_company("post", "unit_id", "post_is_in_a_unit_of_its_company"),
        same_company("membership", "unit_id", "member_is_in_a_unit_of_the_company"),
    ]
