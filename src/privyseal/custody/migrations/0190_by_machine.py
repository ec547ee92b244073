from django.conf import settings
from django.db import migrations, models

from privyseal.custody.migrations._machines import MACHINES


class Migration(migrations.Migration):
    dependencies = [
        ("custody", "0121_pages_found_as_said"),
        ("seals", "0120_bound"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="alarm",
            name="alarm_is_known",
        ),
        migrations.RemoveConstraint(
            model_name="handuse",
            name="how_is_known",
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "not-returned",
                            "unused",
                            "idle",
                            "off-hours",
                            "evidence-debt",
                            "place",
                            "restamps",
                            "not-found",
                            "unexpected",
                            "blanks",
                            "counter-gap",
                            "excess",
                            "no-permit",
                            "wrong-seal",
                            "tamper",
                            "emergency-key",
                            "motion",
                            "door-held",
                            "not-theirs",
                            "forced",
                            "silent",
                            "clock",
                        ],
                    )
                ),
                name="alarm_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="handuse",
            constraint=models.CheckConstraint(
                condition=models.Q(("how__in", ["by-hand", "by-machine"])), name="how_is_known"
            ),
        ),
        migrations.RunSQL(MACHINES, migrations.RunSQL.noop),
    ]
