import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

_ACTS = [
    "confirm", "made", "photograph", "counted", "release", "end", "put-back", "report",
    "spoil", "take-in", "blank-used", "blank-back", "give", "receive", "bring", "take-back",
    "stock-see", "stock-describe", "stock-pause", "stock-go-on", "stock-end",
]  # fmt: skip
_OF = Q(permit__isnull=False, take=None) | Q(permit=None, take__isnull=False)


class Migration(migrations.Migration):
    dependencies = [("custody", "0073_fence_as_approved")]

    operations = [
        migrations.RemoveConstraint("lateact", "late_act_may_wait"),
        migrations.AlterField(
            "lateact",
            "permit",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="late_acts",
                to="seals.permit",
            ),
        ),
        migrations.AddField(
            "lateact",
            "take",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="late_acts",
                to="custody.stocktake",
            ),
        ),
        migrations.AddField("stockline", "done_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "lateact", models.CheckConstraint(condition=Q(act__in=_ACTS), name="late_act_may_wait")
        ),
        migrations.AddConstraint(
            "lateact", models.CheckConstraint(condition=_OF, name="late_act_is_of_a_use_or_a_stock_take")
        ),
        migrations.AddConstraint(
            "stockline",
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(done_at__lt=F("seen_at")), name="late_seal_was_seen_before_it_came"
            ),
        ),
    ]
