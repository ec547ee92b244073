from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("custody", "0130_stock_takes_may_wait")]

    operations = [
        migrations.AddField("handuse", "reminded_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "alarmrule", "debt_reminder_minutes", models.PositiveSmallIntegerField(db_default=30, default=30)
        ),
    ]
