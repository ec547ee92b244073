"""Permits that one act uses together end together."""

from django.db import migrations

from privyseal.seals.migrations._ending import TOGETHER


class Migration(migrations.Migration):
    dependencies = [("seals", "0020_count_mismatch")]
    operations = [migrations.RunSQL(TOGETHER, migrations.RunSQL.noop)]
