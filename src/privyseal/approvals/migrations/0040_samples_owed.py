from django.db import migrations

from privyseal.approvals.migrations._photographs import SAMPLES_OWED


class Migration(migrations.Migration):
    dependencies = [("approvals", "0032_keepers"), ("custody", "0011_samples")]
    operations = [migrations.RunSQL(SAMPLES_OWED, migrations.RunSQL.noop)]
