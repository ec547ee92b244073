from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0010_cosignatures")]

    operations = [
        migrations.CreateModel(
            name="SignerStanding",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("told", models.TextField()),
            ],
            options={
                "db_table": "signer_standing",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_signer_standing")],
            },
        ),
    ]
