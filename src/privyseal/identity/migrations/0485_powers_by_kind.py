"""Who holds a power of some kinds, and which powers wait for a second person, is found without reading them all."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("identity", "0400_people_by_login")]

    operations = [
        migrations.AddIndex(
            model_name="grant", index=models.Index(fields=["power", "company", "person"], name="powers_by_kind")
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(
                fields=["id"], condition=Q(confirmed_at=None, revoked_at=None), name="powers_unconfirmed"
            ),
        ),
    ]
