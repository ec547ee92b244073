"""A seal that a machine stamps with comes into nobody's hand, and is to go into one machine at a time."""

from django.db import migrations, models

from privyseal.devices.migrations._by_hand import BY_HAND


class Migration(migrations.Migration):
    dependencies = [("devices", "0285_compared_receipts")]

    operations = [
        migrations.AddConstraint(
            model_name="mounting",
            constraint=models.UniqueConstraint(
                condition=models.Q(("done_at", None), ("is_agreed", True)),
                fields=("seal",),
                name="one_agreed_mounting_a_seal",
            ),
        ),
        migrations.RunSQL(BY_HAND, migrations.RunSQL.noop),
    ]
