"""Uses under standing permits, and the review of samples."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from privyseal.sealing.migrations._fences import STANDING


class Migration(migrations.Migration):

    dependencies = [
        ('sealing', '0006_look'),
        ('seals', '0013_standing_permits'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='StandingUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
                ('is_sample', models.BooleanField()),
                ('reviewed_at', models.DateTimeField(null=True)),
                ('is_fit', models.BooleanField(null=True)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('line', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='standing_use', to='seals.permitline')),
                ('permit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='standing_uses', to='seals.permit')),
                ('reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'standing_use',
                'constraints': [models.UniqueConstraint(fields=('permit', 'number'), name='standing_use_has_its_number'), models.CheckConstraint(condition=models.Q(models.Q(('is_fit', None), ('reviewed_at', None), ('reviewed_by', None)), models.Q(('is_fit__isnull', False), ('is_sample', True), ('reviewed_at__isnull', False), ('reviewed_by__isnull', False)), _connector='OR'), name='sample_is_reviewed_whole'), models.CheckConstraint(condition=models.Q(('reviewed_by', None), models.Q(('reviewed_by', models.F('by')), _negated=True), _connector='OR'), name='nobody_reviews_their_own_use')],
            },
        ),
        migrations.RunSQL(STANDING, migrations.RunSQL.noop),
    ]
