"""What the database keeps of large turns and of impressions drawn by lot."""

SAMPLES = """
CREATE FUNCTION turn_is_no_larger_than_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.reserved > (
    SELECT greatest(100, coalesce((p.terms ->> 'volume')::integer, 100)) FROM permit p JOIN hand_use u ON u.permit_id = p.id
    WHERE u.id = NEW.use_id
  ) THEN
    RAISE EXCEPTION 'more are taken at a time than the permit allows'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'turn_is_no_larger_than_allowed';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER turn_is_no_larger_than_allowed AFTER INSERT ON hand_turn
  FOR EACH ROW EXECUTE FUNCTION turn_is_no_larger_than_allowed();
CREATE FUNCTION sampled_turn_has_its_samples() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.is_sampled <> (NEW.to_show > 0 AND (
    SELECT p.terms #>> '{photographs,asks}' FROM permit p JOIN hand_use u ON u.permit_id = p.id WHERE u.id = NEW.use_id
  ) IS NOT DISTINCT FROM 'sample') OR NEW.is_sampled AND NEW.to_show <> (
    SELECT count(*) FROM hand_sample WHERE turn_id = NEW.id AND number <= NEW.committed
  ) THEN
    RAISE EXCEPTION 'as many impressions are drawn as have to be shown'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'sampled_turn_has_its_samples';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER sampled_turn_has_its_samples AFTER UPDATE OF settled_at ON hand_turn
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.settled_at IS NOT NULL)
  EXECUTE FUNCTION sampled_turn_has_its_samples();
CREATE FUNCTION sample_is_shown_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.photograph_id IS NOT NULL OR NOT EXISTS (
      SELECT 1 FROM hand_turn WHERE id = NEW.turn_id AND is_sampled AND NEW.number <= committed
        AND to_show > (SELECT count(*) FROM hand_sample WHERE turn_id = NEW.turn_id)
    ) THEN
      RAISE EXCEPTION 'impressions are drawn of those that stand, as many as have to be shown'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'no_more_is_drawn_than_shown';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' OR OLD.photograph_id IS NOT NULL OR (NEW.turn_id, NEW.number) <> (OLD.turn_id, OLD.number)
    OR NOT EXISTS (SELECT 1 FROM hand_photograph WHERE id = NEW.photograph_id AND turn_id = NEW.turn_id)
  THEN
    RAISE EXCEPTION 'what was drawn stays drawn, and is shown once, by a photograph of its turn'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'sample_is_shown_once';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sample_is_shown_once BEFORE INSERT OR UPDATE OR DELETE ON hand_sample
  FOR EACH ROW EXECUTE FUNCTION sample_is_shown_once();
"""

# As before, but that a photograph which is seen to show another page than the one drawn shows nothing that was drawn.
ANOTHER_PAGE_IS_NONE = """
CREATE OR REPLACE FUNCTION sample_is_shown_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.photograph_id IS NOT NULL OR NOT EXISTS (
      SELECT 1 FROM hand_turn WHERE id = NEW.turn_id AND is_sampled AND NEW.number <= committed
        AND to_show > (SELECT count(*) FROM hand_sample WHERE turn_id = NEW.turn_id)
    ) THEN
      RAISE EXCEPTION 'impressions are drawn of those that stand, as many as have to be shown'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'no_more_is_drawn_than_shown';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' OR ROW (NEW.turn_id, NEW.number, NEW.page, NEW.copy)
      IS DISTINCT FROM ROW (OLD.turn_id, OLD.number, OLD.page, OLD.copy)
    OR OLD.photograph_id IS NULL AND NOT EXISTS (
      SELECT 1 FROM hand_photograph WHERE id = NEW.photograph_id AND turn_id = NEW.turn_id)
    OR OLD.photograph_id IS NOT NULL AND (NEW.photograph_id IS NOT NULL OR NOT EXISTS (
      SELECT 1 FROM page_sighting WHERE photograph_id = OLD.photograph_id AND drawn_page = OLD.page
        AND page IS DISTINCT FROM OLD.page AND sight <> 'unreadable'))
  THEN
    RAISE EXCEPTION 'what was drawn stays drawn, and is shown once, by a photograph of its turn and of its page'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'sample_is_shown_once';
  END IF;
  RETURN NEW;
END $$;
"""
