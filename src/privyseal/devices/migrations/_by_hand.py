"""What the database keeps of seals that machines stamp with: none comes into a hand, and none that is in one goes in."""

BY_HAND = """
CREATE FUNCTION is_stamped_with_by_a_machine(one bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM device d WHERE d.kind IN ('handheld', 'desktop', 'workbench') AND (
      d.id = (SELECT s.device_id FROM device_slot s WHERE s.seal_id = one)
      OR d.id IN (SELECT m.device_id FROM device_mounting m WHERE m.seal_id = one AND m.is_agreed AND m.done_at IS NULL)
    )
  )
$$;
CREATE FUNCTION nothing_by_hand_from_a_machine() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF is_stamped_with_by_a_machine(NEW.seal_id) THEN
    RAISE EXCEPTION 'a machine stamps with this seal: it comes into nobody''s hand'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'nothing_by_hand_from_a_machine';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER nothing_by_hand_from_a_machine AFTER INSERT ON hand_use
  FOR EACH ROW WHEN (NEW.how = 'by-hand' AND NEW.ended_at IS NULL) EXECUTE FUNCTION nothing_by_hand_from_a_machine();
CREATE TRIGGER nothing_confirmed_from_a_machine AFTER UPDATE OF keeper_at, supervisor_at ON hand_use
  FOR EACH ROW WHEN (NEW.how = 'by-hand' AND (
    OLD.keeper_at IS NULL AND NEW.keeper_at IS NOT NULL OR OLD.supervisor_at IS NULL AND NEW.supervisor_at IS NOT NULL
  )) EXECUTE FUNCTION nothing_by_hand_from_a_machine();
CREATE FUNCTION no_seal_in_a_hand_goes_into_a_machine() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF is_stamped_with_by_a_machine(NEW.seal_id) AND EXISTS (
    SELECT FROM hand_use u WHERE u.seal_id = NEW.seal_id AND u.how = 'by-hand' AND u.keeper_at IS NOT NULL
      AND u.returned_at IS NULL
  ) THEN
    RAISE EXCEPTION 'a seal that is in somebody''s hand goes back to its place first'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'no_seal_in_a_hand_goes_into_a_machine';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER no_seal_in_a_hand_goes_into_a_machine AFTER INSERT OR UPDATE OF is_agreed ON device_mounting
  FOR EACH ROW WHEN (NEW.is_agreed AND NEW.done_at IS NULL AND NEW.seal_id IS NOT NULL)
  EXECUTE FUNCTION no_seal_in_a_hand_goes_into_a_machine();
"""
