
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0001_initial'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='factrow',
            index=models.Index(fields=['actor', 'id'], name='ledger_fact_actor'),
        ),
    ]
