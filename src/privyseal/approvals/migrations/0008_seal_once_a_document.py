"""Several seals may stand on one document; each of them once."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0007_parts_apart'),
    ]

    operations = [
        migrations.AddConstraint('line', models.UniqueConstraint(condition=models.Q(('document_sha256', ''), _negated=True), fields=('application', 'seal', 'document_sha256'), name='seal_is_on_a_document_once')),
    ]
