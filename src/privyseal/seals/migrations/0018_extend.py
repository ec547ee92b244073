"""A later last day, as something to apply for."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('seals', '0017_types_and_sets'),
    ]

    operations = [
        migrations.AlterField(
            model_name='permit',
            name='purpose',
            field=models.CharField(choices=[('use', 'use'), ('make', 'make'), ('resume', 'resume'), ('unfreeze', 'unfreeze'), ('change', 'change'), ('assign', 'assign'), ('extend', 'extend'), ('hand-over', 'hand-over'), ('cover', 'cover'), ('collect', 'collect'), ('find', 'find'), ('retire', 'retire'), ('destroy', 'destroy'), ('invalidate', 'invalidate')], max_length=16),
        ),
    ]
