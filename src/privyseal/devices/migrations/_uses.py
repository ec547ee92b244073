"""What the database keeps of uses at machines."""

# Without it, a use that calls itself one at a machine would need nobody's word: neither a keeper's nor the signer's.
USES = """
CREATE FUNCTION turn_at_a_machine_has_its_machine() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF is_by_machine(NEW.use_id) AND NOT EXISTS (
    SELECT 1 FROM machine_use m JOIN device d ON d.id = m.device_id JOIN hand_use u ON u.id = NEW.use_id
      JOIN seal s ON s.id = u.seal_id
    WHERE m.turn_id = NEW.id AND m.impressions = NEW.reserved AND s.company_id = d.company_id
  ) THEN
    RAISE EXCEPTION 'impressions at a machine are taken for a machine of the company'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'turn_at_a_machine_has_its_machine';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER turn_at_a_machine_has_its_machine AFTER INSERT ON hand_turn
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION turn_at_a_machine_has_its_machine();
"""
