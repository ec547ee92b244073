"""What a seal's name looks like is kept, so that the database refuses two of one company; and a barred post waits."""

from django.db import migrations, models
from django.db.models import Q

from privyseal.identity.names import skeleton

FENCES = """
CREATE FUNCTION barred_post_waits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  place post%ROWTYPE;
BEGIN
  SELECT * INTO place FROM post WHERE id = NEW.post_id;
  IF place.office NOT IN ('legal-representative', 'general-manager', 'finance-head') THEN
    RETURN NEW;
  END IF;
  -- A hand-over to this person waits, or has already been seen.
  PERFORM pg_advisory_xact_lock(hashtextextended('keeper ' || NEW.person_id, 0));
  IF EXISTS (
    SELECT 1 FROM custody c JOIN seal s ON s.id = c.seal_id
    WHERE c.keeper_id = NEW.person_id AND c.until IS NULL AND s.company_id = place.company_id
      AND (NEW.ends_at IS NULL OR NEW.ends_at > c.since)
  ) THEN
    RAISE EXCEPTION 'barred_post_waits_for_the_handover'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'barred_post_waits_for_the_handover';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER barred_post_waits BEFORE INSERT OR UPDATE OF person_id, post_id, ends_at ON post_holding
  FOR EACH ROW WHEN (NEW.revoked_at IS NULL) EXECUTE FUNCTION barred_post_waits();
"""
NO_FENCES = """
DROP TRIGGER barred_post_waits ON post_holding;
DROP FUNCTION barred_post_waits();
"""
FINAL = ["destroyed", "void"]


def fill(apps, schema_editor):
    """Two living seals that looked alike before the rule was there are told apart by their numbers."""
    seals = apps.get_model("seals", "Seal")
    seen = set()
    for seal in seals.objects.order_by("pk").iterator():
        look = skeleton(seal.name)
        if seal.state not in FINAL:
            look = look if (seal.company_id, look) not in seen else f"{look} {seal.number}"
            seen.add((seal.company_id, look))
        seals.objects.filter(pk=seal.pk).update(skeleton=look)


class Migration(migrations.Migration):
    dependencies = [("seals", "0008_placements"), ("identity", "0011_imports")]

    operations = [
        migrations.AddField("seal", "skeleton", models.CharField(default="", max_length=200), preserve_default=False),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            "seal",
            models.UniqueConstraint(
                fields=["company", "skeleton"], condition=~Q(state__in=FINAL), name="one_live_seal_of_a_look"
            ),
        ),
        migrations.AddConstraint(
            "seal", models.CheckConstraint(condition=~Q(skeleton=""), name="seal_has_a_look")
        ),
        migrations.RunSQL(FENCES, NO_FENCES),
    ]
