from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q

# An electronic seal has no file to go on where there is only paper, or an envelope.
RUBBER = """
CREATE FUNCTION bound_takes_rubber() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT kind FROM seal WHERE id = NEW.seal_id) <> 'physical' THEN
    RAISE EXCEPTION 'what is no file takes a rubber seal'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bound_takes_rubber';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER bound_takes_rubber BEFORE INSERT OR UPDATE OF seal_id, binding ON application_line
  FOR EACH ROW WHEN (NEW.binding <> 'file') EXECUTE FUNCTION bound_takes_rubber();
"""
GONE = "DROP TRIGGER bound_takes_rubber ON application_line; DROP FUNCTION bound_takes_rubber();"


class Migration(migrations.Migration):
    dependencies = [("approvals", "0073_fence_as_submitted"), ("seals", "0120_bound")]

    operations = [
        migrations.AddField(model_name="line", name="bound", field=models.JSONField(null=True)),
        migrations.RunSQL(RUBBER, GONE),
        # No look at the lines that are there while all wait: the next migration has it.
        AddConstraintNotValid(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=Q(binding="file", bound=None)
                | Q(binding="paper", bound__isnull=False, bound__to="paper")
                | Q(binding="secret", bound__isnull=False, bound__to="secret"),
                name="line_says_what_it_is_bound_to",
            ),
        ),
    ]
