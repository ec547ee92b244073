"""Stock-takes and take-outs are read in their order, and no more of them than a page shows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("custody", "0330_unconfirmed")]

    operations = [
        migrations.AddIndex(
            model_name="stocktake", index=models.Index(fields=["-opened_at", "-id"], name="stock_takes_in_order")
        ),
        migrations.AddIndex(
            model_name="takeout", index=models.Index(fields=["-due_at", "-id"], name="take_outs_in_order")
        ),
    ]
