"""The auditor gives no word, and whoever takes an office has handed over what they kept."""

from django.db import migrations

from privyseal.seals.migrations._fences import OFFICE_WAITS, WORDS


class Migration(migrations.Migration):

    dependencies = [('seals', '0002_campaigns_of_a_group'), ('identity', '0002_parts')]

    operations = [migrations.RunSQL(WORDS + OFFICE_WAITS, migrations.RunSQL.noop)]
