"""Permits that are over, ended before their time, or taken back."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from privyseal.seals.migrations._fences import STANDS_APART


class Migration(migrations.Migration):

    dependencies = [
        ('seals', '0010_own_yes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='permit',
            name='applicant',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='permit',
            name='ended_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='permit',
            name='ended_reason',
            field=models.CharField(blank=True, db_default='', default='', max_length=500),
        ),
        migrations.AddField(
            model_name='permit',
            name='expired_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='permit',
            index=models.Index(condition=models.Q(('expired_at', None), ('revoked_at', None), ('used__lt', models.F('impressions'))), fields=['expires_at'], name='permit_not_yet_expired'),
        ),
        migrations.AddConstraint(
            model_name='permit',
            constraint=models.CheckConstraint(condition=models.Q(('expired_at', None), models.Q(('expired_at__gte', models.F('expires_at')), ('used__lt', models.F('impressions'))), _connector='OR'), name='only_what_is_over_and_unused_has_expired'),
        ),
        migrations.AddConstraint(
            model_name='permit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_by', None), ('ended_reason', '')), models.Q(('revoked_at__isnull', False), models.Q(('ended_reason', ''), _negated=True)), _connector='OR'), name='ended_permit_says_why'),
        ),
        migrations.RunSQL(STANDS_APART, migrations.RunSQL.noop),
    ]
