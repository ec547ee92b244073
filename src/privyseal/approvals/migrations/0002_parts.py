"""The auditor takes no application back, not even their own."""

from django.db import migrations

from privyseal.approvals.migrations._fences import WITHDRAWN


class Migration(migrations.Migration):

    dependencies = [('approvals', '0001_initial'), ('identity', '0002_parts')]

    operations = [migrations.RunSQL(WITHDRAWN, migrations.RunSQL.noop)]
