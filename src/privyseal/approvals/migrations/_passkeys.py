"""What the database itself keeps of passkeys for approvals."""

# What two people confirmed is what stays: another key or owner is another passkey. None is deleted.
PASSKEY_STAYS = """
CREATE FUNCTION approval_passkey_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.uid, NEW.person_id, NEW.credential, NEW.key, NEW.is_bound, NEW.offered_at, NEW.starts_at)
        IS NOT DISTINCT FROM (OLD.uid, OLD.person_id, OLD.credential, OLD.key, OLD.is_bound, OLD.offered_at, OLD.starts_at)
      AND NEW.counter >= OLD.counter
      AND (OLD.removed_at IS NULL OR NEW.removed_at = OLD.removed_at)
    THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'a passkey for approvals stays as it was made'
    USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'approval_passkey_stays';
END $$;
CREATE TRIGGER approval_passkey_stays BEFORE UPDATE OR DELETE ON approval_passkey
  FOR EACH ROW EXECUTE FUNCTION approval_passkey_stays();
"""
