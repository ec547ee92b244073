"""Where a sealing happens, if not in the company's own rooms."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0009_unit_of_applicant")]
    operations = [
        migrations.AddField(
            model_name="application",
            name="off_site",
            field=models.CharField(blank=True, db_default="", default="", max_length=100),
        )
    ]
