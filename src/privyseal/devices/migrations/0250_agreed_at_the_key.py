from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("devices", "0255_told_of_news")]

    operations = [
        migrations.AddField("confirmation", "said", models.JSONField(null=True)),
        migrations.AddField("unlocking", "said", models.JSONField(null=True)),
    ]
