from django.db import migrations

# For how many people a machine waits, and what it does without them, is what approvers were shown, and sign.
MACHINES = """
CREATE TRIGGER machines_stay_as_submitted BEFORE UPDATE OF terms ON application
  FOR EACH ROW WHEN (
    OLD.shown_sha256 <> '' AND (OLD.terms -> 'machines') IS DISTINCT FROM (NEW.terms -> 'machines')
  ) EXECUTE FUNCTION papers_stay_as_submitted();
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0224_drafts_of_many")]

    operations = [migrations.RunSQL(MACHINES, migrations.RunSQL.noop)]
