"""Who plays which part: in one application, and in all the parts of one that asks several companies."""

from django.db import models
from django.db.models import Q

from privyseal.approvals.rules import KEPT_APART, Part


class Played(models.Model):
    """The parts of one person, in one row."""

    is_applicant = models.BooleanField(default=False)
    is_approver = models.BooleanField(default=False)
    is_operator = models.BooleanField(default=False)
    is_custodian = models.BooleanField(default=False)
    is_witness = models.BooleanField(default=False)
    is_person = models.BooleanField(default=False, db_default=False)

    class Meta:
        abstract = True

    @property
    def parts(self) -> frozenset[Part]:
        return frozenset(part for part in Part if getattr(self, f"is_{part}"))


def some_part(name: str) -> models.CheckConstraint:
    """Return the constraint that a row names a part at all."""
    return models.CheckConstraint(condition=Q(*((f"is_{part}", True) for part in Part), _connector=Q.OR), name=name)


def apart(name: str) -> list[models.CheckConstraint]:
    """Return a constraint for each two parts that one person does not play, called by both."""
    pairs = (sorted(pair, key=list(Part).index) for pair in KEPT_APART)
    return [
        models.CheckConstraint(
            condition=~Q(**{f"is_{earlier}": True, f"is_{later}": True}),
            name=name.format(earlier=earlier, later=later),
        )
        for earlier, later in pairs
    ]
