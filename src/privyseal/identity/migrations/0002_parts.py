"""The auditor plays no part: a question of the database's own, asked wherever a part is played."""

from django.db import migrations

from privyseal.identity.migrations._fences import TAKES_NO_PART


class Migration(migrations.Migration):

    dependencies = [('identity', '0001_initial')]

    operations = [migrations.RunSQL(TAKES_NO_PART, migrations.RunSQL.noop)]
