"""What the database keeps of permits that are raised while they run."""

RAISED = """
CREATE FUNCTION raised_by_an_addition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM permit_addition
    WHERE permit_id = NEW.id AND (impressions_before, impressions_after) = (OLD.impressions, NEW.impressions)
      AND (expires_before, expires_after) = (OLD.expires_at, NEW.expires_at)
  ) THEN
    RAISE EXCEPTION 'permit % is raised by an approved addition alone', OLD.uid
      USING ERRCODE = 'check_violation', CONSTRAINT = 'raised_by_an_addition';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER raised_by_an_addition BEFORE UPDATE OF expires_at, impressions ON permit
  FOR EACH ROW WHEN (NEW.expires_at > OLD.expires_at OR NEW.impressions > OLD.impressions)
  EXECUTE FUNCTION raised_by_an_addition();
DROP TRIGGER permit_stays_ended ON permit;
CREATE TRIGGER permit_stays_ended BEFORE UPDATE OF revoked_at, expired_at, expires_at, impressions ON permit
  FOR EACH ROW WHEN (
    (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL) OR (OLD.expired_at IS NOT NULL AND NEW.expired_at IS NULL)
    OR ((OLD.revoked_at IS NOT NULL OR OLD.expired_at IS NOT NULL)
      AND (NEW.expires_at > OLD.expires_at OR NEW.impressions > OLD.impressions))
  ) EXECUTE FUNCTION permit_stays_ended();
CREATE FUNCTION addition_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what was added to a permit stays on record'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'addition_stays';
END $$;
CREATE TRIGGER addition_stays BEFORE UPDATE OR DELETE ON permit_addition
  FOR EACH ROW EXECUTE FUNCTION addition_stays();
"""
