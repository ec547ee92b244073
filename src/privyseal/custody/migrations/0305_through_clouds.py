"""A use says where the machine's maker stands between: of most there is nothing to say."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("custody", "0285_receipts_differ")]

    operations = [migrations.AddField("handuse", "is_through_cloud", models.BooleanField(null=True))]
