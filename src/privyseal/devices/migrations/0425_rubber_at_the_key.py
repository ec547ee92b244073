"""The key knows the rubber seals that machines hold: it is told where one rests."""

from django.db import migrations

KNOWN = """
UPDATE seal SET signer_state = 'active' WHERE signer_state = 'draft' AND id IN (SELECT seal_id FROM device_slot)
"""


class Migration(migrations.Migration):
    dependencies = [("devices", "0390_codes_that_two_hold")]

    operations = [migrations.RunSQL(KNOWN, migrations.RunSQL.noop)]
