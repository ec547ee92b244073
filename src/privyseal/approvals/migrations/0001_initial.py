"""Applications and what belongs to them."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import privyseal.approvals.searching
import privyseal.identity.models.digests
import privyseal.identity.models.people
from django.conf import settings
from django.db import migrations, models

from privyseal.approvals.migrations._fences import BIGRAMS, FIGURES, VOTES


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('identity', '0001_initial'),
        ('identity', '__first__'),
        ('seals', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL(BIGRAMS, migrations.RunSQL.noop),
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32)),
                ('purpose', models.CharField(choices=[('use', 'use'), ('make', 'make'), ('resume', 'resume'), ('unfreeze', 'unfreeze'), ('change', 'change'), ('assign', 'assign'), ('extend', 'extend'), ('hand-over', 'hand-over'), ('cover', 'cover'), ('collect', 'collect'), ('find', 'find'), ('retire', 'retire'), ('destroy', 'destroy'), ('invalidate', 'invalidate')], max_length=16)),
                ('reason', models.CharField(max_length=500)),
                ('state', models.CharField(default='pending', max_length=16)),
                ('policy', models.CharField(max_length=16)),
                ('stage', models.PositiveSmallIntegerField(default=1)),
                ('starts_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('shown_sha256', privyseal.identity.models.digests.DigestField()),
                ('terms', models.JSONField(default=dict)),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.company')),
            ],
            options={
                'db_table': 'application',
                'indexes': [models.Index(fields=['company', 'id'], name='application_by_company'), models.Index(condition=models.Q(('state', 'pending')), fields=['company', 'submitted_at'], name='application_waiting'), django.contrib.postgres.indexes.GinIndex(privyseal.approvals.searching.Bigrams('reason'), fastupdate=False, name='application_by_reason')],
                'constraints': [models.UniqueConstraint(fields=('uid',), name='application_has_its_uid'), models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'approved', 'rejected', 'withdrawn'])), name='application_state_is_known'), models.CheckConstraint(condition=models.Q(('starts_at__lt', models.F('expires_at'))), name='application_has_a_window'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('state', 'pending')), models.Q(models.Q(('state', 'pending'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='decided_application_has_its_time')],
            },
        ),
        migrations.CreateModel(
            name='Casting',
            fields=[
                ('pk', models.CompositePrimaryKey('application_id', 'person_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('is_applicant', models.BooleanField(default=False)),
                ('is_approver', models.BooleanField(default=False)),
                ('is_operator', models.BooleanField(default=False)),
                ('is_custodian', models.BooleanField(default=False)),
                ('is_witness', models.BooleanField(default=False)),
                ('application', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='castings', to='approvals.application')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'application_casting',
                'constraints': [models.CheckConstraint(condition=models.Q(('is_applicant', True), ('is_approver', True), ('is_operator', True), ('is_custodian', True), ('is_witness', True), _connector='OR'), name='casting_has_a_part'), models.CheckConstraint(condition=models.Q(('is_applicant', True), ('is_approver', True), _negated=True), name='approver_is_not_applicant'), models.CheckConstraint(condition=models.Q(('is_approver', True), ('is_operator', True), _negated=True), name='operator_is_not_approver'), models.CheckConstraint(condition=models.Q(('is_approver', True), ('is_custodian', True), _negated=True), name='custodian_is_not_approver'), models.CheckConstraint(condition=models.Q(('is_approver', True), ('is_witness', True), _negated=True), name='witness_is_not_approver'), models.CheckConstraint(condition=models.Q(('is_applicant', True), ('is_witness', True), _negated=True), name='witness_is_not_applicant'), models.CheckConstraint(condition=models.Q(('is_operator', True), ('is_witness', True), _negated=True), name='witness_is_not_operator'), models.CheckConstraint(condition=models.Q(('is_custodian', True), ('is_operator', True), _negated=True), name='custodian_is_not_operator'), models.CheckConstraint(condition=models.Q(('is_custodian', True), ('is_witness', True), _negated=True), name='witness_is_not_custodian')],
            },
        ),
        migrations.CreateModel(
            name='Line',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('binding', models.CharField(default='file', max_length=16)),
                ('document_sha256', privyseal.identity.models.digests.DigestField(blank=True, default='')),
                ('document_name', models.CharField(blank=True, max_length=200)),
                ('manner', models.CharField(default='signature-place', max_length=32)),
                ('copies', models.PositiveIntegerField(default=1)),
                ('impressions', models.PositiveIntegerField(default=1)),
                ('following', models.CharField(default='nobody', max_length=16)),
                ('placements', models.JSONField(default=list)),
                ('codes', models.JSONField(default=list)),
                ('writings', models.JSONField(db_default=[], default=list)),
                ('code', models.CharField(blank=True, max_length=32)),
                ('awaited', models.JSONField(default=list)),
                ('field', models.CharField(blank=True, max_length=64)),
                ('application', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='approvals.application')),
                ('seal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='seals.seal')),
            ],
            options={
                'db_table': 'application_line',
                'indexes': [django.contrib.postgres.indexes.GinIndex(privyseal.approvals.searching.Bigrams('document_name'), fastupdate=False, name='line_by_document')],
                'constraints': [models.UniqueConstraint(fields=('application', 'position'), name='one_line_a_position'), models.CheckConstraint(condition=models.Q(('copies__gte', 1), ('impressions__gte', 1)), name='line_asks_for_something'), models.UniqueConstraint(condition=models.Q(('code', ''), _negated=True), fields=('code',), name='code_is_of_one_line'), models.UniqueConstraint(condition=models.Q(('document_sha256', ''), _negated=True), fields=('application', 'seal', 'document_sha256'), name='seal_is_on_a_document_once'), models.CheckConstraint(condition=models.Q(('following', 'parties'), ('awaited', []), _connector='XOR'), name='parties_are_awaited_by_name')],
            },
        ),
        migrations.CreateModel(
            name='Vote',
            fields=[
                ('pk', models.CompositePrimaryKey('application_id', 'stage', 'person_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('stage', models.PositiveSmallIntegerField()),
                ('decision', models.CharField(max_length=16)),
                ('comment', models.CharField(blank=True, max_length=500)),
                ('shown_sha256', privyseal.identity.models.digests.DigestField()),
                ('approved', models.JSONField(default=list)),
                ('application', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='votes', to='approvals.application')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'application_vote',
                'constraints': [models.CheckConstraint(condition=models.Q(('decision__in', ['approve', 'reject'])), name='vote_is_yes_or_no')],
            },
        ),
        migrations.RunSQL(VOTES + FIGURES, migrations.RunSQL.noop),
    ]
