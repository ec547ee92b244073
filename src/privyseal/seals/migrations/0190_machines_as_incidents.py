from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0165_table_files"),
        ("seals", "0233_incident_open"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="incident",
            name="incident_is_ended_by_a_second_person",
        ),
        migrations.RemoveConstraint(
            model_name="incident",
            name="incident_kind_is_known",
        ),
        migrations.RemoveConstraint(
            model_name="incident",
            name="one_open_incident_a_kind",
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "loss",
                            "theft",
                            "robbery",
                            "dispute",
                            "freeze",
                            "not-handed-in",
                            "cover-overdue",
                            "forged-factor",
                            "count-mismatch",
                            "page-differs",
                            "page-strange",
                            "not-returned",
                            "unused",
                            "idle",
                            "off-hours",
                            "evidence-debt",
                            "misplaced",
                            "restamps",
                            "not-found",
                            "unexpected",
                            "blanks",
                            "machine-count",
                            "machine-opened",
                            "machine-alarm",
                            "other",
                        ],
                    )
                ),
                name="incident_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("ended_at", None),
                    models.Q(
                        (
                            "kind__in",
                            [
                                "not-returned",
                                "unused",
                                "idle",
                                "off-hours",
                                "evidence-debt",
                                "misplaced",
                                "blanks",
                                "restamps",
                                "not-found",
                                "unexpected",
                                "machine-count",
                                "machine-opened",
                                "machine-alarm",
                                "other",
                            ],
                        ),
                        _negated=True,
                    ),
                ),
                fields=("seal", "kind"),
                name="one_open_incident_a_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at", None),
                    ("is_drill", True),
                    models.Q(
                        ("kind__in", ["not-handed-in", "cover-overdue", "unused", "idle", "machine-alarm"]),
                        models.Q(("outcome", "mistaken"), _negated=True),
                    ),
                    models.Q(
                        ("ended_by__isnull", False),
                        ("proposed_by__isnull", False),
                        models.Q(("ended_by", models.F("proposed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="incident_is_ended_by_a_second_person",
            ),
        ),
    ]
