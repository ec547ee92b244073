from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q

_NAME_A_PAGE = ("same", "differs", "found")


class Migration(migrations.Migration):
    dependencies = [("custody", "0131_reminded_of_photographs"), ("seals", "0120_bound")]

    operations = [
        migrations.RemoveConstraint(model_name="sighting", name="sight_is_known"),
        migrations.RemoveConstraint(model_name="sighting", name="sight_names_its_page"),
        # No look at what is there while all wait: the next migration has it.
        AddConstraintNotValid(
            model_name="sighting",
            constraint=models.CheckConstraint(
                condition=Q(sight__in=["same", "differs", "found", "not-there", "unreadable"]), name="sight_is_known"
            ),
        ),
        AddConstraintNotValid(
            model_name="sighting",
            constraint=models.CheckConstraint(
                condition=Q(sight__in=_NAME_A_PAGE, page__isnull=False, similarity__isnull=False)
                | (~Q(sight__in=_NAME_A_PAGE) & Q(page=None, similarity=None)),
                name="sight_names_its_page",
            ),
        ),
    ]
