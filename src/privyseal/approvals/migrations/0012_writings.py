"""A line of words, such as the date, that a use puts on a document."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0011_extend'),
    ]

    operations = [
        migrations.AddField('line', 'writings', models.JSONField(db_default=[], default=list)),
    ]
