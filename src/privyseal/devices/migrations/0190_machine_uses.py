import django.db.models.deletion
import privyseal.identity.models.people
from django.db import migrations, models

from privyseal.devices.migrations._uses import USES


class Migration(migrations.Migration):
    dependencies = [
        ("custody", "0190_by_machine"),
        ("devices", "0206_positions"),
    ]

    operations = [
        migrations.AddField(
            model_name="device",
            name="counted",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="devicepicture",
            name="impression",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="devicepicture",
            name="is_before",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="devicepicture",
            name="taken_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="MachineUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "uid",
                    models.CharField(
                        default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True
                    ),
                ),
                ("ticket", models.CharField(blank=True, default="", max_length=32)),
                ("mode", models.CharField(default="counted", max_length=16)),
                ("minutes", models.PositiveIntegerField(default=0)),
                ("impressions", models.PositiveIntegerField()),
                ("opens_at", models.DateTimeField()),
                ("closes_at", models.DateTimeField()),
                ("allowed_at", models.DateTimeField(null=True)),
                ("refused", models.CharField(blank=True, default="", max_length=40)),
                ("is_open", models.BooleanField(default=False)),
                ("number", models.PositiveIntegerField(default=0)),
                ("mark", models.CharField(blank=True, default="", max_length=16)),
                ("spent", models.IntegerField(default=0)),
                ("fired", models.PositiveIntegerField(default=0)),
                ("committed", models.PositiveIntegerField(default=0)),
                ("told_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("is_withdrawn", models.BooleanField(default=False)),
                ("sequence", models.BigIntegerField(null=True)),
                ("receipt_used", models.PositiveIntegerField(null=True)),
                ("receipt_head", models.PositiveIntegerField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="devices.device"
                    ),
                ),
                (
                    "turn",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="machine_use", to="custody.turn"
                    ),
                ),
            ],
            options={
                "db_table": "machine_use",
            },
        ),
        migrations.AddField(
            model_name="devicepicture",
            name="use",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="pictures",
                to="devices.machineuse",
            ),
        ),
        migrations.AddIndex(
            model_name="devicepicture",
            index=models.Index(condition=models.Q(("use__isnull", False)), fields=["use"], name="pictures_of_a_use"),
        ),
        migrations.AddIndex(
            model_name="machineuse",
            index=models.Index(condition=models.Q(("closed_at", None)), fields=["device"], name="open_machine_uses"),
        ),
        migrations.AddConstraint(
            model_name="machineuse",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ticket", ""), _negated=True), fields=("ticket",), name="one_use_a_ticket"
            ),
        ),
        migrations.AddConstraint(
            model_name="machineuse",
            constraint=models.UniqueConstraint(
                condition=models.Q(("minutes__gt", 0), ("receipt_used", None), ("refused", "")),
                fields=("device",),
                name="one_open_code_a_machine",
            ),
        ),
        migrations.AddConstraint(
            model_name="machineuse",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("mode__in", ["one", "counted", "across", "confirmed", "emergency"]),
                    ("mark__in", ["", "reserved", "fired"]),
                ),
                name="machine_use_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="machineuse",
            constraint=models.CheckConstraint(
                condition=models.Q(("impressions__gte", 1), ("opens_at__lt", models.F("closes_at"))),
                name="machine_use_allows_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="machineuse",
            constraint=models.CheckConstraint(
                condition=models.Q(("refused", ""), models.Q(("allowed_at", None), ("fired", 0)), _connector="OR"),
                name="refused_use_opens_nothing",
            ),
        ),
        migrations.RunSQL(USES, migrations.RunSQL.noop),
    ]
