"""That an incident never was, with its evidence."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0013_returns'),
        ('seals', '0018_extend'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='incident',
            name='outcome_is_known',
        ),
        migrations.RemoveConstraint(
            model_name='incident',
            name='incident_is_ended_by_a_second_person',
        ),
        migrations.AddField(
            model_name='incident',
            name='evidence',
            field=models.CharField(blank=True, max_length=1000),
        ),
        migrations.AddField(
            model_name='incident',
            name='evidence_sha256',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'found', 'invalidated', 'settled', 'lifted', 'drill', 'mistaken'])), name='outcome_is_known'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at', None), ('is_drill', True), models.Q(('kind__in', ['not-handed-in', 'cover-overdue']), models.Q(('outcome', 'mistaken'), _negated=True)), models.Q(('ended_by__isnull', False), ('proposed_by__isnull', False), models.Q(('ended_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='incident_is_ended_by_a_second_person'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'mistaken'), _negated=True), models.Q(('kind__in', ['not-handed-in']), models.Q(('evidence', ''), ('evidence_sha256', ''), _negated=True)), _connector='OR'), name='mistaken_incident_has_its_evidence'),
        ),
    ]
