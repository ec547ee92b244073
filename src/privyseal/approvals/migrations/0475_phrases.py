"""Phrases that people and companies keep for comments."""

import django.db.models.deletion
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0300_machines_as_submitted'),
        ('identity', '0400_people_by_login'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OwnPhrases',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('texts', models.JSONField()),
            ],
            options={
                'db_table': 'own_phrases',
                'constraints': [models.CheckConstraint(condition=models.Q(('texts', []), _negated=True), name='own_phrases_say_something'), models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(models.Func(models.F('texts'), function='jsonb_array_length', output_field=models.IntegerField()), 12), name='own_phrases_are_few')],
            },
        ),
        migrations.CreateModel(
            name='CompanyPhrases',
            fields=[
                ('company', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='identity.company')),
                ('texts', models.JSONField()),
                ('set_at', models.DateTimeField()),
                ('set_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'company_phrases',
                'constraints': [models.CheckConstraint(condition=models.Q(('texts', []), _negated=True), name='company_phrases_say_something'), models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(models.Func(models.F('texts'), function='jsonb_array_length', output_field=models.IntegerField()), 6), name='company_phrases_are_few')],
            },
        ),
    ]
