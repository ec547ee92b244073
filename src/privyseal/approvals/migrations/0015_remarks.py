"""What an applicant was told of the documents, and acknowledged."""

from django.db import migrations, models

from privyseal.approvals.migrations._fences import REMARKS


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0014_outside'),
    ]

    operations = [
        migrations.AddField(
            model_name='application',
            name='remarks',
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.RunSQL(REMARKS, migrations.RunSQL.noop),
    ]
