"""What the database keeps of photographs of stamped pages."""

# Whether the seal had gone back is looked up here again: a late photograph is never passed off as one of the time.
PHOTOGRAPHS = """
CREATE FUNCTION photograph_is_of_what_was_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM hand_turn t JOIN hand_use u ON u.id = t.use_id
    WHERE t.id = NEW.turn_id AND t.made IS NOT NULL AND NEW.by_id IN (u.operator_id, u.keeper_id, u.supervisor_id)
  ) THEN
    RAISE EXCEPTION 'a photograph is of a turn that was made, by one of its three hands'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'photograph_is_of_what_was_made';
  END IF;
  IF NEW.is_late IS DISTINCT FROM (
    SELECT u.returned_at IS NOT NULL FROM hand_turn t JOIN hand_use u ON u.id = t.use_id WHERE t.id = NEW.turn_id
  ) THEN
    RAISE EXCEPTION 'a photograph that comes after the seal went back is late'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'late_photograph_says_so';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER photograph_is_of_what_was_made AFTER INSERT ON hand_photograph
  FOR EACH ROW EXECUTE FUNCTION photograph_is_of_what_was_made();
CREATE FUNCTION photograph_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a photograph of a stamped page is neither changed nor taken away'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'photograph_stays';
END $$;
CREATE TRIGGER photograph_stays BEFORE UPDATE OR DELETE ON hand_photograph
  FOR EACH ROW EXECUTE FUNCTION photograph_stays();
"""
# A turn that is settled goes on saying how many of its impressions have to be shown.
WAIVERS = """
CREATE FUNCTION photographs_are_not_waived_by_whoever_owes_them() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM hand_use WHERE id = NEW.use_id AND operator_id = NEW.agreed_by_id) THEN
    RAISE EXCEPTION 'nobody lets themselves off the photographs that they owe'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'photographs_are_not_waived_by_whoever_owes_them';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER photographs_are_not_waived_by_whoever_owes_them AFTER INSERT OR UPDATE ON hand_photograph_waiver
  FOR EACH ROW EXECUTE FUNCTION photographs_are_not_waived_by_whoever_owes_them();
"""
