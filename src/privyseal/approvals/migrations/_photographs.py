"""What the database keeps of photographs that are owed."""

OWED = """
CREATE FUNCTION applicant_owes_no_photographs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM hand_use u JOIN hand_turn t ON t.use_id = u.id
    WHERE u.operator_id = NEW.applicant_id AND u.ended_at IS NOT NULL AND t.to_show > 0
      AND NOT EXISTS (SELECT 1 FROM hand_photograph_waiver w WHERE w.use_id = u.id AND w.agreed_at IS NOT NULL)
      AND t.to_show > (SELECT coalesce(sum(p.impressions), 0) FROM hand_photograph p WHERE p.turn_id = t.id)
  ) THEN
    RAISE EXCEPTION 'whoever has not shown what they stamped applies for nothing more'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'applicant_owes_no_photographs';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER applicant_owes_no_photographs AFTER INSERT ON application
  FOR EACH ROW WHEN (NEW.purpose IN ('use', 'standing', 'top-up', 'prolong'))
  EXECUTE FUNCTION applicant_owes_no_photographs();
"""
# Of a turn of which lots say what is shown, another photograph pays nothing.
SAMPLES_OWED = """
CREATE OR REPLACE FUNCTION applicant_owes_no_photographs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM hand_use u JOIN hand_turn t ON t.use_id = u.id
    WHERE u.operator_id = NEW.applicant_id AND u.ended_at IS NOT NULL AND t.to_show > 0
      AND NOT EXISTS (SELECT 1 FROM hand_photograph_waiver w WHERE w.use_id = u.id AND w.agreed_at IS NOT NULL)
      AND t.to_show > CASE WHEN t.is_sampled
        THEN (SELECT count(*) FROM hand_sample s WHERE s.turn_id = t.id AND s.photograph_id IS NOT NULL)
        ELSE (SELECT coalesce(sum(p.impressions), 0) FROM hand_photograph p WHERE p.turn_id = t.id) END
  ) THEN
    RAISE EXCEPTION 'whoever has not shown what they stamped applies for nothing more'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'applicant_owes_no_photographs';
  END IF;
  RETURN NULL;
END $$;
"""
