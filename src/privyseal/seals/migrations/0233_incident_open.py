"""What is open is found by an index of its own, however much is over."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("seals", "0223_entries_together")]

    operations = [
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                fields=["company", "kind"], condition=models.Q(("ended_at", None)), name="incident_open"
            ),
        ),
    ]
