"""Whoever had a part in what is held or looked into is not erased: the database looks itself, as for whom it names."""

from typing import Final

from django.db import migrations

_BEFORE: Final = """
CREATE OR REPLACE FUNCTION whom_something_holds_is_not_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM legal_hold WHERE person_id = NEW.person_id AND lifted_at IS NULL)
    OR EXISTS (
      SELECT 1 FROM incident WHERE ended_at IS NULL
        AND NEW.person_id IN (account_of_id, owner_id, opened_by_id, opinion_by_id, proposed_by_id))
    OR EXISTS (SELECT 1 FROM person WHERE id = NEW.person_id AND (is_active OR name <> '■'))
  THEN
    RAISE EXCEPTION 'whoever is here, held or under investigation is not erased'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'whom_something_holds_is_not_erased';
  END IF;
  RETURN NULL;
END $$;
"""
# What is held or looked into, a row each: a seal, an application by its uid, or all of a company.
_SINCE: Final = _BEFORE.replace(
    "  THEN\n",
    """    OR EXISTS (
      WITH kept AS (
        SELECT company_id, seal_id, NULLIF(application_uid, '') AS application_uid FROM legal_hold
          WHERE lifted_at IS NULL AND person_id IS NULL
        UNION ALL
        SELECT company_id, seal_id, NULL FROM incident
          WHERE ended_at IS NULL AND NOT is_drill
            AND (seal_id IS NOT NULL OR (kind = 'freeze' AND company_id IS NOT NULL))
        UNION ALL
        SELECT i.company_id, s.seal_id, NULL FROM incident i JOIN incident_seal s ON s.incident_id = i.id
          WHERE i.ended_at IS NULL AND NOT i.is_drill)
      SELECT 1 FROM kept k, application_casting c JOIN application a ON a.id = c.application_id
        WHERE c.person_id = NEW.person_id AND CASE
          WHEN k.application_uid IS NOT NULL THEN encode(a.uid, 'hex') = k.application_uid
          WHEN k.seal_id IS NULL THEN a.company_id = k.company_id
          ELSE EXISTS (SELECT 1 FROM application_line l WHERE l.application_id = a.id AND l.seal_id = k.seal_id) END
      UNION ALL
      SELECT 1 FROM kept k, permit_part t JOIN permit p ON p.id = t.permit_id JOIN seal s ON s.id = p.seal_id
        WHERE t.person_id = NEW.person_id AND k.application_uid IS NULL
          AND CASE WHEN k.seal_id IS NULL THEN s.company_id = k.company_id ELSE s.id = k.seal_id END)
  THEN
""",
)


class Migration(migrations.Migration):
    dependencies = [
        ("keeping", "0165_blotting"),
        ("approvals", "0300_machines_as_submitted"),
        ("seals", "0440_moved_revocations"),
    ]

    operations = [migrations.RunSQL(_SINCE, _BEFORE)]
