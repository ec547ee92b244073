from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0110_signer_epoch'),
    ]

    operations = [
        migrations.AddField(
            model_name='installation',
            name='approvals',
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name='installation',
            name='is_bound',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
