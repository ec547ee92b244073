"""Whoever writes something for a machine wakes the gateway that tells machines."""

from django.db import migrations

from privyseal.devices.migrations._news import AWAY, NEWS


class Migration(migrations.Migration):
    dependencies = [("devices", "0208_confirmed_and_emergency")]

    operations = [migrations.RunSQL(NEWS, AWAY)]
