"""Receipts of codes that were read, held against the events that came since, or that did not come."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final, TypeVar

from django.db.models import Exists, OuterRef, QuerySet

from privyseal.devices.models import CabinetOpening, DeviceEvent, MachineUse
from privyseal.kernel.errors import Refused
from privyseal.signer.client import Client
from privyseal.signer.protocol import SignerUnavailable

Coded = TypeVar("Coded", MachineUse, CabinetOpening)
# As far ahead as the clock of a device may be; one that is further off is an incident by itself.
_AHEAD: Final = timedelta(minutes=30)


def compared(found: QuerySet[Coded], *, signer: Client, most: int) -> Iterator[tuple[Coded, bool]]:
    """Yield what the signer could compare, so many at most, with whether the receipt is over the events that were told.

    One that the signer will not look at is passed by, and keeps no other waiting; without the signer all wait.
    """
    waiting = found.filter(receipt_head__isnull=False, told_head__isnull=False, head_agrees=None)
    left = most
    for one in waiting.select_related("device").order_by("pk"):
        if left <= 0:
            return
        try:
            bits: int | None = signer.bits_of_head(one.device.serial, one.sequence or 0, one.told_head or "")
        except SignerUnavailable:
            return
        except Refused as refused:
            if refused.code != "receipt-wrong":
                continue
            bits = None  # it knows no such code any more: what nobody can compare does not agree
        left -= 1
        yield one, bits == one.receipt_head


def withheld(found: QuerySet[Coded], told: QuerySet[Coded], *, most: int) -> list[str]:
    """Return receipts, so many at most, of which a device never told, though it told of what came after them.

    That is what it was let do only once they were read, which ``told`` says, or whatever its own clock says came later.
    """
    last = DeviceEvent.objects.filter(
        device=OuterRef("device"), epoch=OuterRef("device__epoch"), number=OuterRef("device__known")
    )
    since = Exists(told.filter(device=OuterRef("device"), allowed_at__gt=OuterRef("receipt_at")))
    later = Exists(last.filter(at__gt=OuterRef("receipt_at") + _AHEAD))
    untold = found.filter(since | later, receipt_at__isnull=False, told_head=None, head_agrees=None)
    return list(untold.order_by("pk").values_list("uid", flat=True)[: max(most, 0)])
