"""Enter into the register what was sealed before there was one; from now on nothing is sealed without its entry."""

from django.conf import settings
from django.db import migrations

from privyseal.seals.filling import ENTER_MADE

_MADE = """
CREATE TEMPORARY TABLE made ON COMMIT DROP AS
  SELECT i.line_id, s.company_id, s.id AS seal_id, i.operator_id, i.ended_at AS at, l.impressions
  FROM intent i JOIN permit_line l ON l.id = i.line_id JOIN permit p ON p.id = i.permit_id JOIN seal s ON s.id = p.seal_id
  WHERE i.state = 'sealed';
"""
_FENCE = """
CREATE FUNCTION sealed_use_is_entered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM use_entry WHERE line_id = NEW.line_id) THEN
    RAISE EXCEPTION 'what is sealed stands in the register'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'sealed_use_is_entered';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sealed_use_is_entered BEFORE INSERT OR UPDATE OF state ON intent
  FOR EACH ROW WHEN (NEW.state = 'sealed') EXECUTE FUNCTION sealed_use_is_entered();
"""


class Migration(migrations.Migration):
    dependencies = [("sealing", "0003_stamps_that_end"), ("seals", "0009_books_of_uses")]
    operations = [
        migrations.RunSQL(_MADE + ENTER_MADE.format(zone=settings.TIME_ZONE) + _FENCE, migrations.RunSQL.noop)
    ]
