"""When the signer was told of permits and mandates that were taken back."""

from django.conf import settings
from django.db import migrations, models

from privyseal.seals.migrations._fences import MANDATE_IS_DENIED


class Migration(migrations.Migration):

    dependencies = [
        ('seals', '0018_archivists'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='mandate',
            name='denied_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='permit',
            name='denied_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='permit',
            index=models.Index(condition=models.Q(('denied_at', None), ('revoked_at__isnull', False)), fields=['revoked_at'], name='permit_not_yet_denied'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(('denied_at', None), ('revoked_at__isnull', False), _connector='OR'), name='only_a_revoked_mandate_is_denied'),
        ),
        migrations.AddConstraint(
            model_name='permit',
            constraint=models.CheckConstraint(condition=models.Q(('denied_at', None), ('revoked_at__isnull', False), _connector='OR'), name='only_an_ended_permit_is_denied'),
        ),
        migrations.RunSQL(MANDATE_IS_DENIED, migrations.RunSQL.noop),
    ]
