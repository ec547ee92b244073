"""What cabinets and boxes let people take out, and what they told of it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import privyseal.identity.models.people


class Migration(migrations.Migration):
    dependencies = [
        ("devices", "0425_rubber_at_the_key"),
        ("seals", "0345_seal_behind_its_type"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CabinetOpening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "uid",
                    models.CharField(
                        default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("opens_at", models.DateTimeField()),
                ("closes_at", models.DateTimeField()),
                ("allowed_at", models.DateTimeField(null=True)),
                ("refused", models.CharField(max_length=40, null=True)),
                ("opened_at", models.DateTimeField(null=True)),
                ("taken_at", models.DateTimeField(null=True)),
                ("back_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("missed_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="openings", to="devices.device"
                    ),
                ),
                (
                    "permit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="openings", to="seals.permit"
                    ),
                ),
            ],
            options={
                "db_table": "cabinet_opening",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)), fields=("permit",), name="one_open_opening_a_permit"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("opens_at__lt", models.F("closes_at"))), name="opening_has_a_window"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("back_at", None),
                            models.Q(("closed_at__isnull", False), ("taken_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="seal_comes_back_that_was_taken",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("refused", None),
                            models.Q(("allowed_at", None), ("closed_at__isnull", False), ("taken_at", None)),
                            _connector="OR",
                        ),
                        name="refused_opening_opens_nothing",
                    ),
                ],
            },
        )
    ]
