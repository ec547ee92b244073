from django.db import migrations, models

_ACTS = [
    "confirm", "made", "photograph", "counted", "release", "end", "put-back", "report",
    "spoil", "take-in", "blank-used", "blank-back", "give", "receive", "bring", "take-back",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("custody", "0080_pages_drawn")]

    operations = [
        migrations.RemoveConstraint("lateact", "late_act_may_wait"),
        migrations.AddConstraint(
            "lateact", models.CheckConstraint(condition=models.Q(act__in=_ACTS), name="late_act_may_wait")
        ),
    ]
