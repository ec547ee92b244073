"""The parts of one application to several companies, as far as an actor may see them."""

from datetime import datetime

from privyseal.approvals.casting import with_all
from privyseal.approvals.models import Application
from privyseal.approvals.queries import visible_to
from privyseal.identity.models import Person


def parts_visible_to(actor: Person, at: datetime, application: Application) -> list[Application]:
    """Return an application and after it the parts of other companies that the actor may see, each with its lines."""
    seen = visible_to(actor, at).select_related("company", "joint")
    if application.joint_id is None:
        return with_all(seen.filter(pk=application.pk))
    parts = with_all(seen.filter(joint=application.joint_id).order_by("pk"))
    return sorted(parts, key=lambda part: part.pk != application.pk)
