"""What a seal keeps for life, and that its end is one: triggers, since a constraint does not see the row before."""

from django.db import migrations

FENCES = """
CREATE FUNCTION seal_keeps_its_law() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'seal % stays in the register', OLD.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'seal_is_never_deleted';
  END IF;
  IF OLD.state IN ('destroyed', 'void') AND NEW.state <> OLD.state THEN
    RAISE EXCEPTION 'seal % is % for good', OLD.number, OLD.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'final_seal_stays_final';
  END IF;
  IF (NEW.number, NEW.uid, NEW.company_id, NEW.kind) <> (OLD.number, OLD.uid, OLD.company_id, OLD.kind) THEN
    RAISE EXCEPTION 'seal % keeps number, owner and kind', OLD.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'seal_number_is_for_life';
  END IF;
  IF NEW.state = 'active' AND OLD.state <> 'active' AND EXISTS (
    SELECT 1 FROM seal WHERE id = NEW.replaces_id AND state NOT IN ('destroyed', 'void')
  ) THEN
    RAISE EXCEPTION 'the seal before % is not void yet', NEW.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'predecessor_is_void_first';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER seal_keeps_its_law BEFORE UPDATE OR DELETE ON seal FOR EACH ROW EXECUTE FUNCTION seal_keeps_its_law();

CREATE FUNCTION permit_moves_a_seal_in_force() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM seal WHERE id = NEW.seal_id AND state = 'active' FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the seal of permit % is not in force', NEW.uid
      USING ERRCODE = 'check_violation', CONSTRAINT = 'used_seal_is_in_force';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER used_seal_is_in_force BEFORE UPDATE OF used ON permit
  FOR EACH ROW WHEN (NEW.purpose = 'use' AND NEW.used > OLD.used) EXECUTE FUNCTION permit_moves_a_seal_in_force();
"""
NO_FENCES = """
DROP TRIGGER used_seal_is_in_force ON permit;
DROP FUNCTION permit_moves_a_seal_in_force();
DROP TRIGGER seal_keeps_its_law ON seal;
DROP FUNCTION seal_keeps_its_law();
"""


class Migration(migrations.Migration):
    dependencies = [("seals", "0002_lifecycle")]

    operations = [migrations.RunSQL(FENCES, NO_FENCES)]
