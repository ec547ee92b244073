from django.db import migrations

# How far a seal may be taken is what approvers were shown, and sign.
FENCE = """
CREATE TRIGGER fence_stays_as_submitted BEFORE UPDATE OF terms ON application
  FOR EACH ROW WHEN (
    OLD.shown_sha256 <> '' AND (OLD.terms -> 'fence') IS DISTINCT FROM (NEW.terms -> 'fence')
  ) EXECUTE FUNCTION papers_stay_as_submitted();
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0092_charters")]

    operations = [migrations.RunSQL(FENCE, migrations.RunSQL.noop)]
