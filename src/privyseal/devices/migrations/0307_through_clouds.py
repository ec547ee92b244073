"""Each use at a machine behind its maker's cloud says so, for good."""

from django.db import migrations

from privyseal.devices.migrations._clouds import CLOUDS


class Migration(migrations.Migration):
    dependencies = [("devices", "0306_through_clouds_before")]

    operations = [migrations.RunSQL(CLOUDS, migrations.RunSQL.noop)]
