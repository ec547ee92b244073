"""What was used before says too that its maker's cloud stood between."""

from django.db import migrations

from privyseal.devices.migrations._clouds import BEFORE


class Migration(migrations.Migration):
    dependencies = [("custody", "0305_through_clouds"), ("devices", "0305_by_hand")]

    operations = [migrations.RunSQL(BEFORE, migrations.RunSQL.noop)]
