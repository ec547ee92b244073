"""What is done about an application while it waits, and the votes that count no more."""

import django.contrib.postgres.constraints
import django.db.models.deletion
import privyseal.identity.models.digests
import privyseal.identity.models.ranges
from django.conf import settings
from django.db import migrations, models


from privyseal.approvals.migrations._course import ASKED, COURSE, VOID


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0010_off_site'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='application',
            name='detours_made',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='application',
            name='returns',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.PositiveSmallIntegerField()),
                ('text', models.CharField(max_length=500)),
                ('at', models.DateTimeField()),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='approvals.application')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'application_comment',
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='comment_says_something')],
            },
        ),
        migrations.CreateModel(
            name='Detour',
            fields=[
                ('pk', models.CompositePrimaryKey('application_id', 'number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('course', models.CharField(max_length=16)),
                ('stage', models.PositiveSmallIntegerField()),
                ('to_stage', models.PositiveSmallIntegerField(null=True)),
                ('turn', models.CharField(blank=True, max_length=8)),
                ('reason', models.CharField(max_length=500)),
                ('at', models.DateTimeField()),
                ('application', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='detours', to='approvals.application')),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'application_detour',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('course', 'return'), ('person', None), ('to_stage__gte', 1), ('to_stage__lt', models.F('stage'))), models.Q(('course__in', ['ask-further', 'forward']), ('person__isnull', False), ('to_stage', None)), _connector='OR'), name='detour_goes_back_or_to_somebody'), models.CheckConstraint(condition=models.Q(('person', models.F('by')), _negated=True), name='nobody_is_asked_by_themselves'), models.CheckConstraint(condition=models.Q(models.Q(('course', 'ask-further'), ('turn__in', ['before', 'after'])), models.Q(models.Q(('course', 'ask-further'), _negated=True), ('turn', '')), _connector='OR'), name='who_is_asked_further_has_a_turn'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='detour_says_why')],
            },
        ),
        migrations.CreateModel(
            name='Reader',
            fields=[
                ('pk', models.CompositePrimaryKey('application_id', 'person_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('application', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='readers', to='approvals.application')),
                ('named_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'application_reader',
                'constraints': [models.CheckConstraint(condition=models.Q(('person', models.F('named_by')), _negated=True), name='reader_is_another')],
            },
        ),
        migrations.CreateModel(
            name='Urging',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='urgings', to='approvals.application')),
            ],
            options={
                'db_table': 'application_urging',
                'constraints': [models.CheckConstraint(condition=models.Q(('until__gt', models.F('at'))), name='urging_lasts'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(privyseal.identity.models.ranges.Int8Range(models.F('application_id'), models.F('application_id'), models.Value('[]')), '&&'), (privyseal.identity.models.ranges.Int8Range(models.F('stage'), models.F('stage'), models.Value('[]')), '&&'), (privyseal.identity.models.ranges.TimeRange(models.F('at'), models.F('until')), '&&')], name='urged_once_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='VoidVote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('stage', models.PositiveSmallIntegerField()),
                ('decision', models.CharField(max_length=16)),
                ('comment', models.CharField(blank=True, max_length=500)),
                ('shown_sha256', privyseal.identity.models.digests.DigestField()),
                ('approved', models.JSONField(default=list)),
                ('detour', models.PositiveSmallIntegerField()),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='void_votes', to='approvals.application')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'application_vote_void',
                'constraints': [models.UniqueConstraint(fields=('application', 'person', 'at', 'stage'), name='vote_is_void_once')],
            },
        ),
        migrations.RunSQL(COURSE + VOID + ASKED, migrations.RunSQL.noop),
    ]
