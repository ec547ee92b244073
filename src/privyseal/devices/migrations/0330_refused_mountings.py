"""A mounting that the key refuses is over, and says why."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("devices", "0300_refused_and_withheld")]

    operations = [
        migrations.AddField(
            model_name="mounting", name="refused", field=models.CharField(max_length=40, null=True)
        ),
        migrations.AddIndex(
            model_name="mounting",
            index=models.Index(
                condition=models.Q(("refused__isnull", False)), fields=["seal"], name="mountings_refused"
            ),
        ),
        migrations.AddConstraint(
            model_name="mounting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("refused", None),
                    models.Q(("decided_at__isnull", False), ("is_agreed", False)),
                    _connector="OR",
                ),
                name="refused_mounting_is_agreed_to_no_more",
            ),
        ),
    ]
