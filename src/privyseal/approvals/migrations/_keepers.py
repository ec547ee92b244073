"""What the database keeps of approvers and keepers."""

KEEPERS = """
CREATE FUNCTION keeper_decides_on_no_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM application a
      JOIN application_line l ON l.application_id = a.id
      JOIN seal s ON s.id = l.seal_id AND s.kind = 'physical'
      JOIN custody c ON c.seal_id = s.id AND c.until IS NULL
    WHERE a.id = NEW.application_id AND a.purpose IN ('use', 'top-up', 'prolong') AND c.keeper_id = NEW.person_id
  ) THEN
    RAISE EXCEPTION 'whoever hands a seal out does not decide on its use'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'keeper_decides_on_no_use';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER keeper_decides_on_no_use AFTER INSERT ON application_vote
  FOR EACH ROW EXECUTE FUNCTION keeper_decides_on_no_use();
"""
