"""What is said again and again of applications, as one tap writes it: somebody's own phrases, and a company's."""

from django.db import models
from django.db.models import F, Func, IntegerField, Q
from django.db.models.lookups import LessThanOrEqual

from privyseal.approvals.rules.phrases import MOST_OF_COMPANY, MOST_OWN
from privyseal.identity.models import Company, Person


def _at_most(number: int) -> LessThanOrEqual:
    return LessThanOrEqual(Func(F("texts"), function="jsonb_array_length", output_field=IntegerField()), number)


class OwnPhrases(models.Model):
    """The phrases of one person, in the order in which they are offered; no row where there are none."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="+")
    texts = models.JSONField()

    class Meta:
        db_table = "own_phrases"
        constraints = [
            models.CheckConstraint(condition=~Q(texts=[]), name="own_phrases_say_something"),
            models.CheckConstraint(condition=_at_most(MOST_OWN), name="own_phrases_are_few"),
        ]


class CompanyPhrases(models.Model):
    """The phrases that a company offers everybody who decides on its applications; no row where there are none."""

    company = models.OneToOneField(Company, models.PROTECT, primary_key=True, related_name="+")
    texts = models.JSONField()
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    set_at = models.DateTimeField()

    class Meta:
        db_table = "company_phrases"
        constraints = [
            models.CheckConstraint(condition=~Q(texts=[]), name="company_phrases_say_something"),
            models.CheckConstraint(condition=_at_most(MOST_OF_COMPANY), name="company_phrases_are_few"),
        ]
