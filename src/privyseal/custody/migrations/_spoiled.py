"""What the database keeps of spoiled impressions."""

# The permit's row is locked by whoever says it: two pages that are handed in at once never add up to too many.
SPOILED = """
CREATE FUNCTION spoiled_is_of_what_was_made() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  the record;
BEGIN
  SELECT t.id AS turn, t.line_id, greatest(t.made, t.committed) AS made, u.operator_id, u.seal_id, u.permit_id INTO the
  FROM hand_turn t JOIN hand_use u ON u.id = t.use_id WHERE t.id = NEW.turn_id;
  IF NEW.said_by_id <> the.operator_id
    OR NOT EXISTS (SELECT 1 FROM hand_photograph WHERE id = NEW.photograph_id AND turn_id = NEW.turn_id)
  THEN
    RAISE EXCEPTION 'a spoiled page is photographed, and marked by whoever stamped it'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'spoiled_is_marked_by_its_operator';
  END IF;
  IF (SELECT sum(impressions) FROM hand_spoiled WHERE turn_id = NEW.turn_id) > coalesce(the.made, 0) THEN
    RAISE EXCEPTION 'more impressions are spoiled than were made'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'no_more_is_spoiled_than_made';
  END IF;
  IF NEW.taken_in_by_id IS NOT NULL AND (NOT EXISTS (
    SELECT 1 FROM custody WHERE seal_id = the.seal_id AND keeper_id = NEW.taken_in_by_id AND until IS NULL
  ) OR EXISTS (
    SELECT 1 FROM permit_part
    WHERE permit_id = the.permit_id AND person_id = NEW.taken_in_by_id AND part IN ('approver', 'holder', 'witness')
  )) THEN
    RAISE EXCEPTION 'a spoiled page is handed in to whoever keeps the seal and has no other hand in the use'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'spoiled_page_is_handed_in_to_the_keeper';
  END IF;
  IF NEW.anew > 0 AND (EXISTS (SELECT 1 FROM use_entry WHERE line_id = the.line_id) OR (
    SELECT sum(s.anew) FROM hand_spoiled s JOIN hand_turn t ON t.id = s.turn_id JOIN hand_use u ON u.id = t.use_id
    WHERE u.permit_id = the.permit_id
  ) > (SELECT coalesce((terms ->> 'made_anew')::integer, 2) FROM permit WHERE id = the.permit_id)) THEN
    RAISE EXCEPTION 'more is made anew than the permit allows'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'no_more_is_made_anew_than_allowed';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER spoiled_is_of_what_was_made AFTER INSERT OR UPDATE ON hand_spoiled
  FOR EACH ROW EXECUTE FUNCTION spoiled_is_of_what_was_made();
CREATE FUNCTION spoiled_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.taken_in_at IS NOT NULL
    OR (NEW.photograph_id, NEW.turn_id, NEW.impressions, NEW.reason, NEW.said_by_id, NEW.said_at)
      <> (OLD.photograph_id, OLD.turn_id, OLD.impressions, OLD.reason, OLD.said_by_id, OLD.said_at)
  THEN
    RAISE EXCEPTION 'what was said of a spoiled page stays said'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'spoiled_stays';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER spoiled_stays BEFORE UPDATE OR DELETE ON hand_spoiled
  FOR EACH ROW EXECUTE FUNCTION spoiled_stays();
CREATE FUNCTION made_anew_of_line(line bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(s.anew), 0) FROM hand_spoiled s JOIN hand_turn t ON t.id = s.turn_id WHERE t.line_id = line
$$;
CREATE OR REPLACE FUNCTION turn_is_of_its_line() RETURNS trigger LANGUAGE plpgsql AS $$
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
  IF (SELECT sum(reserved - released) FROM hand_turn WHERE line_id = NEW.line_id) - made_anew_of_line(NEW.line_id)
    > allowed
  THEN
    RAISE EXCEPTION 'more impressions than the line allows'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'line_is_not_overstamped';
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION impressions_go_back_by_a_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.used IS DISTINCT FROM (
    SELECT sum(t.reserved - t.released) FROM hand_turn t JOIN hand_use u ON u.id = t.use_id WHERE u.permit_id = NEW.id
  ) - (
    SELECT coalesce(sum(made_anew_of_line(l.id)), 0) FROM permit_line l WHERE l.permit_id = NEW.id
  ) THEN
    RAISE EXCEPTION 'what was used goes back to no permit but by a turn that was not made, or a page that was handed in'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'impressions_go_back_by_a_turn';
  END IF;
  RETURN NEW;
END $$;
"""
