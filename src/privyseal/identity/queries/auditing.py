"""What the auditor's desk shows of administrators, and what auditors remarked."""

from datetime import datetime

from django.db.models import QuerySet

from privyseal.identity.models import AuditComment, Person
from privyseal.identity.queries.powers import powers_of
from privyseal.identity.rules import Power


def administrators_visible_to(actor: Person, at: datetime) -> QuerySet[Person]:
    """Return, for the auditor, whoever runs the system or grants powers, or ever did; nobody for the others."""
    people = Person.objects.filter(grants__power__in=[Power.SYSTEM, Power.SECURITY]).distinct().order_by("name", "pk")
    return people if powers_of(actor, at).reads_everything else people.none()


def comments_visible_to(actor: Person, at: datetime) -> QuerySet[AuditComment]:
    """Return the auditors' remarks, newest first; nobody but auditors sees them."""
    comments = AuditComment.objects.select_related("by").order_by("-pk")
    return comments if powers_of(actor, at).reads_everything else comments.none()
