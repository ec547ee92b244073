"""A standing permit is used by whoever it names, or belongs to its unit then; and not by those who approved it."""

from django.db import migrations

from privyseal.sealing.migrations._fences import USED_BY


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0006_opening_hours'),
        ('sealing', '0008_samples_in_time'),
        ('seals', '0030_standing_permits_of_units'),
    ]

    operations = [
        migrations.RunSQL(USED_BY, migrations.RunSQL.noop),
    ]
