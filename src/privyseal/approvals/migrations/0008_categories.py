"""Categories of business, version by version, and under which one a use was applied for."""

import django.db.models.deletion
import privyseal.identity.models.digests
import privyseal.identity.models.people
from django.conf import settings
from django.db import migrations, models

from privyseal.approvals.migrations._fences import CATEGORIES


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0007_attachments'),
        ('identity', '0004_assurance'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='application',
            name='entered',
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.CreateModel(
            name='CategoryVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True)),
                ('code', models.CharField(max_length=32)),
                ('version', models.PositiveIntegerField()),
                ('says', models.JSONField()),
                ('says_sha256', privyseal.identity.models.digests.DigestField()),
                ('is_for_group', models.BooleanField(default=False)),
                ('written_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.company')),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'category',
            },
        ),
        migrations.AddField(
            model_name='application',
            name='category',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='approvals.categoryversion'),
        ),
        migrations.AddConstraint(
            model_name='categoryversion',
            constraint=models.UniqueConstraint(fields=('company', 'code', 'version'), name='category_version_is_written_once'),
        ),
        migrations.AddConstraint(
            model_name='categoryversion',
            constraint=models.UniqueConstraint(condition=models.Q(('confirmed_at__isnull', False), ('ended_at', None)), fields=('company', 'code'), name='one_category_in_force_a_code'),
        ),
        migrations.AddConstraint(
            model_name='categoryversion',
            constraint=models.UniqueConstraint(condition=models.Q(('confirmed_at', None), ('ended_at', None)), fields=('company', 'code'), name='one_category_draft_a_code'),
        ),
        migrations.AddConstraint(
            model_name='categoryversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('confirmed_by', None)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False), models.Q(('confirmed_by', models.F('written_by')), _negated=True)), _connector='OR'), name='category_confirmer_is_not_author'),
        ),
        migrations.RunSQL(CATEGORIES, migrations.RunSQL.noop),
    ]
