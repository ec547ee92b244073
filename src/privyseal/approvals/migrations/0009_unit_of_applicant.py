"""Say where each applicant belonged, and keep what was approved as it was."""

import django.db.models.deletion
from django.db import migrations, models

from privyseal.approvals.migrations._fences import LINES_STAY

# What the register says of a use is what was approved: with a permit for it, an application stays as it is.
_APPROVED = """
CREATE FUNCTION approved_application_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM permit WHERE application_uid = OLD.uid) THEN
    RAISE EXCEPTION 'what was approved stays as it was'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'approved_application_stays';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER approved_application_stays BEFORE UPDATE ON application
  FOR EACH ROW WHEN (
    NEW.uid <> OLD.uid OR NEW.company_id <> OLD.company_id OR NEW.purpose <> OLD.purpose OR NEW.reason <> OLD.reason
    OR NEW.applicant_id <> OLD.applicant_id OR NEW.unit_id IS DISTINCT FROM OLD.unit_id
    OR NEW.amount IS DISTINCT FROM OLD.amount OR NEW.counterparty <> OLD.counterparty
    OR NEW.shown_sha256 <> OLD.shown_sha256
  ) EXECUTE FUNCTION approved_application_stays();

CREATE FUNCTION approved_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM application a JOIN permit p ON p.application_uid = a.uid WHERE a.id = OLD.application_id
  ) THEN
    RAISE EXCEPTION 'what was approved stays as it was'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'approved_line_stays';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0008_categories"), ("identity", "0003_tied_to"), ("seals", "0007_uid_as_bytes")]
    operations = [
        migrations.AddField(
            model_name="application",
            name="unit",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="identity.unit",
            ),
        ),
        migrations.RunSQL(_APPROVED + LINES_STAY, migrations.RunSQL.noop),
    ]
