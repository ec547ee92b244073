"""What machines signed is kept beside what they told, with the certificates of their keys."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("devices", "0415_cabinets")]

    operations = [
        migrations.AddField(
            model_name="deviceevent", name="frame", field=models.BinaryField(db_default=b"", default=b"")
        ),
        migrations.AddIndex(
            model_name="deviceevent",
            index=models.Index(
                fields=["ticket"], condition=models.Q(("ticket", ""), _negated=True), name="events_of_a_ticket"
            ),
        ),
        migrations.CreateModel(
            name="DeviceCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("epoch", models.PositiveIntegerField()),
                ("serial", models.CharField(max_length=64)),
                ("data", models.BinaryField()),
                ("authority", models.BinaryField()),
                ("given_at", models.DateTimeField()),
                ("fact", models.BigIntegerField()),
                (
                    "device",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certificates",
                        to="devices.device",
                    ),
                ),
            ],
            options={
                "db_table": "device_certificate",
                "constraints": [
                    models.UniqueConstraint(fields=("device", "serial"), name="one_certificate_a_serial")
                ],
            },
        ),
    ]
