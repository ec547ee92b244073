"""Find what waits longest in all companies together."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0002_parts")]
    operations = [
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=models.Q(("state", "pending")),
                fields=["submitted_at", "id"],
                name="application_waiting_in_turn",
            ),
        ),
    ]
