"""Codes whose receipt nobody can read any more, as their machine was enrolled anew, keep no other waiting."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("devices", "0465_receipts_of_cabinets")]

    operations = [
        migrations.AddField(model_name="machineuse", name="unheard_at", field=models.DateTimeField(null=True)),
        migrations.RemoveConstraint(model_name="machineuse", name="one_open_code_a_machine"),
        migrations.AddConstraint(
            model_name="machineuse",
            constraint=models.UniqueConstraint(
                condition=models.Q(("minutes__gt", 0), ("receipt_used", None), ("refused", ""), ("unheard_at", None)),
                fields=("device",),
                name="one_open_code_a_machine",
            ),
        ),
        migrations.AddConstraint(
            model_name="machineuse",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("unheard_at", None), models.Q(("closed_at__isnull", False), ("minutes__gt", 0)), _connector="OR"
                ),
                name="unheard_code_is_closed",
            ),
        ),
    ]
