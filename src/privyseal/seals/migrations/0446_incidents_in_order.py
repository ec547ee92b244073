"""Incidents are read in their order, and no more of them than a page shows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("seals", "0440_moved_revocations")]

    operations = [
        migrations.AddIndex(
            model_name="incident", index=models.Index(fields=["-opened_at", "-id"], name="incidents_in_order")
        ),
    ]
