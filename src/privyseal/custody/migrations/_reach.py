"""What the database keeps of how far a rubber seal goes."""

FENCE = """
CREATE FUNCTION fence_is_as_approved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  approved jsonb := (SELECT terms -> 'fence' FROM permit WHERE id = NEW.permit_id);
BEGIN
  IF approved IS NOT NULL AND (
    NEW.fence_metres IS NULL OR NEW.fence_metres > (approved ->> 'metres')::integer
    OR NEW.fence_latitude <> (approved ->> 'latitude')::integer
    OR NEW.fence_longitude <> (approved ->> 'longitude')::integer
  ) THEN
    RAISE EXCEPTION 'a seal goes no further than was approved'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'fence_is_as_approved';
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.given_at IS NOT NULL AND
    (NEW.fence_latitude, NEW.fence_longitude, NEW.fence_metres)
    IS DISTINCT FROM (OLD.fence_latitude, OLD.fence_longitude, OLD.fence_metres)
  THEN
    RAISE EXCEPTION 'how far a seal goes is settled before it leaves'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'fence_is_as_approved';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER fence_is_as_approved AFTER INSERT OR UPDATE ON take_out
  FOR EACH ROW EXECUTE FUNCTION fence_is_as_approved();
"""
