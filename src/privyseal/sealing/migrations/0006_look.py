"""What stands in a document that somebody should look at before it is sealed."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sealing', '0005_documents_shown'),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='look',
            field=models.JSONField(null=True),
        ),
    ]
