"""Standing permits can be applied for."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0016_delegations'),
    ]

    operations = [
        migrations.AlterField(
            model_name='application',
            name='purpose',
            field=models.CharField(choices=[('use', 'use'), ('standing', 'standing'), ('make', 'make'), ('resume', 'resume'), ('unfreeze', 'unfreeze'), ('change', 'change'), ('assign', 'assign'), ('extend', 'extend'), ('hand-over', 'hand-over'), ('cover', 'cover'), ('collect', 'collect'), ('find', 'find'), ('retire', 'retire'), ('destroy', 'destroy'), ('invalidate', 'invalidate')], max_length=16),
        ),
    ]
