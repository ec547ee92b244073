from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("seals", "0052_standing_permits_listed")]

    operations = [migrations.AddField(model_name="permitline", name="bound", field=models.JSONField(null=True))]
