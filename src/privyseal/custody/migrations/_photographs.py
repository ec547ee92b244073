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
