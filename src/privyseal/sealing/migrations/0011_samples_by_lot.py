"""Which uses under standing permits are samples is drawn by the log."""

from django.db import migrations, models

from privyseal.sealing.migrations._fences import DRAWN


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0004_full_indexes'),
        ('sealing', '0010_uses_by_units'),
    ]

    operations = [
        migrations.AlterField(model_name='standinguse', name='is_sample', field=models.BooleanField(null=True)),
        migrations.AddField(model_name='standinguse', name='drawn_from', field=models.BigIntegerField(null=True)),
        migrations.AddConstraint(
            model_name='standinguse',
            constraint=models.CheckConstraint(condition=models.Q(('drawn_from', None), ('is_sample__isnull', False), _connector='OR'), name='what_is_drawn_is_a_sample_or_none'),
        ),
        migrations.AddIndex(
            model_name='standinguse',
            index=models.Index(condition=models.Q(('is_sample', None)), fields=['at'], name='use_not_drawn'),
        ),
        migrations.RunSQL(DRAWN, migrations.RunSQL.noop),
    ]
