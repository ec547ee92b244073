"""What the database itself keeps of those who decide for others."""

DELEGATIONS = """
CREATE FUNCTION delegation_stays_as_given() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL OR to_jsonb(NEW) - 'ended_at' <> to_jsonb(OLD) - 'ended_at' THEN
    RAISE EXCEPTION 'a delegation is kept as it was given'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'delegation_stays_as_given';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER delegation_stays_as_given BEFORE UPDATE OR DELETE ON delegation
  FOR EACH ROW EXECUTE FUNCTION delegation_stays_as_given();

CREATE FUNCTION delegate_delegates_no_further() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Two that would make a chain between them wait for each other here.
  PERFORM 1 FROM person WHERE id IN (NEW.giver_id, NEW.taker_id) ORDER BY id FOR NO KEY UPDATE;
  IF EXISTS (
    SELECT 1 FROM delegation d WHERE d.company_id = NEW.company_id AND d.ended_at IS NULL
      AND (d.giver_id = NEW.taker_id OR d.taker_id = NEW.giver_id)
      AND d.starts_at < NEW.ends_at AND NEW.starts_at < d.ends_at
  ) THEN
    RAISE EXCEPTION 'whoever decides for another has nobody decide for them'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'delegate_delegates_no_further';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER delegate_delegates_no_further BEFORE INSERT ON delegation
  FOR EACH ROW EXECUTE FUNCTION delegate_delegates_no_further();
CREATE TRIGGER auditor_takes_no_part BEFORE INSERT ON delegation
  FOR EACH ROW EXECUTE FUNCTION auditor_takes_no_part('taker_id', 'given_at');
"""
# A vote for another rests on a delegation that covers it, launders no duty of either, and counts both as having decided.
REPRESENTED_BY_DELEGATION = """
CREATE OR REPLACE FUNCTION represented_by_delegation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM application_vote v WHERE v.application_id = NEW.application_id
      AND (v.for_person_id = NEW.person_id OR v.person_id = NEW.for_person_id)
  ) THEN
    RAISE EXCEPTION 'nobody decides twice, themselves and through another'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'nobody_decides_through_another_too';
  END IF;
  IF NEW.for_person_id IS NULL THEN
    RETURN NEW;
  END IF;
  IF NOT EXISTS (
    SELECT 1 FROM application a JOIN delegation d ON d.company_id = a.company_id
    WHERE a.id = NEW.application_id AND d.giver_id = NEW.for_person_id AND d.taker_id = NEW.person_id
      AND d.starts_at <= NEW.at AND d.ends_at > NEW.at AND (d.ended_at IS NULL OR d.ended_at > NEW.at)
      AND (d.purposes = '{}' OR a.purpose = ANY(d.purposes)) AND (d.below IS NULL OR a.amount < d.below)
  ) THEN
    RAISE EXCEPTION 'nobody lets this person decide for them in this'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'represented_by_delegation';
  END IF;
  IF EXISTS (
    SELECT 1 FROM application a, LATERAL playing_in(a.id) AS c,
      LATERAL tied_to(c.person_id, a.submitted_at, NEW.at) AS tied(person)
    WHERE a.id = NEW.application_id AND tied.person IN (NEW.person_id, NEW.for_person_id)
  ) THEN
    RAISE EXCEPTION 'a delegation goes past no duty of either'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'representation_stands_apart';
  END IF;
  RETURN NEW;
END $$;
"""
REPRESENTED = f"""
{REPRESENTED_BY_DELEGATION}
CREATE TRIGGER represented_by_delegation BEFORE INSERT ON application_vote
  FOR EACH ROW EXECUTE FUNCTION represented_by_delegation();
"""
