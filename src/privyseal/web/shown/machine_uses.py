"""Uses at machines as their page shows them: what each allows, counts and photographed, and what the reader may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.custody.models import Photograph
from privyseal.custody.queries import LineCount
from privyseal.custody.queries.takeout import is_fenced
from privyseal.devices.codes_of_two import has_words
from privyseal.devices.granted import can_be_shown
from privyseal.devices.models import Device, MachineUse
from privyseal.identity.models import Person
from privyseal.keeping.ended import gone
from privyseal.keeping.terms import Paper
from privyseal.language.refusals import words_of
from privyseal.seals.models import Permit, PermitPart
from privyseal.web.forms_of_machine_uses import OpenMachineForm, ReceiptForm, opening_form
from privyseal.web.shown.hands import is_usable
from privyseal.web.shown.words import Badge

_ASKED: Final = Badge(_("Waiting for the signer"), "pending")
_REFUSED: Final = Badge(_("Not allowed"), "rejected")
_READY: Final = Badge(_("The machine may open"), "approved")
_OPEN: Final = Badge(_("The machine is open"), "approved")
_WITHDRAWN: Final = Badge(_("Finishing"), "pending")
_CLOSED: Final = Badge(_("Finished"), "neutral")


@dataclass(frozen=True, slots=True)
class LineShown:
    count: LineCount
    name: str
    form: OpenMachineForm | None


@dataclass(frozen=True, slots=True)
class UseShown:
    use: MachineUse
    badge: Badge
    why: Promise | str
    photographs: Sequence[tuple[Photograph, bool]]
    awaited: int
    may_finish: bool
    may_see_code: bool
    may_show: bool
    receipt_form: ReceiptForm | None


def lines(
    permit: Permit,
    machine: Device | None,
    counts: Sequence[LineCount],
    names: dict[str, str],
    uses: Sequence[MachineUse],
    reader: Person,
    at: datetime,
) -> list[LineShown]:
    """Return the lines, with a form for whoever stamps where a machine holds the seal and none is open."""
    holds = machine is not None and not machine.is_locked
    is_free = holds and is_usable(permit, at) and all(one.closed_at for one in uses)
    may = is_free and permit.parts.filter(part=PermitPart.Part.HOLDER, person=reader).exists()
    at_one_place = may and is_fenced(reader, at, permit)
    return [
        LineShown(
            count,
            names.get(count.line.document_sha256, ""),
            opening_form(count.line.pk, is_fenced=at_one_place, has_words=has_words(reader))
            if may and count.left
            else None,
        )
        for count in counts
    ]


def use(one: MachineUse, reader: Person, at: datetime) -> UseShown:
    is_theirs = one.turn.use.operator_id == reader.pk
    is_open, is_code = one.closed_at is None, bool(one.minutes)
    pages = sorted(one.turn.photographs.all(), key=lambda page: page.pk)
    deleted = gone(Paper.PHOTOGRAPH, [page.pk for page in pages])
    waits = is_code and one.receipt_used is None and not one.refused and one.allowed_at is not None
    return UseShown(
        one,
        _badge(one),
        words_of(one.refused, {}) if one.refused else "",
        [(page, page.pk in deleted) for page in pages],
        sum(picture.received_at is None for picture in one.pictures.all()),
        is_theirs and is_open and not is_code and one.withdrawn_at is None,
        is_theirs and is_open and is_code and not one.ticket and at < one.closes_at,
        is_theirs and can_be_shown(one, at),
        ReceiptForm(auto_id=f"id_{one.pk}_%s") if is_theirs and waits else None,
    )


def _badge(one: MachineUse) -> Badge:
    if one.refused:
        return _REFUSED
    if one.closed_at is not None:
        return _CLOSED
    if one.allowed_at is None:
        return _ASKED
    if one.withdrawn_at is not None:
        return _WITHDRAWN
    return _OPEN if one.is_open else _READY
