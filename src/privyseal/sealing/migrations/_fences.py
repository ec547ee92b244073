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
# The first use is a sample; of each other the first head of the log that covers it says so, an hour after it at the latest.
DRAWN = """
CREATE FUNCTION use_is_drawn_later() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.drawn_from IS NOT NULL OR NEW.is_sample IS DISTINCT FROM NULLIF(NEW.number = 1, false) THEN
    RAISE EXCEPTION 'nobody knows yet whether use % is a sample', NEW.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'use_is_drawn_later';
  END IF;
  IF EXISTS (
    SELECT 1 FROM standing_use
    WHERE permit_id = NEW.permit_id AND is_sample IS NULL AND at <= NEW.at - interval '1 hour'
  ) THEN
    RAISE EXCEPTION 'an earlier use of the permit waits to be drawn for too long'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'standing_use_waits_for_no_draw';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER use_is_drawn_later BEFORE INSERT ON standing_use
  FOR EACH ROW EXECUTE FUNCTION use_is_drawn_later();
CREATE FUNCTION use_is_drawn_by_the_log() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  head ledger_checkpoint%ROWTYPE;
  drawn bytea;
  every bigint;
BEGIN
  SELECT c.* INTO head FROM intent i
    JOIN ledger_fact f ON f.subjects @> ARRAY[ledger_key('intent:' || i.uid)] AND f.kind = 'document.seal.intended'
    JOIN ledger_leaf l ON l.fact_id = f.id
    JOIN ledger_checkpoint c ON c.size > l.index
    WHERE i.line_id = NEW.line_id ORDER BY c.size LIMIT 1;
  SELECT (p.terms ->> 'sample_every')::bigint, sha256(
      convert_to('privyseal/sample/v1', 'UTF8') || '\\x00'::bytea || head.root || p.uid || int8send(NEW.number) || l.document_sha256
    ) INTO every, drawn
    FROM permit p JOIN permit_line l ON l.id = NEW.line_id WHERE p.id = NEW.permit_id;
  IF NEW.drawn_from IS DISTINCT FROM head.size
    OR NEW.is_sample IS DISTINCT FROM (('x' || encode(substr(drawn, 1, 6), 'hex'))::bit(48)::bigint % every = 0)
  THEN
    RAISE EXCEPTION 'the log says otherwise whether use % is a sample', NEW.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'use_is_drawn_by_the_log';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER use_is_drawn_by_the_log BEFORE UPDATE OF is_sample, drawn_from ON standing_use
  FOR EACH ROW WHEN (OLD.is_sample IS NULL) EXECUTE FUNCTION use_is_drawn_by_the_log();
CREATE OR REPLACE FUNCTION sample_is_reviewed_by_its_reviewer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.is_sample IS NULL AND NEW.reviewed_at IS NULL
    AND to_jsonb(NEW) - 'is_sample' - 'drawn_from' = to_jsonb(OLD) - 'is_sample' - 'drawn_from'
  THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' OR OLD.reviewed_at IS NOT NULL
    OR (NEW.permit_id, NEW.number, NEW.line_id, NEW.by_id, NEW.at, NEW.is_sample, NEW.drawn_from)
      IS DISTINCT FROM (OLD.permit_id, OLD.number, OLD.line_id, OLD.by_id, OLD.at, OLD.is_sample, OLD.drawn_from)
  THEN
    RAISE EXCEPTION 'a use stays as it was counted and drawn, and its review as it was said'
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
"""
