"""What a new use takes over from an earlier one: everything but its window, its files, their numbers and its votes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from django.utils.timezone import now

from privyseal.approvals.actions import keep_draft
from privyseal.approvals.models import Application, CategoryVersion, Line
from privyseal.approvals.papers import Particulars
from privyseal.approvals.queries import ApplicationView, application_visible_to
from privyseal.approvals.queries.categories import categories_to_choose
from privyseal.approvals.queries.drafts import said_so_far
from privyseal.approvals.queries.wholes import parts_visible_to
from privyseal.approvals.rules import Part
from privyseal.custody.rules.takeout import Fence
from privyseal.identity.queries import company_visible_to
from privyseal.pdf.placement import Placement
from privyseal.pdf.spots import Edge, Seam, Spot
from privyseal.sealing.queries import document_visible_to, visible_to
from privyseal.signer.documents import Following, spots
from privyseal.signer.statement import Purpose
from privyseal.web.capabilities import SignedIn
from privyseal.web.proposing import overruled

_UID: Final = re.compile("[0-9a-f]{32}")
_MICROMETRES: Final = 1000
_MICRODEGREES: Final = 1_000_000


def begin_as(request: SignedIn, said: Mapping[str, Any], digest: str) -> None:
    """Let a draft take over what an earlier application said, where one is to be copied and the document is silent."""
    if not said["earlier"]:
        return
    fields = _said_before(request, said["earlier"], said["company"], digest)
    keep_draft(request.user, now(), company_uid=said["company"], document_sha256=digest, said=fields)


def begun(request: SignedIn, company_uid: str, digest: str) -> dict[str, str]:
    """Return what the draft says; where there is none yet, what the earlier application said that the address names.

    A large file is still on its way when the copy is asked for, and an address that is only read keeps nothing.
    """
    kept, earlier = said_so_far(request.user, now(), company_uid, digest), request.GET.get("earlier", "")
    if kept or not _UID.fullmatch(earlier):
        return kept
    return _said_before(request, earlier, company_uid, digest)


def _said_before(request: SignedIn, earlier: str, company_uid: str, digest: str) -> dict[str, str]:
    """Return what an earlier use said, where the new document does not say otherwise; nothing of what was no use."""
    at, who = now(), request.user
    view = application_visible_to(who, at, earlier)
    if not is_copied(view):
        return {}
    parts = parts_visible_to(who, at, view.application)
    before = visible_to(who, at).filter(sha256=parts[0].lines.all()[0].document_sha256).first()
    owner = company_visible_to(who, at, company_uid).name
    known = categories_to_choose(who, at, company_uid)
    return overruled(copied(parts, known), document_visible_to(who, at, digest), before=before, owner=owner)


def is_copied(view: ApplicationView) -> bool:
    return view.application.purpose == Purpose.USE.value


def copied(parts: Sequence[Application], known: Sequence[CategoryVersion]) -> dict[str, str]:
    """Return the fields of the form for a use; ``parts`` is what was asked of each company, the one meant first.

    ``known`` are the categories that are in force now. Seals stand where they stood: those of the first document on the
    new first one, those of each further one on what is brought in its place. Where its category is in force in another
    version, what was entered is asked anew.
    """
    application, (first, *further) = parts[0], _by_document(parts)
    said = {
        "reason": application.reason,
        "counterparty": application.counterparty,
        "amount": "" if application.amount is None else str(application.amount),
        "off_site": application.off_site,
        **_fence(Fence.within(application.terms)),
        "operator": _operator(application),
        "mode": application.joint.mode if application.joint else "",
        **_on_first_document(first),
    }
    for number, lines in enumerate(further, start=1):
        said |= _on_further_document(f"doc{number}_", lines, application)
    if application.category is not None:
        now_known = {each.code: each.uid for each in known}
        said["category"] = now_known.get(application.category.code, "")
        if said["category"] == application.category.uid:
            said |= {f"entry-{number}": entry for number, entry in application.entered.items()}
    return {name: value for name, value in said.items() if value}


_Lines: TypeAlias = Sequence[tuple[Application, Line]]


def _by_document(parts: Sequence[Application]) -> list[_Lines]:
    """Return the lines of each document, each with its part; those of the first part come first."""
    found: dict[str, list[tuple[Application, Line]]] = {}
    for part in parts:
        for line in part.lines.all():
            found.setdefault(line.document_sha256, []).append((part, line))
    return list(found.values())


def _on_first_document(lines: _Lines) -> dict[str, str]:
    (application, line), *others = lines
    filled = {other.field for _, other in others}
    is_left = any(one["field"] not in filled for one in line.awaited)  # to others than these seals
    said = {"seal": line.seal.uid, **_of_document(application, line), **_places_of(line)}
    said["following"] = Following.PARTIES.value if is_left else _following(line)
    return said | _rows("", others, application)


def _on_further_document(prefix: str, lines: _Lines, first: Application) -> dict[str, str]:
    application, line = lines[0]
    said = _of_document(application, line) | {"following": _following(line)}
    if not line.placements:
        said["inside"] = str(line.impressions)
    return {f"{prefix}{name}": value for name, value in said.items()} | _rows(prefix, lines, first)


def _following(line: Line) -> str:
    """Return who signs after us, as it was said; places of seals that are put on together are laid out anew."""
    return Following.OTHERS.value if line.following == Following.OTHERS.value else Following.NOBODY.value


def _rows(prefix: str, lines: _Lines, first: Application) -> dict[str, str]:
    return {
        f"{prefix}seal{number}_{name}": value
        for number, (part, line) in enumerate(lines, start=1)
        for name, value in _row(part, line, first)
    }


def _row(part: Application, line: Line, first: Application) -> Iterator[tuple[str, str]]:
    yield "seal", line.seal.uid
    yield from _places_of(line).items()
    if part != first:
        yield "operator", _operator(part)


def _places_of(line: Line) -> dict[str, str]:
    """Return where the seal stood; in an envelope, how often on each copy."""
    return _place(spots(line.placements)) if line.placements else {"how": "inside", "inside": str(line.impressions)}


def _of_document(application: Application, line: Line) -> dict[str, str]:
    said = Particulars.of(application.particulars, line.document_sha256)
    return {
        "originals": str(said.originals or ""),
        "duplicates": str(said.duplicates or ""),
        "copies": str(line.copies),
    }


def _fence(fence: Fence | None) -> dict[str, str]:
    if fence is None:
        return {}
    said = {"latitude": fence.point.latitude, "longitude": fence.point.longitude}
    return {name: f"{each / _MICRODEGREES:.6f}" for name, each in said.items()} | {"metres": str(fence.metres)}


def _operator(application: Application) -> str:
    castings = (casting for casting in application.castings.all() if Part.OPERATOR in casting.parts)
    return next((casting.person.pseudonym for casting in castings), "")


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
