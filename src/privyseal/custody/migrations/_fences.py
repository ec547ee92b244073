"""What the database keeps of uses of rubber seals."""

HANDS = """
CREATE FUNCTION hands_stand_apart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM permit_part WHERE permit_id = NEW.permit_id AND part = 'approver'
      AND person_id IN (NEW.keeper_id, NEW.supervisor_id)
  ) OR EXISTS (
    SELECT 1 FROM permit WHERE id = NEW.permit_id AND applicant_id IN (NEW.keeper_id, NEW.supervisor_id)
  ) THEN
    RAISE EXCEPTION 'whoever applied for a use or approved it neither hands the seal out nor watches'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'hands_stand_apart';
  END IF;
  IF NEW.keeper_at IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.keeper_at IS NULL) AND NOT EXISTS (
    SELECT 1 FROM custody WHERE seal_id = NEW.seal_id AND keeper_id = NEW.keeper_id AND until IS NULL
  ) THEN
    RAISE EXCEPTION 'a seal is given out by whoever keeps it'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'seal_is_given_out_by_its_keeper';
  END IF;
  IF NEW.supervisor_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM permit_part
    WHERE permit_id = NEW.permit_id AND person_id = NEW.supervisor_id AND part = 'witness'
  ) THEN
    RAISE EXCEPTION 'a use is watched by whom the permit names'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'use_is_watched_by_whom_the_permit_names';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER hands_stand_apart AFTER INSERT OR UPDATE ON hand_use
  FOR EACH ROW EXECUTE FUNCTION hands_stand_apart();
"""
STOCK_TAKES = """
CREATE FUNCTION stock_take_stays_as_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM stock_take WHERE id = OLD.take_id AND ended_at IS NOT NULL) THEN
    RAISE EXCEPTION 'what a stock-take found stays found'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'stock_take_stays_as_ended';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER stock_take_stays_as_ended BEFORE UPDATE OR DELETE ON stock_line
  FOR EACH ROW EXECUTE FUNCTION stock_take_stays_as_ended();
"""
# The permit's row is locked by whoever took the impressions, so that two turns of one line never add up to too many.
TURNS = """
CREATE FUNCTION turn_is_of_its_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  allowed integer;
BEGIN
  SELECT l.impressions INTO allowed FROM permit_line l JOIN hand_use u ON u.permit_id = l.permit_id
  WHERE l.id = NEW.line_id AND u.id = NEW.use_id AND u.ended_at IS NULL
    AND u.keeper_at IS NOT NULL AND u.supervisor_at IS NOT NULL;
  IF allowed IS NULL THEN
    RAISE EXCEPTION 'impressions are taken while keeper and supervisor stand by this use'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'impressions_take_two_confirmations';
  END IF;
  IF (SELECT sum(reserved - released) FROM hand_turn WHERE line_id = NEW.line_id) > allowed THEN
    RAISE EXCEPTION 'more impressions than the line allows'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'line_is_not_overstamped';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER turn_is_of_its_line AFTER INSERT ON hand_turn FOR EACH ROW EXECUTE FUNCTION turn_is_of_its_line();
CREATE FUNCTION turn_stays_as_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.settled_at IS NOT NULL
    OR (NEW.use_id, NEW.line_id, NEW.reserved, NEW.reserved_at) <> (OLD.use_id, OLD.line_id, OLD.reserved, OLD.reserved_at)
    OR (OLD.made IS NOT NULL AND NEW.made IS DISTINCT FROM OLD.made)
  THEN
    RAISE EXCEPTION 'what was said of impressions stays said'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'turn_stays_as_settled';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER turn_stays_as_settled BEFORE UPDATE OR DELETE ON hand_turn
  FOR EACH ROW EXECUTE FUNCTION turn_stays_as_settled();
CREATE FUNCTION impressions_go_back_by_a_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.used IS DISTINCT FROM (
    SELECT sum(t.reserved - t.released) FROM hand_turn t JOIN hand_use u ON u.id = t.use_id WHERE u.permit_id = NEW.id
  ) THEN
    RAISE EXCEPTION 'what was used goes back to no permit but by a turn that was not made'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'impressions_go_back_by_a_turn';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER impressions_go_back_by_a_turn BEFORE UPDATE OF used ON permit
  FOR EACH ROW WHEN (NEW.used < OLD.used) EXECUTE FUNCTION impressions_go_back_by_a_turn();
"""
PLACES = """
CREATE FUNCTION seal_belongs_to_its_company() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM seal WHERE id = NEW.seal_id AND company_id = NEW.company_id AND kind = 'physical'
  ) OR EXISTS (
    SELECT 1 FROM seal_slot l JOIN seal_store s ON s.id = l.store_id
    WHERE l.id IN (NEW.belongs_id, NEW.lies_id) AND s.company_id <> NEW.company_id
  ) THEN
    RAISE EXCEPTION 'a rubber seal has its place in its own company'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'seal_belongs_to_its_company';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER seal_belongs_to_its_company AFTER INSERT OR UPDATE ON seal_place
  FOR EACH ROW EXECUTE FUNCTION seal_belongs_to_its_company();
"""
TAKE_OUTS = """
CREATE FUNCTION take_out_is_of_its_permit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM permit WHERE id = NEW.permit_id AND seal_id = NEW.seal_id
  ) OR NOT EXISTS (
    SELECT 1 FROM permit_part WHERE permit_id = NEW.permit_id AND person_id = NEW.bearer_id AND part = 'holder'
  ) OR NOT EXISTS (
    SELECT 1 FROM permit_part WHERE permit_id = NEW.permit_id AND person_id = NEW.companion_id AND part = 'witness'
  ) OR EXISTS (
    SELECT 1 FROM permit_part WHERE permit_id = NEW.permit_id AND part = 'approver'
      AND person_id IN (NEW.bearer_id, NEW.given_by_id, NEW.taken_by_id)
  ) THEN
    RAISE EXCEPTION 'a seal is taken out by those whom its permit names, and given by nobody who allowed it'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'take_out_is_of_its_permit';
  END IF;
  IF (NEW.given_by_id IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.given_by_id IS NULL) AND NOT EXISTS (
    SELECT 1 FROM custody WHERE seal_id = NEW.seal_id AND keeper_id = NEW.given_by_id AND until IS NULL
  )) OR (NEW.taken_by_id IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.taken_by_id IS NULL) AND NOT EXISTS (
    SELECT 1 FROM custody WHERE seal_id = NEW.seal_id AND keeper_id = NEW.taken_by_id AND until IS NULL
  )) THEN
    RAISE EXCEPTION 'a seal is given out and taken back by whoever keeps it'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'seal_is_given_and_taken_by_its_keeper';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER take_out_is_of_its_permit AFTER INSERT OR UPDATE ON take_out
  FOR EACH ROW EXECUTE FUNCTION take_out_is_of_its_permit();
CREATE FUNCTION report_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'where a seal was said to be stays said'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'report_stays';
END $$;
CREATE TRIGGER report_stays BEFORE UPDATE OR DELETE ON place_report
  FOR EACH ROW EXECUTE FUNCTION report_stays();
"""
# A prolonged permit has approvers more, after hands have been laid on the seal.
APPROVERS = """
CREATE FUNCTION approver_has_no_hand_in_it() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.part = 'approver' AND EXISTS (
    SELECT 1 FROM hand_use WHERE permit_id = NEW.permit_id AND NEW.person_id IN (keeper_id, supervisor_id)
    UNION ALL SELECT 1 FROM take_out WHERE permit_id = NEW.permit_id AND NEW.person_id IN (given_by_id, taken_by_id)
  ) THEN
    RAISE EXCEPTION 'whoever hands the seal out or watches allows nothing more of it'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'approver_has_no_hand_in_it';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER approver_has_no_hand_in_it AFTER INSERT ON permit_part
  FOR EACH ROW EXECUTE FUNCTION approver_has_no_hand_in_it();
"""
