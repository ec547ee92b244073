"""By when a stage decides, and which row of a policy asked for a seat."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from privyseal.approvals.migrations._deadlines import DEADLINES


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0022_joint'),
        ('identity', '0005_calendars'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Due',
            fields=[
                ('pk', models.CompositePrimaryKey('application_id', 'stage', blank=True, editable=False, primary_key=True, serialize=False)),
                ('application', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='dues', to='approvals.application')),
                ('stage', models.PositiveSmallIntegerField()),
                ('number', models.PositiveSmallIntegerField()),
                ('counted', models.CharField(max_length=8)),
                ('reminders', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=list, size=None)),
                ('lapse', models.CharField(max_length=8)),
                ('who', models.CharField(blank=True, max_length=16)),
                ('name', models.CharField(blank=True, max_length=32)),
                ('posts', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('people', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('begun_at', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('reminders_at', django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), default=list, size=None)),
                ('reminded', models.PositiveSmallIntegerField(default=0)),
                ('lapsed_at', models.DateTimeField(null=True)),
                ('next_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'application_due',
            },
        ),
        migrations.RemoveIndex(
            model_name='application',
            name='application_waiting_in_turn',
        ),
        migrations.AddField(
            model_name='application',
            name='due_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='seatasked',
            name='row',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(condition=models.Q(('state', 'pending')), fields=['due_at', 'submitted_at', 'id'], name='application_due_in_turn'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'pending'), ('due_at', None), _connector='OR'), name='only_what_waits_is_due'),
        ),
        migrations.AddIndex(
            model_name='due',
            index=models.Index(condition=models.Q(('next_at__isnull', False)), fields=['next_at'], name='due_next'),
        ),
        migrations.AddConstraint(
            model_name='due',
            constraint=models.CheckConstraint(condition=models.Q(('lapse', 'tell'), models.Q(('lapse', 'add'), models.Q(('who', ''), _negated=True)), _connector='OR'), name='lapse_is_known'),
        ),
        migrations.AddConstraint(
            model_name='due',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('begun_at', None), ('due_at', None), ('lapsed_at', None), ('next_at', None)), ('due_at__gt', models.F('begun_at')), _connector='OR'), name='stage_is_due_after_it_began'),
        ),
        migrations.AddConstraint(
            model_name='due',
            constraint=models.CheckConstraint(condition=models.Q(('lapsed_at', None), ('lapsed_at__gte', models.F('due_at')), _connector='OR'), name='late_is_after_due'),
        ),
        migrations.RunSQL(DEADLINES, migrations.RunSQL.noop),
    ]
