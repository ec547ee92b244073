"""A post that goes with no custody bars whoever has it to come from becoming a keeper before it begins."""

from django.db import migrations

FENCE = """
CREATE OR REPLACE FUNCTION keeper_may_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  kept seal%ROWTYPE;
BEGIN
  -- Two hand-overs to one keeper pass one after the other.
  PERFORM pg_advisory_xact_lock(hashtextextended('keeper ' || NEW.keeper_id, 0));
  SELECT * INTO kept FROM seal WHERE id = NEW.seal_id;
  IF EXISTS (
    SELECT 1 FROM post_holding h JOIN post p ON p.id = h.post_id
    WHERE h.person_id = NEW.keeper_id AND p.company_id = kept.company_id AND h.revoked_at IS NULL
      AND p.office IN ('legal-representative', 'general-manager', 'finance-head')
      AND (h.ends_at IS NULL OR h.ends_at > NEW.since)
  ) THEN
    RAISE EXCEPTION 'the post of this keeper goes with no custody'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'keeper_is_not_barred';
  END IF;
  IF kept.type IN ('finance', 'legal-representative') AND EXISTS (
    SELECT 1 FROM custody c JOIN seal s ON s.id = c.seal_id
    WHERE c.keeper_id = NEW.keeper_id AND c.until IS NULL AND c.seal_id <> NEW.seal_id
      AND s.company_id = kept.company_id AND s.type IN ('finance', 'legal-representative') AND s.type <> kept.type
  ) THEN
    RAISE EXCEPTION 'these seals do not share a keeper'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'keepers_kept_apart';
  END IF;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("seals", "0014_told_post")]

    operations = [migrations.RunSQL(FENCE, migrations.RunSQL.noop)]
