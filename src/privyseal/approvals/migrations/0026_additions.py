"""Ask for more of an approved use, or for longer."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from privyseal.approvals.migrations._additions import ADDITIONS


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0025_days_off'),
        ('identity', '0004_assurance'),
        ('seals', '0017_additions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='application',
            name='adds_to',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='additions', to='approvals.application'),
        ),
        migrations.AlterField(
            model_name='application',
            name='purpose',
            field=models.CharField(choices=[('use', 'use'), ('standing', 'standing'), ('make', 'make'), ('resume', 'resume'), ('unfreeze', 'unfreeze'), ('change', 'change'), ('assign', 'assign'), ('extend', 'extend'), ('hand-over', 'hand-over'), ('cover', 'cover'), ('collect', 'collect'), ('find', 'find'), ('retire', 'retire'), ('destroy', 'destroy'), ('invalidate', 'invalidate'), ('top-up', 'top-up'), ('prolong', 'prolong')], max_length=16),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(condition=models.Q(('adds_to__isnull', False)), fields=['adds_to'], name='application_additions'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('adds_to__isnull', False), ('purpose__in', ['prolong', 'top-up'])), models.Q(models.Q(('purpose__in', ['prolong', 'top-up']), _negated=True), ('adds_to', None)), _connector='OR'), name='addition_names_what_it_adds_to'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(condition=models.Q(('adds_to__isnull', False), ('state', 'pending')), fields=('adds_to', 'purpose'), name='one_open_addition_of_a_kind'),
        ),
        migrations.RunSQL(ADDITIONS, migrations.RunSQL.noop),
    ]
