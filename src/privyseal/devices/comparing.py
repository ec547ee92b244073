"""Receipts of codes that were read, held against the events that came since."""

from collections.abc import Iterator
from typing import TypeVar

from django.db.models import QuerySet

from privyseal.devices.models import CabinetOpening, MachineUse
from privyseal.kernel.errors import Refused
from privyseal.signer.client import Client
from privyseal.signer.protocol import SignerUnavailable

Coded = TypeVar("Coded", MachineUse, CabinetOpening)


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
