"""What people add to a seal's row in its register; the row itself changes by what is done to the seal alone."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.seals import queries
from privyseal.seals.models import Custody, SealRemark
from privyseal.seals.places import place_of

MOST_REMARKS: Final = 100
"""So many of one person beside one row within a year: whoever reads the register reads them all."""

_YEAR: Final = timedelta(days=365)


class RemarkMissing(Refused):
    code = "remark-missing"


class TooManyRemarks(Refused):
    code = "too-many-remarks"


def check_remarks(own: QuerySet[Any], at: datetime) -> None:
    """Return where one more of these may be written, or refuse."""
    if own.filter(at__gt=at - _YEAR).count() >= MOST_REMARKS:
        raise TooManyRemarks(most=MOST_REMARKS)


@command("seal.remark")
def remark_on_seal(actor: Person, at: datetime, *, seal_uid: str, text: str, is_correction: bool) -> int:
    """Add a remark beside a seal, or what is right where its row is wrong: its keeper or manager; return its id."""
    seal = queries.seal_visible_to(actor, at, seal_uid)
    identity.require_part(actor, at)
    if not Custody.objects.filter(seal=seal, keeper=actor, until=None).exists():
        identity.require(actor, at, Power.MANAGE, place_of(seal))
    said = text.strip()
    if not said:
        raise RemarkMissing
    check_remarks(SealRemark.objects.filter(seal=seal, author=actor), at)
    made = SealRemark.objects.create(seal=seal, author=actor, at=at, text=said, is_correction=is_correction)
    book.record(
        "seal.remarked",
        by=actor,
        at=at,
        seal=seal.uid,
        company=seal.company.uid,
        is_correction=is_correction,
        text_sha256=sha256(said.encode()),
    )
    return made.pk
