"""The refusal of a barred post says which: many are entered at once."""

from django.db import migrations

FENCE = """
CREATE OR REPLACE FUNCTION barred_post_waits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  place post%ROWTYPE;
BEGIN
  SELECT * INTO place FROM post WHERE id = NEW.post_id;
  IF place.office NOT IN ('legal-representative', 'general-manager', 'finance-head') THEN
    RETURN NEW;
  END IF;
  -- A hand-over to this person waits, or has already been seen.
  PERFORM pg_advisory_xact_lock(hashtextextended('keeper ' || NEW.person_id, 0));
  IF EXISTS (
    SELECT 1 FROM custody c JOIN seal s ON s.id = c.seal_id
    WHERE c.keeper_id = NEW.person_id AND c.until IS NULL AND s.company_id = place.company_id
      AND (NEW.ends_at IS NULL OR NEW.ends_at > c.since)
  ) THEN
    RAISE EXCEPTION 'barred_post_waits_for_the_handover'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'barred_post_waits_for_the_handover', DETAIL = place.office;
  END IF;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("seals", "0013_units")]

    operations = [migrations.RunSQL(FENCE, migrations.RunSQL.noop)]
