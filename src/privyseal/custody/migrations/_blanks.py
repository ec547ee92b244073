"""What the database keeps of numbered blanks."""

BLANKS = """
CREATE FUNCTION blank_is_an_approved_exception() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  the record;
BEGIN
  SELECT u.permit_id, t.committed, u.operator_id, u.seal_id, p.terms -> 'blanks' AS said INTO the
  FROM hand_turn t JOIN hand_use u ON u.id = t.use_id JOIN permit p ON p.id = u.permit_id WHERE t.id = NEW.turn_id;
  IF TG_OP = 'INSERT' THEN
    IF the.said IS NULL OR the.permit_id <> NEW.permit_id OR NEW.became <> 'out'
      OR the.said ->> 'class' NOT IN
        ('employment-certificate', 'invoice', 'bank-slip', 'delivery-note', 'reconciliation-letter')
      OR NEW.number > (the.said ->> 'most')::integer
      OR (SELECT count(*) FROM hand_blank WHERE turn_id = NEW.turn_id) > the.committed
      OR (SELECT count(*) FROM permit_part WHERE permit_id = NEW.permit_id AND part = 'approver') < 2
    THEN
      RAISE EXCEPTION 'a blank is stamped for routine papers, by a permit of two approvers that says how many'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'blank_is_an_approved_exception';
    END IF;
  ELSIF OLD.became <> 'out' OR (NEW.permit_id, NEW.turn_id, NEW.number, NEW.issued_at, NEW.due_at)
    <> (OLD.permit_id, OLD.turn_id, OLD.number, OLD.issued_at, OLD.due_at)
  THEN
    RAISE EXCEPTION 'what was said of a blank stays said'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'blank_stays';
  ELSIF NEW.became = 'used' AND (NEW.said_by_id <> the.operator_id
    OR NOT EXISTS (SELECT 1 FROM hand_photograph WHERE id = NEW.photograph_id AND turn_id = NEW.turn_id))
    OR NEW.became = 'returned' AND (NEW.said_by_id = the.operator_id OR NOT EXISTS (
      SELECT 1 FROM custody WHERE seal_id = the.seal_id AND keeper_id = NEW.said_by_id AND until IS NULL
    ) OR EXISTS (
      SELECT 1 FROM permit_part WHERE permit_id = NEW.permit_id AND person_id = NEW.said_by_id AND part = 'approver'
    ))
  THEN
    RAISE EXCEPTION 'a blank is shown by whoever stamped it, or comes back to whoever keeps the seal'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'blank_is_accounted_for_by_whom_it_is_up_to';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER blank_is_an_approved_exception AFTER INSERT OR UPDATE ON hand_blank
  FOR EACH ROW EXECUTE FUNCTION blank_is_an_approved_exception();
CREATE FUNCTION blank_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a blank is not forgotten'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'blank_stays';
END $$;
CREATE TRIGGER blank_is_kept BEFORE DELETE ON hand_blank FOR EACH ROW EXECUTE FUNCTION blank_is_kept();
CREATE FUNCTION each_blank_has_its_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM permit p JOIN hand_use u ON u.permit_id = p.id WHERE u.id = NEW.use_id AND p.terms ? 'blanks'
  ) AND NEW.committed <> (SELECT count(*) FROM hand_blank WHERE turn_id = NEW.id) THEN
    RAISE EXCEPTION 'each blank that was stamped has its number'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'each_blank_has_its_number';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER each_blank_has_its_number AFTER UPDATE OF settled_at ON hand_turn
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.settled_at IS NOT NULL)
  EXECUTE FUNCTION each_blank_has_its_number();
"""
