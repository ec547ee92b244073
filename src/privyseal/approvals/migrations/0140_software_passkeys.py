from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0121_bound_as_said'),
    ]

    operations = [
        migrations.AddField(
            model_name='approvalpasskey',
            name='is_software',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
