from django.db import migrations

from privyseal.seals.migrations._fences import ENTRIES_TOGETHER


class Migration(migrations.Migration):
    dependencies = [("seals", "0120_bound")]

    operations = [migrations.RunSQL(ENTRIES_TOGETHER, migrations.RunSQL.noop)]
