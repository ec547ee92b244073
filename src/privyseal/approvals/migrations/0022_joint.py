"""Applications of several companies: a part of each, and what holds them together."""

import django.db.models.deletion
import privyseal.identity.models.digests
import privyseal.identity.models.people
from django.conf import settings
from django.db import migrations, models

from privyseal.approvals.migrations._joint import CASTINGS, DECIDED, KEPT

class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0021_less_room'),
        ('identity', '0004_assurance'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Joint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', privyseal.identity.models.digests.DigestField(default=privyseal.identity.models.people.new_uid, editable=False)),
                ('mode', models.CharField(max_length=16)),
                ('made_at', models.DateTimeField()),
                ('says', models.JSONField()),
                ('says_sha256', privyseal.identity.models.digests.DigestField()),
            ],
            options={
                'db_table': 'joint_application',
            },
        ),
        migrations.CreateModel(
            name='JointCasting',
            fields=[
                ('is_applicant', models.BooleanField(default=False)),
                ('is_approver', models.BooleanField(default=False)),
                ('is_operator', models.BooleanField(default=False)),
                ('is_custodian', models.BooleanField(default=False)),
                ('is_witness', models.BooleanField(default=False)),
                ('is_person', models.BooleanField(db_default=False, default=False)),
                ('joint', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='castings', to='approvals.joint')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pk', models.CompositePrimaryKey('joint_id', 'person_id', blank=True, editable=False, primary_key=True, serialize=False)),
            ],
            options={
                'db_table': 'joint_casting',
            },
        ),
        migrations.RemoveConstraint(
            model_name='application',
            name='application_state_is_known',
        ),
        migrations.AddField(
            model_name='line',
            name='after',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='approvals.line'),
        ),
        migrations.AddConstraint(
            model_name='joint',
            constraint=models.UniqueConstraint(fields=('uid',), name='joint_has_its_uid'),
        ),
        migrations.AddConstraint(
            model_name='joint',
            constraint=models.CheckConstraint(condition=models.Q(('mode__in', ['together', 'apart'])), name='joint_mode_is_known'),
        ),
        migrations.AddField(
            model_name='application',
            name='joint',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='approvals.joint'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(condition=models.Q(('joint__isnull', False)), fields=('joint', 'company'), name='one_part_a_company'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'agreed', 'approved', 'rejected', 'withdrawn'])), name='application_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='jointcasting',
            constraint=models.CheckConstraint(condition=models.Q(('is_applicant', True), ('is_approver', True), ('is_operator', True), ('is_custodian', True), ('is_witness', True), ('is_person', True), _connector='OR'), name='joint_casting_has_a_part'),
        ),
        migrations.AddConstraint(
            model_name='jointcasting',
            constraint=models.CheckConstraint(condition=models.Q(('is_applicant', True), ('is_approver', True), _negated=True), name='approver_is_nowhere_applicant'),
        ),
        migrations.AddConstraint(
            model_name='jointcasting',
            constraint=models.CheckConstraint(condition=models.Q(('is_approver', True), ('is_operator', True), _negated=True), name='operator_is_nowhere_approver'),
        ),
        migrations.AddConstraint(
            model_name='jointcasting',
            constraint=models.CheckConstraint(condition=models.Q(('is_approver', True), ('is_custodian', True), _negated=True), name='custodian_is_nowhere_approver'),
        ),
        migrations.AddConstraint(
            model_name='jointcasting',
            constraint=models.CheckConstraint(condition=models.Q(('is_approver', True), ('is_witness', True), _negated=True), name='witness_is_nowhere_approver'),
        ),
        migrations.AddConstraint(
            model_name='jointcasting',
            constraint=models.CheckConstraint(condition=models.Q(('is_applicant', True), ('is_witness', True), _negated=True), name='witness_is_nowhere_applicant'),
        ),
        migrations.AddConstraint(
            model_name='jointcasting',
            constraint=models.CheckConstraint(condition=models.Q(('is_operator', True), ('is_witness', True), _negated=True), name='witness_is_nowhere_operator'),
        ),
        migrations.AddConstraint(
            model_name='jointcasting',
            constraint=models.CheckConstraint(condition=models.Q(('is_custodian', True), ('is_operator', True), _negated=True), name='custodian_is_nowhere_operator'),
        ),
        migrations.AddConstraint(
            model_name='jointcasting',
            constraint=models.CheckConstraint(condition=models.Q(('is_custodian', True), ('is_witness', True), _negated=True), name='witness_is_nowhere_custodian'),
        ),
        migrations.AddConstraint(
            model_name='jointcasting',
            constraint=models.CheckConstraint(condition=models.Q(('is_approver', True), ('is_person', True), _negated=True), name='person_is_nowhere_approver'),
        ),
        migrations.RunSQL(CASTINGS + KEPT + DECIDED, migrations.RunSQL.noop),
    ]
