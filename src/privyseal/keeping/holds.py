"""What legal holds cover, asked of the database."""

from collections.abc import Collection
from typing import Any, TypeAlias

from django.db.models import Q, QuerySet

from privyseal.approvals.models import Application, Casting
from privyseal.identity.models import Person
from privyseal.keeping.models import Hold
from privyseal.seals.models import PermitPart

_Asked: TypeAlias = QuerySet[Any, Any]


def in_force() -> QuerySet[Hold]:
    return Hold.objects.filter(lifted_at=None).order_by("-placed_at", "-pk")


def covers_person(person: Person) -> bool:
    """Return whether a hold is about a person, or about a company, application or seal in which they had a part."""
    held = in_force().order_by()
    if held.filter(person=person).exists():
        return True
    whole = held.filter(company__isnull=False, seal=None, application_uid="")
    return had_part(
        person,
        companies=whole.values("company"),
        seals=held.filter(seal__isnull=False).values("seal"),
        applications=list(held.exclude(application_uid="").values_list("application_uid", flat=True)),
    )


def had_part(person: Person, *, companies: _Asked, seals: _Asked, applications: Collection[str] = ()) -> bool:
    """Return whether somebody asked, decided, held or used what one of these companies, seals, applications is of."""
    asked = Q(application__company__in=companies) | Q(application__uid__in=applications)
    asked |= Q(application__lines__seal__in=seals)
    if Casting.objects.filter(asked, person=person).exists():
        return True
    allowed = Q(permit__seal__company__in=companies) | Q(permit__seal__in=seals)
    return PermitPart.objects.filter(allowed, person=person).exists()


def covers(*, company_id: int, seal_id: int | None, application_uid: str, people: frozenset[int]) -> bool:
    """Return whether a hold covers what belongs to this company, seal, application, or to one of these people."""
    whole = Q(company=company_id, seal=None, application_uid="")
    about = whole | Q(person__in=people)
    if seal_id is not None:
        about |= Q(seal=seal_id)
    if application_uid:
        about |= Q(application_uid=application_uid)
    return in_force().filter(about).exists()


def is_application(uid: str) -> bool:
    return Application.objects.filter(uid=uid).exists()
