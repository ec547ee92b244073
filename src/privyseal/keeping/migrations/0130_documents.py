from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("keeping", "0081_papers")]

    operations = [
        migrations.RemoveConstraint("clearedpaper", "cleared_paper_is_of_a_kind"),
        migrations.AddConstraint(
            "clearedpaper",
            models.CheckConstraint(
                condition=Q(paper__in=["photograph", "scan", "document"]), name="cleared_paper_is_of_a_kind"
            ),
        ),
    ]
