"""An impression at a machine that nobody agreed to is an incident of its own."""

from django.db import migrations, models

_KNOWN = (
    *("not-returned", "unused", "idle", "off-hours", "evidence-debt", "place", "restamps", "not-found", "unexpected"),
    *("blanks", "counter-gap", "receipt-differs", "excess", "no-permit", "unconfirmed", "wrong-seal", "tamper"),
    *("emergency-key", "motion", "door-held", "not-theirs", "forced", "silent", "clock", "lost"),
)


class Migration(migrations.Migration):
    dependencies = [("custody", "0305_through_clouds")]

    operations = [
        migrations.RemoveConstraint(model_name="alarm", name="alarm_is_known"),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", [*_KNOWN])), name="alarm_is_known"
            ),
        ),
    ]
