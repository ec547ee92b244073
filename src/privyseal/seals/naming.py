"""Seals that bear an earlier name of their company: what was made before the renaming, and not made anew since."""

from datetime import date, datetime
from typing import Final

from django.db import connection
from django.db.models import F, Q
from django.utils.timezone import localdate

from privyseal.seals.models import Seal
from privyseal.seals.rules import check_name

_OLD_UNTIL: Final = """
    SELECT company.old_seals_until FROM seal_version version
        JOIN seal ON seal.id = version.seal_id JOIN company ON company.id = seal.company_id
    WHERE version.seal_id = %s AND version.voided_at IS NULL AND version.made_at < company.renamed_at
    ORDER BY version.id LIMIT 1
"""
FORMER: Final = Q(versions__voided_at=None, versions__made_at__lt=F("company__renamed_at"))


def old_until_of(seal: Seal) -> date | None:
    """Return the last day of a seal that bears an earlier name; nothing where it bears the present one."""
    with connection.cursor() as cursor:
        cursor.execute(_OLD_UNTIL, [seal.pk])
        row = cursor.fetchone()
    return row[0] if row else None


def check_bears_its_name(seal: Seal, at: datetime) -> None:
    """Return if the seal's name may be used today, or refuse."""
    check_name(old_until=old_until_of(seal), on=localdate(at))
