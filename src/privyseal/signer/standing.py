"""A use under a standing permit: is it one that approvers said yes to beforehand? Pure."""

from datetime import datetime, timedelta
from typing import Final

from privyseal.signer.protocol import SignerRefused
from privyseal.signer.statement import Statement
from privyseal.signer.terms import Standing

# Papers of no other class are sealed without an application each, whatever anybody approved.
ROUTINE: Final = frozenset({"employment-certificate", "invoice", "bank-slip", "delivery-note", "reconciliation-letter"})
LONGEST: Final = timedelta(days=92)
DAY: Final = timedelta(hours=24)


class StandingTooWide(SignerRefused):
    """The class is no routine, or the permit lasts longer than a quarter."""

    code = "standing-too-wide"


class NotAStandingHolder(SignerRefused):
    """Whoever presses is not among the holders, or is the one who reviews."""

    code = "not-a-standing-holder"


def check_standing(statement: Statement, *, operator: str, until: datetime) -> Standing | None:
    """Return what stands instead of a document, nothing where each document is named, or refuse.

    (1) the class is a routine, for a quarter at most, prolonged or not; (2) the operator holds it and does not review.
    """
    standing = statement.standing
    if standing is None:
        return None
    # (1) a routine, for a quarter at most
    if standing.document_class not in ROUTINE or until - statement.starts_at > LONGEST:
        raise StandingTooWide(application=statement.application)
    # (2) a holder, who does not review
    if operator not in standing.holders or operator == standing.reviewer:
        raise NotAStandingHolder(application=statement.application)
    return standing
