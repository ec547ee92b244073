"""One application to several companies as one row of a list: which of its parts stands for it, and how all stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from privyseal.approvals.models import Application
from privyseal.approvals.rules import State

# Beside each row, by the index of the parts of a whole: a list costs as many questions with wholes as without.
_PARTS: Final = "parts_stand"


@dataclass(frozen=True, slots=True)
class PartStands:
    """How one company's part stands, as everybody sees it who takes part in the whole."""

    company: str
    state: State


def first_among(alike: QuerySet[Application]) -> Q:
    """Return the condition that an application stands for its whole among these: none of them is an earlier part."""
    earlier = alike.filter(joint=OuterRef("joint"), pk__lt=OuterRef("pk")).order_by()
    return Q(joint=None) | ~Q(Exists(earlier))


def with_parts(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Fetch with each application how the parts of its whole stand."""
    parts = Application.objects.filter(joint=OuterRef("joint")).order_by("pk")
    said = parts.values(said=JSONObject(company="company__name", state="state"))
    return applications.annotate(**{_PARTS: ArraySubquery(said)})


def parts_standing(application: Application) -> Sequence[PartStands]:
    """Return how the parts of a whole stand, where they were fetched; nothing where one company alone was asked."""
    return [PartStands(said["company"], State(said["state"])) for said in vars(application).get(_PARTS, ())]
