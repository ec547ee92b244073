from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0070_lines_of_additions'),
    ]

    operations = [
        migrations.AddField(
            model_name='approvalpasskey',
            name='roster',
            field=models.CharField(db_default='approvers', default='approvers', max_length=32),
        ),
    ]
