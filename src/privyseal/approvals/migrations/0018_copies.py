"""Who compares a copy with its original before it is approved."""

import django.db.models.deletion
import privyseal.identity.models.digests
from django.conf import settings
from django.db import migrations, models

from privyseal.approvals.migrations._fences import COPIES


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0017_standing_permits'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CopyCheck',
            fields=[
                ('application', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='copy_check', serialize=False, to='approvals.application')),
                ('compared_at', models.DateTimeField(null=True)),
                ('shown_sha256', privyseal.identity.models.digests.DigestField(blank=True, default='')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'application_copy_check',
            },
        ),
        migrations.RunSQL(COPIES, migrations.RunSQL.noop),
    ]
