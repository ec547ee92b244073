from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0060_own_passkeys'),
    ]

    operations = [
        migrations.AddField(
            model_name='approvalpasskey',
            name='denied_at',
            field=models.DateTimeField(null=True),
        ),
    ]
