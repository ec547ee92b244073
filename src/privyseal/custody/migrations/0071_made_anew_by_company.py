from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("custody", "0070_more_may_wait")]

    operations = [
        migrations.AddField("alarmrule", "made_anew", models.PositiveSmallIntegerField(db_default=2, default=2)),
        migrations.AddConstraint(
            "alarmrule",
            models.CheckConstraint(
                condition=models.Q(made_anew__lte=2), name="company_allows_no_more_anew_than_is_usual"
            ),
        ),
    ]
