"""The parts of one application to several companies, as far as whoever takes part in one of them sees the others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from privyseal.approvals.models import Application
from privyseal.approvals.rules import State
from privyseal.approvals.rules.joint import Mode


@dataclass(frozen=True, slots=True)
class PartSeen:
    """One company's part: its seals and documents by title, and how it stands; ``uid`` where one may open it."""

    company: str
    state: State
    lines: Sequence[tuple[str, str]]
    uid: str
    is_this: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """What one application asks of several companies."""

    uid: str
    mode: Mode
    parts: Sequence[PartSeen]


def whole_among(see: Callable[[], QuerySet[Application]], application: Application) -> Whole | None:
    """Return the whole that an application is a part of, of which those that ``see`` finds may be opened, or None."""
    joint = application.whole
    if joint is None:
        return None
    parts = {part.company.uid: part for part in joint.parts.select_related("company").order_by("pk")}
    own = set(see().filter(joint=joint).values_list("uid", flat=True))
    return Whole(
        joint.uid,
        Mode(joint.mode),
        [_part(said, parts[said["company"]], application, own) for said in joint.says],
    )


def _part(said: dict[str, object], part: Application, this: Application, own: set[str]) -> PartSeen:
    lines = said["lines"] if isinstance(said["lines"], list) else []
    return PartSeen(
        company=str(said["name"]),
        state=State(part.state),
        lines=[(line["seal"], line["document"]) for line in lines],
        uid=part.uid if part.uid in own else "",
        is_this=part.pk in {this.pk, this.adds_to_id},
    )
