"""Approval systems of the company's own, and the votes that they tell."""

import django.db.models.deletion
import privyseal.identity.models.digests
import privyseal.identity.models.people
from django.conf import settings
from django.db import migrations, models

from privyseal.approvals.migrations._fences_outside import SYSTEM, VOTE


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0013_drafts'),
        ('identity', '0004_assurance'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=128)),
                ('seconds', models.BigIntegerField()),
                ('signature', models.CharField(max_length=500)),
                ('body', models.TextField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'db_table': 'outside_answer',
            },
        ),
        migrations.CreateModel(
            name='Asking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True)),
                ('shown_sha256', privyseal.identity.models.digests.DigestField()),
                ('needed', models.PositiveSmallIntegerField()),
                ('made_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('tries', models.PositiveIntegerField(default=0)),
                ('told_at', models.DateTimeField(null=True)),
                ('trouble', models.CharField(blank=True, max_length=32)),
                ('said', models.CharField(blank=True, max_length=16)),
            ],
            options={
                'db_table': 'outside_asking',
            },
        ),
        migrations.CreateModel(
            name='OutsideSystem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True)),
                ('name', models.CharField(max_length=100)),
                ('address', models.CharField(max_length=500)),
                ('key', models.CharField(max_length=64)),
                ('registered_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'outside_system',
            },
        ),
        migrations.RemoveConstraint(
            model_name='seatasked',
            name='seat_is_known',
        ),
        migrations.RemoveConstraint(
            model_name='seatasked',
            name='seat_names_somebody',
        ),
        migrations.AlterField(
            model_name='seatasked',
            name='who',
            field=models.CharField(choices=[('approver', 'approver'), ('manager', 'manager'), ('office', 'office'), ('post', 'post'), ('person', 'person'), ('outside', 'outside')], max_length=16),
        ),
        migrations.AddConstraint(
            model_name='seatasked',
            constraint=models.CheckConstraint(condition=models.Q(('who__in', ['approver', 'manager', 'office', 'post', 'person', 'outside'])), name='seat_is_known'),
        ),
        migrations.AddConstraint(
            model_name='seatasked',
            constraint=models.CheckConstraint(condition=models.Q(('who__in', ('approver', 'outside')), models.Q(('people', []), ('posts', []), _negated=True), _connector='OR'), name='seat_names_somebody'),
        ),
        migrations.AddField(
            model_name='answer',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='approvals.application'),
        ),
        migrations.AddField(
            model_name='answer',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='asking',
            name='application',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='askings', to='approvals.application'),
        ),
        migrations.AddField(
            model_name='outsidesystem',
            name='company',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.company'),
        ),
        migrations.AddField(
            model_name='outsidesystem',
            name='confirmed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='outsidesystem',
            name='registered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='asking',
            name='system',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='askings', to='approvals.outsidesystem'),
        ),
        migrations.AddField(
            model_name='answer',
            name='system',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='approvals.outsidesystem'),
        ),
        migrations.AddField(
            model_name='vote',
            name='system',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='approvals.outsidesystem'),
        ),
        migrations.AddField(
            model_name='voidvote',
            name='system',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='approvals.outsidesystem'),
        ),
        migrations.AddConstraint(
            model_name='outsidesystem',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('company', 'name'), name='outside_system_has_its_name'),
        ),
        migrations.AddConstraint(
            model_name='outsidesystem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('confirmed_by', None)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False), models.Q(('confirmed_by', models.F('registered_by')), _negated=True)), _connector='OR'), name='outside_system_confirmer_is_another'),
        ),
        migrations.AddIndex(
            model_name='asking',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='outside_asking_due'),
        ),
        migrations.AddConstraint(
            model_name='asking',
            constraint=models.UniqueConstraint(fields=('application', 'system', 'shown_sha256'), name='outside_is_asked_once'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.UniqueConstraint(fields=('system', 'name'), name='outside_answers_once_by_a_name'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.UniqueConstraint(fields=('application', 'person', 'at'), name='answer_is_of_one_vote'),
        ),
        migrations.RunSQL(SYSTEM + VOTE, migrations.RunSQL.noop),
    ]
