"""Whose own yes an application takes beside the approvals."""

import django.db.models.deletion
import privyseal.identity.models.digests
from django.conf import settings
from django.db import migrations, models

from privyseal.approvals.migrations._fences import OWN_YES


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0011_course'),
        ('seals', '0010_own_yes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OwnYes',
            fields=[
                ('pk', models.CompositePrimaryKey('application_id', 'seal_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('application', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='own_yeses', to='approvals.application')),
                ('mandate', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='seals.mandate')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('seal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='seals.seal')),
                ('given_at', models.DateTimeField(null=True)),
                ('shown_sha256', privyseal.identity.models.digests.DigestField(blank=True, default='')),
                ('approved', models.JSONField(default=list)),
            ],
            options={
                'db_table': 'application_own_yes',
            },
        ),
        migrations.RemoveConstraint(
            model_name='casting',
            name='casting_has_a_part',
        ),
        migrations.AddField(
            model_name='casting',
            name='is_person',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name='casting',
            constraint=models.CheckConstraint(condition=models.Q(('is_applicant', True), ('is_approver', True), ('is_operator', True), ('is_custodian', True), ('is_witness', True), ('is_person', True), _connector='OR'), name='casting_has_a_part'),
        ),
        migrations.AddConstraint(
            model_name='casting',
            constraint=models.CheckConstraint(condition=models.Q(('is_approver', True), ('is_person', True), _negated=True), name='person_is_not_approver'),
        ),
        migrations.AddConstraint(
            model_name='ownyes',
            constraint=models.CheckConstraint(condition=models.Q(('mandate', None), ('given_at', None), _connector='OR'), name='own_yes_is_given_once'),
        ),
        migrations.RunSQL(OWN_YES, migrations.RunSQL.noop),
    ]
