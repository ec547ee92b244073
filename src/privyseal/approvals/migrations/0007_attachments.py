"""Papers beside a document, by kind: what approvers read, and what has to be there."""

import django.contrib.postgres.fields
from django.db import migrations, models

from privyseal.approvals.migrations._fences import PAPERS


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0006_uid_as_bytes'),
    ]

    operations = [
        migrations.AddField(
            model_name='application',
            name='attached',
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name='application',
            name='attached_kinds',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), db_default=[], default=list, size=None),
        ),
        migrations.AddField(
            model_name='application',
            name='required_kinds',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), db_default=[], default=list, size=None),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('attached_kinds__contains', models.F('required_kinds'))), name='required_papers_are_attached'),
        ),
        migrations.RunSQL(PAPERS, migrations.RunSQL.noop),
    ]
