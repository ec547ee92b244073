"""What the database itself keeps of lists of what is over."""

PAPERS = """
CREATE FUNCTION paper_goes_as_it_was_agreed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR ROW (NEW.clearance_id, NEW.paper, NEW.key, NEW.sha256, NEW.also_sha256, NEW.retention, NEW.ended_on, NEW.permit_id)
      IS DISTINCT FROM
     ROW (OLD.clearance_id, OLD.paper, OLD.key, OLD.sha256, OLD.also_sha256, OLD.retention, OLD.ended_on, OLD.permit_id)
    OR OLD.gone_at IS NOT NULL AND NEW.gone_at IS DISTINCT FROM OLD.gone_at
    OR NEW.gone_at IS NOT NULL AND NEW.retention = 'permanent'
    OR NEW.gone_at IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM clearance WHERE id = NEW.clearance_id AND decision = 'agreed')
  THEN
    RAISE EXCEPTION 'what goes is what was agreed, once'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'paper_goes_as_it_was_agreed';
  END IF;
  IF OLD.gone_at IS NULL AND NEW.gone_at IS NOT NULL AND EXISTS (
    SELECT 1 FROM legal_hold h JOIN permit p ON p.id = NEW.permit_id JOIN seal s ON s.id = p.seal_id
    WHERE h.lifted_at IS NULL AND (
      h.company_id = s.company_id AND h.seal_id IS NULL AND h.application_uid = ''
      OR h.seal_id = s.id
      OR h.application_uid = encode(p.application_uid, 'hex')
      OR h.person_id IN (SELECT person_id FROM permit_part WHERE permit_id = p.id))
  ) THEN
    RAISE EXCEPTION 'what a legal hold covers stays'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'what_is_held_stays';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER paper_goes_as_it_was_agreed BEFORE UPDATE OR DELETE ON cleared_paper
  FOR EACH ROW EXECUTE FUNCTION paper_goes_as_it_was_agreed();
"""
UNDONE = """
DROP TRIGGER paper_goes_as_it_was_agreed ON cleared_paper;
DROP FUNCTION paper_goes_as_it_was_agreed();
"""
