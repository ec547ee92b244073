
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sealing', '0011_samples_by_lot'),
    ]

    operations = [
        migrations.AlterField(
            model_name='intent',
            name='after',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sealing.intent'),
        ),
        migrations.AddConstraint(
            model_name='intent',
            constraint=models.UniqueConstraint(condition=models.Q(('after__isnull', False), models.Q(('state', 'failed'), _negated=True)), fields=('after',), name='one_seal_stands_on_another'),
        ),
    ]
