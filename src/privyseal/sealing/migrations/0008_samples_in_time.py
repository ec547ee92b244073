"""Samples of standing permits are reviewed in time, or nothing more is used."""

from django.db import migrations

from privyseal.sealing.migrations._fences import SAMPLES_IN_TIME


class Migration(migrations.Migration):

    dependencies = [
        ('sealing', '0007_standing_permits'),
    ]

    operations = [
        migrations.RunSQL(SAMPLES_IN_TIME, migrations.RunSQL.noop),
    ]
