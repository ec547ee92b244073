"""Permits know the application of several companies that they belong to."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('seals', '0015_less_room'),
    ]

    operations = [
        migrations.AddField(
            model_name='permit',
            name='joint_uid',
            field=models.CharField(max_length=32, null=True),
        ),
        migrations.AddIndex(
            model_name='permit',
            index=models.Index(condition=models.Q(('joint_uid__isnull', False)), fields=['joint_uid'], name='permit_by_joint'),
        ),
    ]
