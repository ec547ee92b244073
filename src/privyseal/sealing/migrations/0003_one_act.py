"""Several seals put on one document in one act: each intent knows the one before it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sealing', '0002_warnings'),
    ]

    operations = [
        migrations.AddField('intent', 'after', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='before', to='sealing.intent')),
        migrations.AddConstraint('intent', models.CheckConstraint(condition=models.Q(('after', None), models.Q(('after', models.F('id')), _negated=True), _connector='OR'), name='intent_is_not_after_itself')),
    ]
