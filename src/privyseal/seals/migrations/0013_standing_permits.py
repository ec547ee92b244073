"""Standing permits: for routine papers, for a quarter at most."""

from django.db import migrations, models

from privyseal.seals.migrations._fences import STANDING


class Migration(migrations.Migration):

    dependencies = [
        ('seals', '0012_filing'),
    ]

    operations = [
        migrations.AlterField(
            model_name='permit',
            name='purpose',
            field=models.CharField(choices=[('use', 'use'), ('standing', 'standing'), ('make', 'make'), ('resume', 'resume'), ('unfreeze', 'unfreeze'), ('change', 'change'), ('assign', 'assign'), ('extend', 'extend'), ('hand-over', 'hand-over'), ('cover', 'cover'), ('collect', 'collect'), ('find', 'find'), ('retire', 'retire'), ('destroy', 'destroy'), ('invalidate', 'invalidate')], max_length=16),
        ),
        migrations.RunSQL(STANDING, migrations.RunSQL.noop),
    ]
