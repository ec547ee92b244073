"""The cabinet that holds a seal, as the page shows it by which the seal is given out."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from privyseal.custody.holding import keeper_now
from privyseal.devices.cabinets import cabinet_with, slot_of, waits_for_seal
from privyseal.devices.codes_of_two import has_words
from privyseal.devices.models import CabinetOpening, Device
from privyseal.devices.queries import opening_of
from privyseal.identity.models import Person
from privyseal.language.refusals import words_of
from privyseal.seals.models import Permit
from privyseal.web.forms_of_machine_uses import OpenCabinetForm, ReceiptForm, cabinet_form


@dataclass(frozen=True, slots=True)
class CabinetShown:
    """The cabinet that holds a seal, what became of the last opening, and what the reader may do about it."""

    device: Device
    slot: int | None
    opening: CabinetOpening | None
    why: Promise | str
    form: OpenCabinetForm | None
    may_see_code: bool
    receipt_form: ReceiptForm | None

    @property
    def took(self) -> CabinetOpening | None:
        """Return the opening by which the seal went out and is not back, as the cabinet saw."""
        return self.opening if self.opening and self.opening.taken_at and not self.opening.back_at else None

    @property
    def has_back(self) -> CabinetOpening | None:
        """Return the opening by which the seal went out and came back, as the cabinet saw or its receipt says."""
        is_back = self.opening is not None and (self.opening.back_at or self.opening.receipt_used)
        return self.opening if is_back else None

    @property
    def place(self) -> str:
        """Return what is proposed as the place where the seal was put back."""
        return _("%(cabinet)s, slot %(slot)s") % {"cabinet": self.device.name, "slot": self.slot}


def place_for(cabinet: CabinetShown | None, usual: str) -> str:
    """Return where a seal that is put back is: in its cabinet where that saw it, else where it usually belongs."""
    return cabinet.place if cabinet and (cabinet.has_back or not usual) else usual


def cabinet_of(reader: Person, at: datetime, permit: Permit) -> CabinetShown | None:
    opening, device = opening_of(reader, at, permit), cabinet_with(permit.seal_id)
    if device is None:
        return None
    is_asked = opening is None or opening.closed_at is not None or opening.allowed_at is None
    is_theirs = keeper_now(permit.seal) == reader.pk and waits_for_seal(permit) is not None
    may_open = is_asked and is_theirs and not device.is_locked and permit.starts_at <= at < permit.expires_at
    is_coded = opening is not None and opening.minutes is not None and opening.by_id == reader.pk
    is_open = is_coded and opening is not None and opening.allowed_at is not None and opening.receipt_at is None
    is_away = opening is not None and opening.taken_at is not None and opening.back_at is None
    is_back = opening is not None and opening.back_at is not None
    is_over = opening is not None and opening.closed_at is not None
    return CabinetShown(
        device,
        slot_of(device, permit.seal_id),
        opening,
        words_of(opening.refused, {}) if opening and opening.refused else "",
        cabinet_form(has_words=has_words(reader), is_dual=device.is_dual) if may_open else None,
        is_open and not is_over,
        ReceiptForm() if is_open and not is_away and (is_back or not is_over) else None,
    )
