"""The auditor is not named as co-custodian."""

from django.db import migrations

from privyseal.seals.migrations._fences import NAMED


class Migration(migrations.Migration):

    dependencies = [('seals', '0004_forged_factors'), ('identity', '0002_parts')]

    operations = [migrations.RunSQL(NAMED, migrations.RunSQL.noop)]
