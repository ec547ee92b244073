"""What the papers that are to be sealed say, as their applicant states it, and what lies beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from privyseal.approvals.rules.attachments import MOST_ATTACHED, Kind, TooManyAttached
from privyseal.identity.models import Company, Person
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import NotFound, Refused
from privyseal.sealing import queries as sealing

MOST_MONEY: Final = Decimal(10**13)
LONGEST_COUNTERPARTY: Final = 200
LONGEST_PLACE: Final = 100


class AmountNotPossible(Refused):
    code = "amount-not-possible"


@dataclass(frozen=True, slots=True)
class Attached:
    """A document, taken in like one that is to be sealed, which approvers are to read beside it."""

    kind: Kind
    sha256: str


@dataclass(frozen=True, slots=True)
class Papers:
    """With whom they are, for how much in the company's money, to two places, None where nobody stated it.

    ``acknowledged`` is the digest of the remarks on the documents that the applicant has read.
    ``checker_pseudonym`` is who compares copies with their originals.
    ``off_site`` is the place where the sealing happens, empty in the company's own rooms.
    ``entered`` is what is said of the fields of the category, by their numbers.
    """

    amount: Decimal | None = None
    counterparty: str = ""
    attached: tuple[Attached, ...] = ()
    category_uid: str = ""
    off_site: str = ""
    acknowledged: str = ""
    checker_pseudonym: str = ""
    entered: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.amount is not None and (not 0 <= self.amount < MOST_MONEY or self.amount != round(self.amount, 2)):
            raise AmountNotPossible
        if len(self.counterparty) > LONGEST_COUNTERPARTY:
            raise ValueError("the name of the counterparty is too long")
        if len(self.off_site) > LONGEST_PLACE:
            raise ValueError("the place is too long")


def attachments(actor: Person, at: datetime, company: Company, wished: Sequence[Attached]) -> list[Json]:
    """Return the papers in the form in which they are kept, each once, or refuse what the applicant cannot show."""
    once = list(dict.fromkeys(wished))
    if len(once) > MOST_ATTACHED:
        raise TooManyAttached(attached=len(once), most=MOST_ATTACHED)
    brought = sealing.visible_to(actor, at).filter(company=company, sha256__in=[one.sha256 for one in once])
    names = {document.sha256: document.name for document in brought}
    for one in once:
        if one.sha256 not in names:
            raise NotFound(document=one.sha256)
    return [{"kind": one.kind.value, "name": names[one.sha256], "sha256": one.sha256} for one in once]
