"""Seals that bear an earlier name of their company: what was made before the renaming, and not made anew since."""

from datetime import date, datetime
from typing import Final

from django.db.models import F, Q
from django.utils.timezone import localdate

from privyseal.seals.models import Seal, SealVersion
from privyseal.seals.rules import check_name

FORMER: Final = Q(versions__voided_at=None, versions__made_at__lt=F("company__renamed_at"))


def old_until_of(seal: Seal) -> date | None:
    """Return the last day of a seal that bears an earlier name; nothing where it bears the present one."""
    made_before = SealVersion.objects.filter(seal=seal, voided_at=None, made_at__lt=F("seal__company__renamed_at"))
    return made_before.order_by("pk").values_list("seal__company__old_seals_until", flat=True).first()


def check_bears_its_name(seal: Seal, at: datetime) -> None:
    """Return if the seal's name may be used today, or refuse."""
    check_name(old_until=old_until_of(seal), on=localdate(at))
