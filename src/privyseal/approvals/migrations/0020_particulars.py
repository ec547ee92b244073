"""What an applicant says a document is filed by: its number, how many originals and duplicates."""

from django.db import migrations, models

from privyseal.approvals.migrations._fences import PARTICULARS


class Migration(migrations.Migration):
    dependencies = [("approvals", "0019_represented")]
    operations = [
        migrations.AddField(model_name="application", name="particulars", field=models.JSONField(null=True)),
        migrations.RunSQL(PARTICULARS, migrations.RunSQL.noop),
    ]
