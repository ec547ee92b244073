"""What the database itself keeps of applications of several companies."""

# Duties are kept apart over all the parts: each part played in one of them is counted in the whole, whose row forbids two.
CASTINGS = """
CREATE FUNCTION parts_count_in_the_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO joint_casting AS whole
    (joint_id, person_id, is_applicant, is_approver, is_operator, is_custodian, is_witness, is_person)
  SELECT joint_id, NEW.person_id, NEW.is_applicant, NEW.is_approver, NEW.is_operator, NEW.is_custodian, NEW.is_witness,
    NEW.is_person
  FROM application WHERE id = NEW.application_id AND joint_id IS NOT NULL
  ON CONFLICT (joint_id, person_id) DO UPDATE SET
    is_applicant = whole.is_applicant OR EXCLUDED.is_applicant,
    is_approver = whole.is_approver OR EXCLUDED.is_approver,
    is_operator = whole.is_operator OR EXCLUDED.is_operator,
    is_custodian = whole.is_custodian OR EXCLUDED.is_custodian,
    is_witness = whole.is_witness OR EXCLUDED.is_witness,
    is_person = whole.is_person OR EXCLUDED.is_person;
  RETURN NULL;
END $$;
CREATE TRIGGER parts_count_in_the_whole AFTER INSERT OR UPDATE ON application_casting
  FOR EACH ROW EXECUTE FUNCTION parts_count_in_the_whole();
"""
# Who has another duty than to approve: in an application, or in any part of the whole that it belongs to.
PLAYING = """
CREATE FUNCTION playing_in(application bigint) RETURNS TABLE (person_id bigint, is_applicant boolean)
  LANGUAGE sql STABLE AS $$
  SELECT c.person_id, c.is_applicant FROM application_casting c WHERE c.application_id = playing_in.application
    AND (c.is_applicant OR c.is_operator OR c.is_custodian OR c.is_witness)
  UNION
  SELECT c.person_id, c.is_applicant FROM application a JOIN joint_casting c ON c.joint_id = a.joint_id
    WHERE a.id = playing_in.application
    AND (c.is_applicant OR c.is_operator OR c.is_custodian OR c.is_witness)
$$;
"""
# What somebody was shown of the whole stays; nothing joins it afterwards or leaves it.
KEPT = """
CREATE FUNCTION joint_stays_as_submitted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an application of several companies stays as it was submitted'
    USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'joint_stays_as_submitted';
END $$;
CREATE TRIGGER joint_stays_as_submitted BEFORE UPDATE OR DELETE ON joint_application
  FOR EACH ROW EXECUTE FUNCTION joint_stays_as_submitted();
CREATE TRIGGER joint_stays_as_submitted BEFORE UPDATE OF joint_id ON application
  FOR EACH ROW WHEN (OLD.joint_id IS DISTINCT FROM NEW.joint_id) EXECUTE FUNCTION joint_stays_as_submitted();

CREATE FUNCTION part_is_named_in_the_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM joint_application j, company c, jsonb_array_elements(j.says) AS named
    WHERE j.id = NEW.joint_id AND c.id = NEW.company_id AND named ->> 'company' = c.uid
  ) THEN
    RAISE EXCEPTION 'this company is not named in the whole'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'part_is_named_in_the_whole';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER part_is_named_in_the_whole BEFORE INSERT ON application
  FOR EACH ROW WHEN (NEW.joint_id IS NOT NULL) EXECUTE FUNCTION part_is_named_in_the_whole();
"""
# Where companies are decided together, none of their parts is approved unless all are: looked at when it is committed.
DECIDED = """
CREATE FUNCTION approved_together_or_not_at_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM joint_application j WHERE j.id = NEW.joint_id AND j.mode = 'together'
      AND jsonb_array_length(j.says)
        <> (SELECT count(*) FROM application a WHERE a.joint_id = j.id AND a.state = 'approved')
  ) THEN
    RAISE EXCEPTION 'what is decided together is approved by every company, or by none'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'approved_together_or_not_at_all';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER approved_together_or_not_at_all AFTER INSERT OR UPDATE OF state ON application
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.joint_id IS NOT NULL AND NEW.state = 'approved') EXECUTE FUNCTION approved_together_or_not_at_all();
"""
