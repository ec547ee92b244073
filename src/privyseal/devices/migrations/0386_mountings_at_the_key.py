"""Who agreed that a seal goes into a machine said so to the key."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("devices", "0385_agreed_by_picture")]

    operations = [migrations.AddField(model_name="mounting", name="said", field=models.JSONField(null=True))]
