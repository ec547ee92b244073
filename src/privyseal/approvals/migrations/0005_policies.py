"""Approval policies, the seats they ask to be filled, and one vote a person an application."""

import django.contrib.postgres.fields
import django.db.models.deletion
import privyseal.identity.models.digests
import privyseal.identity.models.people
from django.conf import settings
from django.db import migrations, models

from privyseal.approvals.migrations._fences import ONE_VOTE, POLICIES, VOTER


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0004_once_by_a_hash'),
        ('identity', '0003_tied_to'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True)),
                ('version', models.PositiveIntegerField()),
                ('number', models.PositiveIntegerField(null=True, unique=True)),
                ('name', models.CharField(max_length=100)),
                ('rows', models.JSONField(default=list)),
                ('rows_sha256', privyseal.identity.models.digests.DigestField()),
                ('is_for_group', models.BooleanField(default=False)),
                ('written_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.company')),
            ],
            options={
                'db_table': 'policy',
            },
        ),
        migrations.CreateModel(
            name='SeatAsked',
            fields=[
                ('pk', models.CompositePrimaryKey('application_id', 'stage', 'position', blank=True, editable=False, primary_key=True, serialize=False)),
                ('stage', models.PositiveSmallIntegerField()),
                ('position', models.PositiveSmallIntegerField()),
                ('who', models.CharField(choices=[('approver', 'approver'), ('manager', 'manager'), ('office', 'office'), ('post', 'post'), ('person', 'person')], max_length=16)),
                ('name', models.CharField(blank=True, max_length=32)),
                ('needed', models.PositiveSmallIntegerField()),
                ('posts', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('people', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('application', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='approvals.application')),
            ],
            options={
                'db_table': 'application_seat',
            },
        ),
        migrations.AddField(
            model_name='application',
            name='amount',
            field=models.DecimalField(decimal_places=2, max_digits=15, null=True),
        ),
        migrations.AddField(
            model_name='application',
            name='counterparty',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(ONE_VOTE, migrations.RunSQL.noop)],
            state_operations=[
                migrations.AlterField(
                    model_name='vote',
                    name='pk',
                    field=models.CompositePrimaryKey('application_id', 'person_id', blank=True, editable=False, primary_key=True, serialize=False),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('amount', None), ('amount__gte', 0), _connector='OR'), name='amount_is_not_below_nothing'),
        ),
        migrations.AddConstraint(
            model_name='policy',
            constraint=models.UniqueConstraint(fields=('company', 'version'), name='policy_version_is_written_once'),
        ),
        migrations.AddConstraint(
            model_name='policy',
            constraint=models.UniqueConstraint(condition=models.Q(('confirmed_at__isnull', False), ('ended_at', None)), fields=('company',), name='one_policy_in_force_a_company'),
        ),
        migrations.AddConstraint(
            model_name='policy',
            constraint=models.UniqueConstraint(condition=models.Q(('confirmed_at', None), ('ended_at', None)), fields=('company',), name='one_policy_draft_a_company'),
        ),
        migrations.AddConstraint(
            model_name='policy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('confirmed_by', None), ('number', None)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False), ('number__gt', 1), models.Q(('confirmed_by', models.F('written_by')), _negated=True)), _connector='OR'), name='policy_confirmer_is_not_author'),
        ),
        migrations.AddConstraint(
            model_name='seatasked',
            constraint=models.CheckConstraint(condition=models.Q(('who__in', ['approver', 'manager', 'office', 'post', 'person'])), name='seat_is_known'),
        ),
        migrations.AddConstraint(
            model_name='seatasked',
            constraint=models.CheckConstraint(condition=models.Q(('who', 'approver'), models.Q(('people', []), ('posts', []), _negated=True), _connector='OR'), name='seat_names_somebody'),
        ),
        migrations.RunSQL(POLICIES + VOTER, migrations.RunSQL.noop),
    ]
