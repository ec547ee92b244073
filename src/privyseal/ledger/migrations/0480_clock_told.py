"""When the signer's clock was set by leave, as far as that is on record."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0315_quorum_told'),
    ]

    operations = [
        migrations.AddField(
            model_name='signerstanding',
            name='clock',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
    ]
