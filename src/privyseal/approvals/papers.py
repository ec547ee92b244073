"""What the papers that are to be sealed say, as their applicant states it, and what lies beside them."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from privyseal.approvals.rules.attachments import MOST_ATTACHED, Kind, TooManyAttached
from privyseal.custody.rules.takeout import Fence
from privyseal.identity.models import Company, Person
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import NotFound, Refused
from privyseal.sealing import queries as sealing

MOST_MONEY: Final = Decimal(10**13)
LONGEST_COUNTERPARTY: Final = 200
LONGEST_PLACE: Final = 100
LONGEST_NUMBER: Final = 64
MOST_EXEMPLARS: Final = 999


class AmountNotPossible(Refused):
    code = "amount-not-possible"


@dataclass(frozen=True, slots=True)
class Attached:
    """A document, taken in like one that is to be sealed, which approvers are to read beside it."""

    kind: Kind
    sha256: str


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a document is filed by: its own number, how many originals and duplicates; zero where nobody said so."""

    number: str = ""
    originals: int = 0
    duplicates: int = 0

    def __post_init__(self) -> None:
        if len(self.number) > LONGEST_NUMBER:
            raise ValueError("the number of the document is too long")
        if not (0 <= self.originals <= MOST_EXEMPLARS and 0 <= self.duplicates <= MOST_EXEMPLARS):
            raise ValueError("so many copies of a document are not sealed")

    def to_json(self) -> dict[str, Json]:
        said: dict[str, Json] = {"number": self.number, "originals": self.originals, "duplicates": self.duplicates}
        return {name: value for name, value in said.items() if value}

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None, document_sha256: str) -> "Particulars":
        """Return what an application, which keeps it in this form, says of one of its documents."""
        said = (kept or {}).get(document_sha256, {})
        return cls(said.get("number", ""), said.get("originals", 0), said.get("duplicates", 0))


@dataclass(frozen=True, slots=True)
class Papers:
    """With whom they are, for how much in the company's money, to two places, None where nobody stated it.

    ``acknowledged`` is the digest of the remarks on the documents that the applicant has read.
    ``checker_pseudonym`` is who compares copies with their originals.
    ``supervisor_pseudonym`` is who watches while a rubber seal is put on paper.
    ``off_site`` is the place where the sealing happens, empty in the company's own rooms.
    ``fence`` is how far around a point of it a rubber seal may be.
    ``entered`` is what is said of the fields of the category, by their numbers.
    ``particulars`` is what is said of each document, by its digest.
    """

    amount: Decimal | None = None
    counterparty: str = ""
    attached: tuple[Attached, ...] = ()
    category_uid: str = ""
    off_site: str = ""
    acknowledged: str = ""
    checker_pseudonym: str = ""
    entered: Mapping[str, str] = field(default_factory=dict)
    particulars: Mapping[str, Particulars] = field(default_factory=dict)
    supervisor_pseudonym: str = ""
    fence: Fence | None = None

    def __post_init__(self) -> None:
        if self.amount is not None and (not 0 <= self.amount < MOST_MONEY or self.amount != round(self.amount, 2)):
            raise AmountNotPossible
        if len(self.counterparty) > LONGEST_COUNTERPARTY:
            raise ValueError("the name of the counterparty is too long")
        if len(self.off_site) > LONGEST_PLACE:
            raise ValueError("the place is too long")


def check_particulars(digests: AbstractSet[str], said: Mapping[str, Particulars]) -> None:
    """Return if something is said of these documents alone, or refuse."""
    if unknown := said.keys() - digests:
        raise NotFound(document=min(unknown))


def kept_particulars(said: Mapping[str, Particulars]) -> dict[str, Json] | None:
    """Return what is said of documents in the form in which it is kept; None where nobody said anything."""
    kept: dict[str, Json] = {digest: one.to_json() for digest, one in said.items() if one != Particulars()}
    return kept or None


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
