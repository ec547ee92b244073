"""What the words of the promises about answers mean, written by hand."""

from typing import Final

import z3  # type: ignore[import-untyped]  # the library ships no types

from privyseal.approvals.rules import Part
from privyseal.seals.rules import SealType
from privyseal.seals.rules.standing import DocumentClass
from privyseal.signer.statement import Purpose
from tests.proved.answers_steps import TYPE, purpose, type_of
from tests.proved.world import PURPOSE

BUSY: Final = (Part.APPLICANT, Part.OPERATOR, Part.WITNESS, Part.PERSON)
NAMES: Final = (SealType.LEGAL_REPRESENTATIVE, SealType.PERSONAL)
ROUTINE: Final = (
    DocumentClass.EMPLOYMENT_CERTIFICATE,
    DocumentClass.INVOICE,
    DocumentClass.BANK_SLIP,
    DocumentClass.DELIVERY_NOTE,
    DocumentClass.RECONCILIATION_LETTER,
)
QUARTER_DAYS: Final = 92
FIRST: Final = (Purpose.USE, Purpose.STANDING)
MORE: Final = (Purpose.TOP_UP, Purpose.PROLONG)


def bears_a_name(seal: z3.ExprRef) -> z3.BoolRef:
    return z3.Or(*(type_of(seal) == TYPE[one] for one in NAMES))


def is_for(application: z3.ExprRef, *purposes: Purpose) -> z3.BoolRef:
    return z3.Or(*(purpose(application) == PURPOSE[one] for one in purposes))
