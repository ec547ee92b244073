from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0006_opening_hours")]

    operations = [
        migrations.AddField("installation", "signer_epoch", models.PositiveIntegerField(default=1, db_default=1)),
    ]
