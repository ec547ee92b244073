"""Several seals of one company on one document, in one act: whose turn it is."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('seals', '0011_open_permits'),
    ]

    operations = [
        migrations.AddField('permitline', 'turn', models.PositiveSmallIntegerField(db_default=1, default=1)),
        migrations.AddConstraint('permitline', models.CheckConstraint(condition=models.Q(('turn__gte', 1)), name='turns_count_from_one')),
    ]
