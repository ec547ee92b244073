"""What the database keeps of applications that add to approved uses."""

# As many say yes to more as said yes at first, while the permit runs and its seal is in force; and what was approved
# for an addition stays as it was.
ADDITIONS = """
CREATE FUNCTION addition_is_approved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  asked application%ROWTYPE;
  raised permit%ROWTYPE;
BEGIN
  SELECT * INTO raised FROM permit WHERE id = NEW.permit_id FOR NO KEY UPDATE;
  SELECT a.* INTO asked FROM application a JOIN application f ON f.id = a.adds_to_id
    WHERE a.uid = NEW.application_uid AND f.uid = raised.application_uid AND f.applicant_id = a.applicant_id;
  IF NOT FOUND OR asked.state <> 'approved'
    OR (asked.purpose = 'prolong') <> (NEW.expires_after > NEW.expires_before)
    OR (SELECT count(*) FROM application_vote WHERE application_id = asked.id AND decision = 'approve')
      < (SELECT count(*) FROM application_vote WHERE application_id = asked.adds_to_id AND decision = 'approve')
  THEN
    RAISE EXCEPTION 'what is added to permit % is not approved by as many', raised.uid
      USING ERRCODE = 'check_violation', CONSTRAINT = 'addition_is_approved';
  END IF;
  IF raised.revoked_at IS NOT NULL OR raised.expired_at IS NOT NULL OR NEW.at >= raised.expires_at
    OR NOT EXISTS (SELECT 1 FROM seal WHERE id = raised.seal_id AND state = 'active')
  THEN
    RAISE EXCEPTION 'permit % does not run', raised.uid
      USING ERRCODE = 'check_violation', CONSTRAINT = 'addition_is_to_a_running_permit';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER addition_is_approved BEFORE INSERT ON permit_addition
  FOR EACH ROW EXECUTE FUNCTION addition_is_approved();

CREATE OR REPLACE FUNCTION approved_application_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM permit WHERE application_uid = OLD.uid)
    OR EXISTS (SELECT 1 FROM permit_addition WHERE application_uid = OLD.uid)
  THEN
    RAISE EXCEPTION 'what was approved stays as it was'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'approved_application_stays';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION addition_keeps_what_it_adds_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an application adds to what it was submitted for'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'addition_keeps_what_it_adds_to';
END $$;
CREATE TRIGGER addition_keeps_what_it_adds_to BEFORE UPDATE OF adds_to_id, terms ON application
  FOR EACH ROW WHEN (
    NEW.adds_to_id IS DISTINCT FROM OLD.adds_to_id OR (NEW.adds_to_id IS NOT NULL AND NEW.terms IS DISTINCT FROM OLD.terms)
  ) EXECUTE FUNCTION addition_keeps_what_it_adds_to();
CREATE OR REPLACE FUNCTION approved_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM application a JOIN permit p ON p.application_uid = a.uid WHERE a.id = OLD.application_id
  ) OR EXISTS (
    SELECT 1 FROM application a JOIN permit_addition p ON p.application_uid = a.uid WHERE a.id = OLD.application_id
  ) THEN
    RAISE EXCEPTION 'what was approved stays as it was'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'approved_line_stays';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
DROP TRIGGER copy_is_compared_before_it_is_approved ON application;
CREATE TRIGGER copy_is_compared_before_it_is_approved BEFORE UPDATE OF state ON application
  FOR EACH ROW WHEN (NEW.state = 'approved' AND OLD.state <> 'approved' AND NEW.adds_to_id IS NULL)
  EXECUTE FUNCTION copy_is_compared_before_it_is_approved();
"""
