"""What the database keeps of uses through makers' clouds: each says so, and neither it nor its machine loses the mark."""

# Of machines that were used before this: few rows, of which the record says nothing.
BEFORE = """
UPDATE hand_use u SET is_through_cloud = true FROM hand_turn t JOIN machine_use m ON m.turn_id = t.id
  JOIN device d ON d.id = m.device_id AND d.is_through_cloud WHERE t.use_id = u.id
"""
CLOUDS = """
CREATE OR REPLACE FUNCTION turn_at_a_machine_has_its_machine() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF is_by_machine(NEW.use_id) AND NOT EXISTS (
    SELECT 1 FROM machine_use m JOIN device d ON d.id = m.device_id JOIN hand_use u ON u.id = NEW.use_id
      JOIN seal s ON s.id = u.seal_id
    WHERE m.turn_id = NEW.id AND m.impressions = NEW.reserved AND s.company_id = d.company_id
      AND coalesce(u.is_through_cloud, false) = d.is_through_cloud
  ) THEN
    RAISE EXCEPTION 'impressions at a machine are taken for a machine of the company'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'turn_at_a_machine_has_its_machine';
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION what_goes_through_a_cloud_says_so() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'whether a maker''s cloud stands between is said for good'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'what_goes_through_a_cloud_says_so';
END $$;
CREATE TRIGGER what_goes_through_a_cloud_says_so BEFORE UPDATE OF is_through_cloud ON device
  FOR EACH ROW WHEN (NEW.is_through_cloud IS DISTINCT FROM OLD.is_through_cloud)
  EXECUTE FUNCTION what_goes_through_a_cloud_says_so();
CREATE TRIGGER what_goes_through_a_cloud_says_so BEFORE UPDATE OF is_through_cloud ON hand_use
  FOR EACH ROW WHEN (NEW.is_through_cloud IS DISTINCT FROM OLD.is_through_cloud)
  EXECUTE FUNCTION what_goes_through_a_cloud_says_so();
"""
