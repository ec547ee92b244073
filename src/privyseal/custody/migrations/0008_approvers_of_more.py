from django.db import migrations

from privyseal.custody.migrations._fences import APPROVERS


class Migration(migrations.Migration):
    dependencies = [("custody", "0007_sightings"), ("seals", "0017_additions")]
    operations = [migrations.RunSQL(APPROVERS, migrations.RunSQL.noop)]
