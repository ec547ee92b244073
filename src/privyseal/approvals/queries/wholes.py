"""The parts of one application to several companies, as far as an actor may see them."""

from datetime import datetime

from privyseal.approvals.casting import whole
from privyseal.approvals.models import Application
from privyseal.approvals.queries import visible_to
from privyseal.identity.models import Person


def parts_visible_to(actor: Person, at: datetime, application: Application) -> list[Application]:
    """Return an application and after it the parts of other companies that the actor may see, each with its lines."""
    seen = visible_to(actor, at).select_related("company", "joint").prefetch_related(*whole())
    if application.joint_id is None:
        return list(seen.filter(pk=application.pk))
    parts = list(seen.filter(joint=application.joint_id).order_by("pk"))
    return sorted(parts, key=lambda part: part.pk != application.pk)
