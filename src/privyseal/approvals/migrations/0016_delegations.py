"""Who decides for whom, and for whom a vote was given."""

import django.contrib.postgres.fields
import django.db.models.deletion
import privyseal.identity.models.people
from django.conf import settings
from django.db import migrations, models

from privyseal.approvals.migrations._delegations import DELEGATIONS, REPRESENTED


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0015_remarks'),
        ('identity', '0004_assurance'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Delegation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True)),
                ('purposes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), default=list, size=None)),
                ('types', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), default=list, size=None)),
                ('below', models.DecimalField(decimal_places=2, max_digits=15, null=True)),
                ('weekdays', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=list, size=None)),
                ('begins', models.PositiveSmallIntegerField(default=0)),
                ('ends', models.PositiveSmallIntegerField(default=0)),
                ('given_at', models.DateTimeField()),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'delegation',
            },
        ),
        migrations.AddField(
            model_name='voidvote',
            name='for_person',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='vote',
            name='for_person',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='vote',
            constraint=models.CheckConstraint(condition=models.Q(('for_person', models.F('person')), _negated=True), name='represented_is_another'),
        ),
        migrations.AddConstraint(
            model_name='vote',
            constraint=models.UniqueConstraint(fields=('application', 'for_person'), name='nobody_is_represented_twice'),
        ),
        migrations.AddField(
            model_name='delegation',
            name='company',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.company'),
        ),
        migrations.AddField(
            model_name='delegation',
            name='giver',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='delegation',
            name='taker',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('giver', models.F('taker')), _negated=True), name='delegate_is_another'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='delegation_has_a_term'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('begins__lt', 1440), ('ends__lt', 1440)), name='delegation_has_possible_hours'),
        ),
        migrations.RunSQL(DELEGATIONS + REPRESENTED, migrations.RunSQL.noop),
    ]
