"""Own yeses that are taken back, and when the signer was told of what came to nothing."""

from django.conf import settings
from django.db import migrations, models

from privyseal.approvals.migrations._fences import TAKEN_BACK


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0028_bigrams_in_a_loop'),
        ('identity', '0005_calendars'),
        ('seals', '0019_denials'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='application',
            name='denied_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='ownyes',
            name='denied_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='ownyes',
            name='withdrawn_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(condition=models.Q(('denied_at', None), ('state__in', ['rejected', 'withdrawn'])), fields=['decided_at'], name='application_not_yet_denied'),
        ),
        migrations.AddIndex(
            model_name='ownyes',
            index=models.Index(condition=models.Q(('denied_at', None), ('withdrawn_at__isnull', False)), fields=['withdrawn_at'], name='own_yes_not_denied'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('denied_at', None), ('state__in', ['rejected', 'withdrawn']), _connector='OR'), name='only_what_came_to_nothing_is_denied'),
        ),
        migrations.AddConstraint(
            model_name='ownyes',
            constraint=models.CheckConstraint(condition=models.Q(('denied_at', None), ('withdrawn_at__isnull', False), _connector='OR'), name='only_a_withdrawn_yes_is_denied'),
        ),
        migrations.RunSQL(TAKEN_BACK, migrations.RunSQL.noop),
    ]
