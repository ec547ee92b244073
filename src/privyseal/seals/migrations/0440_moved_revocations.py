"""An authority moves the time from which it calls a certificate revoked; that it is revoked, and of which, stays."""

from typing import Final

from django.db import migrations

_MOVED: Final = """
DROP TRIGGER revoked_outside_stays ON outside_watch;
CREATE TRIGGER revoked_outside_stays BEFORE UPDATE ON outside_watch FOR EACH ROW
  WHEN (OLD.revoked_at IS NOT NULL
    AND (NEW.revoked_at, NEW.version_id) IS DISTINCT FROM (OLD.revoked_at, OLD.version_id))
  EXECUTE FUNCTION revoked_outside_stays();
"""
_STAYS: Final = """
DROP TRIGGER revoked_outside_stays ON outside_watch;
CREATE TRIGGER revoked_outside_stays BEFORE UPDATE ON outside_watch FOR EACH ROW
  WHEN (OLD.revoked_at IS NOT NULL
    AND (NEW.revoked_at, NEW.revoked_since, NEW.version_id)
      IS DISTINCT FROM (OLD.revoked_at, OLD.revoked_since, OLD.version_id))
  EXECUTE FUNCTION revoked_outside_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("seals", "0345_seal_behind_its_type")]

    operations = [migrations.RunSQL(_MOVED, _STAYS)]
