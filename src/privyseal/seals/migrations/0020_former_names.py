"""What bears an earlier name of its company moves nothing once the last day for that is past."""

from django.db import migrations

FENCE = """
CREATE FUNCTION used_seal_bears_its_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- The day of the session is that of UTC: in Asia it ends some hours later than the rule says, never earlier.
  IF EXISTS (
    SELECT 1 FROM seal s JOIN company c ON c.id = s.company_id
    JOIN seal_version v ON v.seal_id = s.id AND v.voided_at IS NULL
    WHERE s.id = NEW.seal_id AND v.made_at < c.renamed_at AND c.old_seals_until < CURRENT_DATE
  ) THEN
    RAISE EXCEPTION 'the seal of permit % bears an earlier name of its company', NEW.uid
      USING ERRCODE = 'check_violation', CONSTRAINT = 'used_seal_bears_its_name';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER used_seal_bears_its_name BEFORE UPDATE OF used ON permit
  FOR EACH ROW WHEN (NEW.purpose = 'use' AND NEW.used > OLD.used) EXECUTE FUNCTION used_seal_bears_its_name();
"""
NO_FENCE = """
DROP TRIGGER used_seal_bears_its_name ON permit;
DROP FUNCTION used_seal_bears_its_name();
"""


class Migration(migrations.Migration):
    dependencies = [("seals", "0019_mistaken_incidents"), ("identity", "0014_renamings")]

    operations = [migrations.RunSQL(FENCE, NO_FENCE)]
