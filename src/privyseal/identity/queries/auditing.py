"""What the auditor's desk shows of administrators, and what auditors remarked."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from privyseal.identity.models import AuditComment, Company, Grant, Person, Post, Unit
from privyseal.identity.queries.powers import powers_of
from privyseal.identity.rules import Power


def administrators_visible_to(actor: Person, at: datetime) -> QuerySet[Person]:
    """Return, for the auditor, whoever runs the system or grants powers, or ever did; nobody for the others."""
    ever = Grant.objects.filter(power__in=[Power.SYSTEM, Power.SECURITY]).order_by().values("person")
    people = Person.objects.filter(pk__in=ever).order_by("name", "pk")
    return people if powers_of(actor, at).reads_everything else people.none()


def comments_visible_to(actor: Person, at: datetime) -> QuerySet[AuditComment]:
    """Return the auditors' remarks, newest first; nobody but auditors sees them."""
    comments = AuditComment.objects.select_related("by").order_by("-pk")
    return comments if powers_of(actor, at).reads_everything else comments.none()


def called(actor: Person, at: datetime, *, uids: Collection[str]) -> dict[str, str]:
    """Return, for the auditor, the names of companies, units and posts with these uids; none for the others."""
    if not powers_of(actor, at).reads_everything:
        return {}
    kinds = (Company.objects, Unit.objects, Post.objects)
    return {uid: name for kind in kinds for uid, name in kind.filter(uid__in=uids).values_list("uid", "name")}
