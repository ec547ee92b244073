"""What a new use takes over from an earlier one: everything but its window, its files, their numbers and its votes."""

from collections.abc import Sequence
from typing import Final

from privyseal.approvals.models import CategoryVersion
from privyseal.approvals.papers import Particulars
from privyseal.approvals.queries import ApplicationView
from privyseal.approvals.rules import Part
from privyseal.pdf.placement import Placement
from privyseal.pdf.spots import Edge, Seam, Spot
from privyseal.signer.documents import spots
from privyseal.signer.statement import Purpose

_MICROMETRES: Final = 1000


def is_copied(view: ApplicationView) -> bool:
    return view.application.purpose == Purpose.USE.value


def copied(view: ApplicationView, known: Sequence[CategoryVersion]) -> dict[str, str]:
    """Return the fields of the form for a use; ``known`` are the categories that are in force now.

    The first seal stands where it stood. Where its category is in force in another version, what was entered is asked
    anew.
    """
    application, line = view.application, view.lines[0]
    particulars = Particulars.of(application.particulars, line.document_sha256)
    said = {
        "reason": application.reason,
        "counterparty": application.counterparty,
        "amount": "" if application.amount is None else str(application.amount),
        "off_site": application.off_site,
        "originals": str(particulars.originals or ""),
        "duplicates": str(particulars.duplicates or ""),
        "seal": line.seal.uid,
        "following": line.following,
        **_place(spots(line.placements)),
    }
    operators = [casting.person.pseudonym for casting in view.castings if Part.OPERATOR in casting.parts]
    if operators:
        said["operator"] = operators[0]
    if application.category is not None:
        now_known = {each.code: each.uid for each in known}
        said["category"] = now_known.get(application.category.code, "")
        if said["category"] == application.category.uid:
            said |= {f"entry-{number}": entry for number, entry in application.entered.items()}
    return {name: value for name, value in said.items() if value}


def _place(stood: Sequence[Spot]) -> dict[str, str]:
    said: dict[str, str] = {}
    for spot in stood:
        if isinstance(spot, Placement) and "page" not in said:
            said |= {"page": str(spot.page), "x": _millimetres(spot.x), "y": _millimetres(spot.y)}
        if isinstance(spot, Seam):
            is_both = said.get("edge") not in {None, spot.edge.value}
            said["edge"] = "both" if is_both else Edge(spot.edge).value
    return said


def _millimetres(micrometres: int) -> str:
    return f"{micrometres / _MICROMETRES:.1f}"
