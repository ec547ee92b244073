from django.db import migrations, models

# What was raised before the kinds were told apart stood among everything else.
_TELL_APART = """
UPDATE incident SET kind = CASE alarm.kind WHEN 'place' THEN 'misplaced' ELSE alarm.kind END
FROM seal_alarm AS alarm WHERE alarm.incident_id = incident.id AND incident.kind = 'other'
"""
_KNOWN = ['not-returned', 'unused', 'idle', 'off-hours', 'evidence-debt', 'place', 'restamps', 'not-found', 'unexpected']


class Migration(migrations.Migration):
    dependencies = [("custody", "0008_approvers_of_more"), ("seals", "0040_kinds_of_alarms")]
    operations = [
        migrations.RunSQL(_TELL_APART, migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="alarm", name="alarm_is_known"),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.CheckConstraint(condition=models.Q(("kind__in", _KNOWN)), name="alarm_is_known"),
        ),
    ]
