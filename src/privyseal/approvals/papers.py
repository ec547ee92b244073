"""What the papers that are to be sealed say, as their applicant states it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from privyseal.kernel.errors import Refused

MOST_MONEY: Final = Decimal(10**13)
LONGEST_COUNTERPARTY: Final = 200


class AmountNotPossible(Refused):
    code = "amount-not-possible"


@dataclass(frozen=True, slots=True)
class Papers:
    """With whom they are, and for how much in the company's money, to two places; None where nobody stated it."""

    amount: Decimal | None = None
    counterparty: str = ""

    def __post_init__(self) -> None:
        if self.amount is not None and (not 0 <= self.amount < MOST_MONEY or self.amount != round(self.amount, 2)):
            raise AmountNotPossible
        if len(self.counterparty) > LONGEST_COUNTERPARTY:
            raise ValueError("the name of the counterparty is too long")
