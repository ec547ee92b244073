"""Which days a company works, year by year."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0004_assurance'),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarYear',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('version', models.PositiveSmallIntegerField()),
                ('off', django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), default=list, size=None)),
                ('made_up', django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), default=list, size=None)),
                ('written_at', models.DateTimeField()),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.company')),
                ('written_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'calendar_year',
                'constraints': [models.UniqueConstraint(fields=('company', 'year', 'version'), name='calendar_version_is_written_once'), models.CheckConstraint(condition=models.Q(('year__gte', 2020), ('year__lt', 2100)), name='calendar_is_of_a_possible_year'), models.CheckConstraint(condition=models.Q(('off__overlap', models.F('made_up')), _negated=True), name='day_off_is_not_made_up')],
            },
        ),
    ]
