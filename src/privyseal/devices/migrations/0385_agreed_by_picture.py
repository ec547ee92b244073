"""Whoever agreed to an impression agreed to one picture of it; which one counts stands with the use."""

from django.db import migrations, models

_SHOWN = """
    UPDATE machine_use SET shown_sha256 = (
        SELECT encode(sha256, 'hex') FROM device_picture
        WHERE use_id = machine_use.id AND impression = machine_use.number AND is_before
        ORDER BY id DESC LIMIT 1
    )
    WHERE closed_at IS NULL AND mode = 'confirmed' AND mark = 'reserved'
"""


class Migration(migrations.Migration):
    dependencies = [("devices", "0330_refused_mountings")]

    operations = [
        migrations.AddField(
            model_name="machineuse",
            name="shown_sha256",
            field=models.CharField(max_length=64, null=True),
        ),
        migrations.RunSQL(_SHOWN, migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="confirmation", name="one_standing_confirmation_a_person"),
        migrations.AddConstraint(
            model_name="confirmation",
            constraint=models.UniqueConstraint(
                fields=["use", "impression", "by", "picture_sha256"],
                condition=models.Q(refused=None),
                name="one_standing_confirmation_a_picture",
            ),
        ),
    ]
