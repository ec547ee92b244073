from django.db import migrations

from privyseal.custody.migrations._fences import APPROVERS


class Migration(migrations.Migration):
    dependencies = [("custody", "0006_alarms"), ("seals", "0017_additions")]
    operations = [migrations.RunSQL(APPROVERS, migrations.RunSQL.noop)]
