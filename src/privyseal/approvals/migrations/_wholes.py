"""What the database keeps of additions to one company's part of a whole: its duties are those of the whole."""

# Whoever has a part in an addition has it in the whole that it adds to.
CASTINGS = """
CREATE OR REPLACE FUNCTION parts_count_in_the_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO joint_casting AS whole
    (joint_id, person_id, is_applicant, is_approver, is_operator, is_custodian, is_witness, is_person)
  SELECT coalesce(a.joint_id, f.joint_id), NEW.person_id, NEW.is_applicant, NEW.is_approver, NEW.is_operator,
    NEW.is_custodian, NEW.is_witness, NEW.is_person
  FROM application a LEFT JOIN application f ON f.id = a.adds_to_id
  WHERE a.id = NEW.application_id AND coalesce(a.joint_id, f.joint_id) IS NOT NULL
  ON CONFLICT (joint_id, person_id) DO UPDATE SET
    is_applicant = whole.is_applicant OR EXCLUDED.is_applicant,
    is_approver = whole.is_approver OR EXCLUDED.is_approver,
    is_operator = whole.is_operator OR EXCLUDED.is_operator,
    is_custodian = whole.is_custodian OR EXCLUDED.is_custodian,
    is_witness = whole.is_witness OR EXCLUDED.is_witness,
    is_person = whole.is_person OR EXCLUDED.is_person;
  RETURN NULL;
END $$;
"""
PLAYING = """
CREATE OR REPLACE FUNCTION playing_in(application bigint) RETURNS TABLE (person_id bigint, is_applicant boolean)
  LANGUAGE sql STABLE AS $$
  SELECT c.person_id, c.is_applicant FROM application_casting c WHERE c.application_id = playing_in.application
    AND (c.is_applicant OR c.is_operator OR c.is_custodian OR c.is_witness)
  UNION
  SELECT c.person_id, c.is_applicant FROM application a LEFT JOIN application f ON f.id = a.adds_to_id
    JOIN joint_casting c ON c.joint_id = coalesce(a.joint_id, f.joint_id)
    WHERE a.id = playing_in.application
    AND (c.is_applicant OR c.is_operator OR c.is_custodian OR c.is_witness)
$$;
"""
