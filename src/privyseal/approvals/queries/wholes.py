"""The parts of one application to several companies, as far as an actor may see them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from privyseal.approvals.casting import whole
from privyseal.approvals.models import Application
from privyseal.approvals.queries import visible_to
from privyseal.approvals.rules import State
from privyseal.identity.keys import among
from privyseal.identity.models import Person


@dataclass(frozen=True, slots=True)
class PartState:
    """How one company's part stands."""

    company: str
    state: State


def parts_visible_to(actor: Person, at: datetime, application: Application) -> list[Application]:
    """Return an application and after it the parts of other companies that the actor may see, each with its lines."""
    if application.joint_id is None:
        return [application]
    seen = visible_to(actor, at).select_related("company", "joint").prefetch_related(*whole())
    parts = list(seen.filter(joint=application.joint_id).order_by("pk"))
    return sorted(parts, key=lambda part: part.pk != application.pk)


def states_of_wholes(joint_ids: Iterable[int]) -> Mapping[int, Sequence[PartState]]:
    """Return of each of these wholes how each company's part stands, in one question; what everybody in it sees."""
    found: dict[int, list[PartState]] = {}
    parts = Application.objects.filter(among("joint_id", list(joint_ids))).order_by("pk")
    for joint, company, state in parts.values_list("joint_id", "company__name", "state"):
        found.setdefault(joint, []).append(PartState(company, State(state)))
    return found
