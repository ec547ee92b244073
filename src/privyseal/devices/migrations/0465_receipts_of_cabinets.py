"""Receipts of cabinets that wait for what they are held against are found without reading the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("devices", "0430_codes_of_cabinets")]

    operations = [
        migrations.AddIndex(
            model_name="cabinetopening",
            index=models.Index(
                condition=models.Q(("head_agrees", None), ("receipt_at__isnull", False)),
                fields=["id"],
                name="cabinet_receipts_to_compare",
            ),
        ),
    ]
