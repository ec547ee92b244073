"""What legal holds cover, asked of the database."""

from django.db.models import Q, QuerySet

from privyseal.approvals.models import Application, Casting
from privyseal.identity.models import Person
from privyseal.keeping.models import Hold
from privyseal.seals.models import Permit, PermitPart, Seal


def in_force() -> QuerySet[Hold]:
    return Hold.objects.filter(lifted_at=None).order_by("-placed_at", "-pk")


def covers_person(person: Person) -> bool:
    """Return whether a hold is about a person, or about an application or a seal in which they had a part."""
    held = in_force()
    if held.filter(person=person).exists():
        return True
    applications = [uid for uid in held.exclude(application_uid="").values_list("application_uid", flat=True) if uid]
    if applications and Casting.objects.filter(application__uid__in=applications, person=person).exists():
        return True
    seals = Seal.objects.filter(pk__in=held.filter(seal__isnull=False).order_by().values("seal"))
    permits = Permit.objects.filter(seal__in=seals.order_by().values("pk")).order_by()
    return PermitPart.objects.filter(permit__in=permits.values("pk"), person=person).exists()


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
