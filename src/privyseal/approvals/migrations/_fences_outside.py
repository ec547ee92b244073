"""What the database itself keeps of outside approval systems."""

# A system is what was confirmed: another address or key is another system. What it answered stays.
SYSTEM = """
CREATE FUNCTION outside_system_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'outside_system' THEN
    IF OLD.ended_at IS NULL AND NEW.confirmed_at IS NOT DISTINCT FROM COALESCE(OLD.confirmed_at, NEW.confirmed_at)
      AND to_jsonb(NEW) - '{confirmed_by_id,confirmed_at,ended_at}'::text[]
          = to_jsonb(OLD) - '{confirmed_by_id,confirmed_at,ended_at}'::text[]
    THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'an outside system and its answers stay as they were'
    USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'outside_system_stays';
END $$;
CREATE TRIGGER outside_system_stays BEFORE UPDATE OR DELETE ON outside_system
  FOR EACH ROW EXECUTE FUNCTION outside_system_stays();
CREATE TRIGGER outside_system_stays BEFORE UPDATE OR DELETE ON outside_answer
  FOR EACH ROW EXECUTE FUNCTION outside_system_stays();
"""
# A vote that an outside system told says so in what the key checks, comes from one that counts, and has its evidence.
VOTE = """
CREATE FUNCTION vote_says_how_it_was_given() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF jsonb_path_exists(NEW.approved, '$[*].assertions[*] ? (@.assurance == "external")')
      <> (NEW.system_id IS NOT NULL AND NEW.decision = 'approve')
    OR (NEW.system_id IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM outside_system WHERE id = NEW.system_id AND confirmed_at <= NEW.at AND ended_at IS NULL
    ))
  THEN
    RAISE EXCEPTION 'a vote says how it was given'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'vote_says_how_it_was_given';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER vote_says_how_it_was_given BEFORE INSERT OR UPDATE ON application_vote
  FOR EACH ROW EXECUTE FUNCTION vote_says_how_it_was_given();

CREATE FUNCTION outside_vote_has_its_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM outside_answer a
    WHERE a.application_id = NEW.application_id AND a.person_id = NEW.person_id AND a.at = NEW.at
      AND a.system_id = NEW.system_id
  ) THEN
    RAISE EXCEPTION 'what an outside system says is kept as it signed it'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'outside_vote_has_its_answer';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER outside_vote_has_its_answer AFTER INSERT ON application_vote
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.system_id IS NOT NULL)
  EXECUTE FUNCTION outside_vote_has_its_answer();
"""
