"""What there is of a document that is no file: photographs of paper, the number of an envelope."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sealing", "0050_tried_again")]

    operations = [migrations.AddField(model_name="document", name="bound", field=models.JSONField(null=True))]
