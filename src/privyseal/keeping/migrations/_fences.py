"""What the database itself keeps of holds and erasures."""

# The words of a reason may name somebody who is erased later, and change then.
FENCES = """
CREATE FUNCTION legal_hold_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF ROW (NEW.uid, NEW.company_id, NEW.seal_id, NEW.application_uid, NEW.person_id, NEW.placed_by_id, NEW.placed_at)
        IS NOT DISTINCT FROM
       ROW (OLD.uid, OLD.company_id, OLD.seal_id, OLD.application_uid, OLD.person_id, OLD.placed_by_id, OLD.placed_at)
      AND (OLD.lifted_at IS NULL OR NEW.lifted_at = OLD.lifted_at AND NEW.lifted_by_id = OLD.lifted_by_id)
      AND (OLD.lift_asked_at IS NULL OR NEW.lift_asked_by_id = OLD.lift_asked_by_id)
    THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'a legal hold stays as it was placed, and is lifted once'
    USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'legal_hold_stays';
END $$;
CREATE TRIGGER legal_hold_stays BEFORE UPDATE OR DELETE ON legal_hold
  FOR EACH ROW EXECUTE FUNCTION legal_hold_stays();

CREATE FUNCTION whom_something_holds_is_not_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM legal_hold WHERE person_id = NEW.person_id AND lifted_at IS NULL)
    OR EXISTS (
      SELECT 1 FROM incident WHERE ended_at IS NULL
        AND NEW.person_id IN (account_of_id, owner_id, opened_by_id, opinion_by_id, proposed_by_id))
    OR EXISTS (SELECT 1 FROM person WHERE id = NEW.person_id AND (is_active OR name <> '■'))
  THEN
    RAISE EXCEPTION 'whoever is here, held or under investigation is not erased'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'whom_something_holds_is_not_erased';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER whom_something_holds_is_not_erased AFTER INSERT OR UPDATE ON erasure
  FOR EACH ROW WHEN (NEW.decision = 'agreed') EXECUTE FUNCTION whom_something_holds_is_not_erased();

CREATE FUNCTION erased_stays_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'nobody who was erased gets a name or an account again'
    USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'erased_stays_erased';
END $$;
CREATE TRIGGER erased_stays_erased BEFORE UPDATE ON person
  FOR EACH ROW WHEN (OLD.name = '■' AND (NEW.name <> OLD.name OR NEW.login <> OLD.login OR NEW.is_active))
  EXECUTE FUNCTION erased_stays_erased();
"""
UNDONE = """
DROP TRIGGER erased_stays_erased ON person;
DROP FUNCTION erased_stays_erased();
DROP TRIGGER whom_something_holds_is_not_erased ON erasure;
DROP FUNCTION whom_something_holds_is_not_erased();
DROP TRIGGER legal_hold_stays ON legal_hold;
DROP FUNCTION legal_hold_stays();
"""
