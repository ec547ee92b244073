"""Seals that bear a name and of which the key does not know it, found without looking at all."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("seals", "0315_outside_watch")]

    operations = [
        migrations.AddIndex(
            model_name="seal",
            index=models.Index(
                "id",
                condition=models.Q(
                    asks_own_yes_at=None, kind="electronic", type__in=["legal-representative", "personal"]
                ),
                name="seal_behind_its_type",
            ),
        ),
    ]
