"""What the database keeps of uses under standing permits."""

# So many in any day, whatever the pages say; what was used is counted; a word on a sample is said once, by its reviewer.
STANDING = """
CREATE FUNCTION standing_use_is_within_its_day() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  allowed permit%ROWTYPE;
BEGIN
  SELECT * INTO allowed FROM permit WHERE id = NEW.permit_id FOR NO KEY UPDATE;
  IF allowed.purpose <> 'standing' OR NEW.number > allowed.used THEN
    RAISE EXCEPTION 'use % of the permit is not counted', NEW.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'standing_use_is_counted';
  END IF;
  IF (SELECT count(*) FROM standing_use WHERE permit_id = NEW.permit_id AND at > NEW.at - interval '24 hours')
    >= (allowed.terms ->> 'a_day')::integer
  THEN
    RAISE EXCEPTION 'more uses in a day than the permit allows'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'standing_use_is_within_its_day';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER standing_use_is_within_its_day BEFORE INSERT ON standing_use
  FOR EACH ROW EXECUTE FUNCTION standing_use_is_within_its_day();
CREATE FUNCTION sample_is_reviewed_by_its_reviewer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.reviewed_at IS NOT NULL
    OR (NEW.permit_id, NEW.number, NEW.line_id, NEW.by_id, NEW.at, NEW.is_sample)
      IS DISTINCT FROM (OLD.permit_id, OLD.number, OLD.line_id, OLD.by_id, OLD.at, OLD.is_sample)
  THEN
    RAISE EXCEPTION 'a use stays as it was counted, and its review as it was said'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'standing_use_stays_as_counted';
  END IF;
  IF NOT EXISTS (
    SELECT 1 FROM permit_part WHERE permit_id = NEW.permit_id AND person_id = NEW.reviewed_by_id AND part = 'witness'
  ) THEN
    RAISE EXCEPTION 'samples are reviewed by whom the permit names'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'sample_is_reviewed_by_its_reviewer';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sample_is_reviewed_by_its_reviewer BEFORE UPDATE OR DELETE ON standing_use
  FOR EACH ROW EXECUTE FUNCTION sample_is_reviewed_by_its_reviewer();
CREATE TRIGGER auditor_takes_no_part BEFORE UPDATE OF reviewed_at ON standing_use
  FOR EACH ROW EXECUTE FUNCTION auditor_takes_no_part('reviewed_by_id', 'reviewed_at');
"""
# Nothing more is used while a sample has waited for its review for three days, whatever the pages say.
SAMPLES_IN_TIME = """
CREATE FUNCTION standing_use_waits_for_no_sample() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM standing_use
    WHERE permit_id = NEW.permit_id AND is_sample AND reviewed_at IS NULL AND at <= NEW.at - interval '3 days'
  ) THEN
    RAISE EXCEPTION 'a sample of the permit waits for its review for too long'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'standing_use_waits_for_no_sample';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER standing_use_waits_for_no_sample BEFORE INSERT ON standing_use
  FOR EACH ROW EXECUTE FUNCTION standing_use_waits_for_no_sample();
"""
# By name, or as one of the unit or below it at that moment; never by somebody with another part in the permit.
USED_BY = """
CREATE FUNCTION standing_use_is_by_who_may() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  said text;
  whose bigint;
BEGIN
  SELECT unit_id INTO whose FROM permit WHERE id = NEW.permit_id;
  SELECT part INTO said FROM permit_part WHERE permit_id = NEW.permit_id AND person_id = NEW.by_id;
  IF whose IS NULL AND said IS DISTINCT FROM 'holder' THEN
    RAISE EXCEPTION 'a standing permit is used by whoever holds it'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'standing_use_is_by_a_holder';
  END IF;
  IF whose IS NOT NULL AND said IS NOT NULL THEN
    RAISE EXCEPTION 'whoever approved a standing permit, or reviews it, does not use it'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'user_of_a_unit_has_no_other_part';
  END IF;
  IF whose IS NOT NULL AND NOT EXISTS (
    WITH RECURSIVE line AS (
      SELECT u.id, u.parent_id FROM membership m JOIN unit u ON u.id = m.unit_id
        WHERE m.person_id = NEW.by_id AND m.left_on IS NULL
      UNION SELECT above.id, above.parent_id FROM unit above JOIN line ON above.id = line.parent_id
    ) SELECT 1 FROM line WHERE id = whose
  ) THEN
    RAISE EXCEPTION 'a standing permit of a unit is used by whoever belongs to it'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'standing_use_is_by_one_of_the_unit';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER standing_use_is_by_who_may BEFORE INSERT ON standing_use
  FOR EACH ROW EXECUTE FUNCTION standing_use_is_by_who_may();
CREATE FUNCTION approver_has_not_used_it() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM standing_use WHERE permit_id = NEW.permit_id AND by_id = NEW.person_id) THEN
    RAISE EXCEPTION 'whoever has used a standing permit does not approve more of it'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'approver_has_not_used_it';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER approver_has_not_used_it BEFORE INSERT ON permit_part
  FOR EACH ROW WHEN (NEW.part = 'approver') EXECUTE FUNCTION approver_has_not_used_it();
"""
