"""Standing permits of a unit: whoever belongs there holds one."""

import django.db.models.deletion
from django.db import migrations, models

from privyseal.seals.migrations._units import UNIT_OF_A_PERMIT


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0006_opening_hours'),
        ('seals', '0040_kinds_of_alarms'),
    ]

    operations = [
        migrations.AddField(
            model_name='permit',
            name='unit',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.unit'),
        ),
        migrations.AddConstraint(
            model_name='permit',
            constraint=models.CheckConstraint(condition=models.Q(('unit', None), ('purpose', 'standing'), _connector='OR'), name='only_a_standing_permit_is_for_a_unit'),
        ),
        migrations.AddIndex(
            model_name='permit',
            index=models.Index(condition=models.Q(('unit__isnull', False)), fields=['unit'], name='permit_by_unit'),
        ),
        migrations.RunSQL(UNIT_OF_A_PERMIT, migrations.RunSQL.noop),
    ]
