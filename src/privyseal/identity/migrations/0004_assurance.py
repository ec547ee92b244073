"""What the least is that the signer takes of an approver."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0003_tied_to")]

    operations = [
        migrations.AddField(
            model_name="installation",
            name="assurance",
            field=models.CharField(db_default="session", default="session", max_length=16),
        ),
    ]
