"""What keeps a sealed file checkable, and when it is tried again where it could not be had."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sealing', '0003_one_act'),
    ]

    operations = [
        migrations.AddField('intent', 'is_unstamped', models.BooleanField(db_default=False, default=False)),
        migrations.AddField('intent', 'kept_sha256', models.CharField(blank=True, db_default='', default='', max_length=64)),
        migrations.AddField('intent', 'kept_level', models.CharField(blank=True, db_default='', default='', max_length=8)),
        migrations.AddField('intent', 'kept_at', models.DateTimeField(null=True)),
        migrations.AddField('intent', 'keep_after', models.DateTimeField(null=True)),
        migrations.AddConstraint('intent', models.CheckConstraint(condition=models.Q(models.Q(('kept_at', None), ('kept_level', ''), ('kept_sha256', '')), models.Q(('kept_at__isnull', False), ('kept_level__in', ['b-lt', 'b-lta']), ('state', 'sealed')), _connector='OR'), name='only_a_sealed_file_is_kept')),
    ]
