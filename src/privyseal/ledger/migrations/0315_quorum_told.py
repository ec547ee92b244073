"""Whose cosignatures the signer asked for when that was put on record last."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0216_head_stamps'),
    ]

    operations = [
        migrations.AddField(
            model_name='signerstanding',
            name='quorum',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
    ]
