"""Permits that are raised by approved additions."""

import django.db.models.deletion
import privyseal.identity.models.digests
from django.db import migrations, models

from privyseal.seals.migrations._additions import RAISED


class Migration(migrations.Migration):

    dependencies = [
        ('seals', '0016_joint'),
    ]

    operations = [
        migrations.AlterField(
            model_name='permit',
            name='purpose',
            field=models.CharField(choices=[('use', 'use'), ('standing', 'standing'), ('make', 'make'), ('resume', 'resume'), ('unfreeze', 'unfreeze'), ('change', 'change'), ('assign', 'assign'), ('extend', 'extend'), ('hand-over', 'hand-over'), ('cover', 'cover'), ('collect', 'collect'), ('find', 'find'), ('retire', 'retire'), ('destroy', 'destroy'), ('invalidate', 'invalidate'), ('top-up', 'top-up'), ('prolong', 'prolong')], max_length=16),
        ),
        migrations.CreateModel(
            name='PermitAddition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('application_uid', privyseal.identity.models.digests.DigestField()),
                ('at', models.DateTimeField()),
                ('impressions_before', models.PositiveIntegerField()),
                ('impressions_after', models.PositiveIntegerField()),
                ('expires_before', models.DateTimeField()),
                ('expires_after', models.DateTimeField()),
                ('permit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='additions', to='seals.permit')),
            ],
            options={
                'db_table': 'permit_addition',
                'constraints': [models.UniqueConstraint(fields=('application_uid', 'permit'), name='application_adds_once_to_a_permit'), models.CheckConstraint(condition=models.Q(models.Q(('expires_after', models.F('expires_before')), ('impressions_after__gt', models.F('impressions_before'))), models.Q(('expires_after__gt', models.F('expires_before')), ('impressions_after', models.F('impressions_before'))), _connector='OR'), name='addition_raises_one_thing')],
            },
        ),
        migrations.RunSQL(RAISED, migrations.RunSQL.noop),
    ]
