"""The unit of its company to which a seal belongs; it stays open as long as one does."""

import django.db.models.deletion
from django.db import migrations, models

SAME_COMPANY = """
ALTER TABLE seal ADD CONSTRAINT seal_belongs_to_a_unit_of_its_company
  FOREIGN KEY (unit_id, company_id) REFERENCES unit (id, company_id) DEFERRABLE INITIALLY IMMEDIATE;
"""
STAYS_OPEN = """
CREATE FUNCTION unit_with_seals_stays_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM seal WHERE unit_id = NEW.id AND state NOT IN ('destroyed', 'void')) THEN
    RAISE EXCEPTION 'a seal belongs to this unit'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'unit_with_seals_stays_open';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER unit_with_seals_stays_open BEFORE UPDATE OF closed_at ON unit
  FOR EACH ROW WHEN (NEW.closed_at IS NOT NULL) EXECUTE FUNCTION unit_with_seals_stays_open();
"""
NO_LONGER = """
DROP TRIGGER unit_with_seals_stays_open ON unit;
DROP FUNCTION unit_with_seals_stays_open();
"""


class Migration(migrations.Migration):
    dependencies = [("seals", "0012_turns"), ("identity", "0013_returns")]

    operations = [
        migrations.AddField(
            model_name="seal",
            name="unit",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="seals", to="identity.unit"
            ),
        ),
        migrations.AlterField(
            model_name="permit",
            name="purpose",
            field=models.CharField(
                max_length=16,
                choices=[
                    ("use", "use"),
                    ("make", "make"),
                    ("resume", "resume"),
                    ("unfreeze", "unfreeze"),
                    ("change", "change"),
                    ("assign", "assign"),
                    ("hand-over", "hand-over"),
                    ("cover", "cover"),
                    ("collect", "collect"),
                    ("find", "find"),
                    ("retire", "retire"),
                    ("destroy", "destroy"),
                    ("invalidate", "invalidate"),
                ],
            ),
        ),
        migrations.RunSQL(SAME_COMPANY, "ALTER TABLE seal DROP CONSTRAINT seal_belongs_to_a_unit_of_its_company;"),
        migrations.RunSQL(STAYS_OPEN, NO_LONGER),
    ]
