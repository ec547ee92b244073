"""What the database keeps of impressions by a machine: no two people confirm each, and its count only goes up."""

MACHINES = """
CREATE FUNCTION is_by_machine(use bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT how = 'by-machine' FROM hand_use WHERE id = use
$$;
CREATE OR REPLACE FUNCTION turn_is_of_its_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  allowed integer;
BEGIN
  SELECT l.impressions INTO allowed FROM permit_line l JOIN hand_use u ON u.permit_id = l.permit_id
  WHERE l.id = NEW.line_id AND u.id = NEW.use_id AND u.ended_at IS NULL
    AND (u.how = 'by-machine' OR u.keeper_at IS NOT NULL AND u.supervisor_at IS NOT NULL);
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
CREATE OR REPLACE FUNCTION turn_stays_as_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.settled_at IS NOT NULL
    OR (NEW.use_id, NEW.line_id, NEW.reserved, NEW.reserved_at) <> (OLD.use_id, OLD.line_id, OLD.reserved, OLD.reserved_at)
    OR (OLD.made IS NOT NULL AND NEW.made IS DISTINCT FROM OLD.made
      AND NOT (coalesce(NEW.made, 0) > OLD.made AND is_by_machine(OLD.use_id)))
  THEN
    RAISE EXCEPTION 'what was said of impressions stays said'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'turn_stays_as_settled';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION turn_is_no_larger_than_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT is_by_machine(NEW.use_id) AND NEW.reserved > (
    SELECT greatest(100, coalesce((p.terms ->> 'volume')::integer, 100)) FROM permit p JOIN hand_use u ON u.permit_id = p.id
    WHERE u.id = NEW.use_id
  ) THEN
    RAISE EXCEPTION 'more are taken at a time than the permit allows'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'turn_is_no_larger_than_allowed';
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION sampled_turn_has_its_samples() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.is_sampled <> (NEW.to_show > 0 AND NOT is_by_machine(NEW.use_id) AND (
    SELECT p.terms #>> '{photographs,asks}' FROM permit p JOIN hand_use u ON u.permit_id = p.id WHERE u.id = NEW.use_id
  ) IS NOT DISTINCT FROM 'sample') OR NEW.is_sampled AND NEW.to_show <> (
    SELECT count(*) FROM hand_sample WHERE turn_id = NEW.id AND number <= NEW.committed
  ) THEN
    RAISE EXCEPTION 'as many impressions are drawn as have to be shown'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'sampled_turn_has_its_samples';
  END IF;
  RETURN NULL;
END $$;
"""
