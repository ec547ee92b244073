"""A use under a standing permit: is it one that approvers said yes to beforehand? Pure."""

from datetime import datetime, timedelta
from typing import Final

from privyseal.signer import membership
from privyseal.signer.membership import Belonging
from privyseal.signer.protocol import SignerRefused
from privyseal.signer.requests import Seal
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


def check_standing(statement: Statement, request: Seal, *, until: datetime, web_key: bytes) -> Standing | None:
    """Return what stands instead of a document, nothing where each document is named, or refuse.

    (1) the class is a routine, for a quarter at most, prolonged or not; (2) the operator holds it, or belongs to
    the unit that does, by a word for this very use; and does not review.
    """
    standing = statement.standing
    if standing is None:
        return None
    # (1) a routine, for a quarter at most
    if standing.document_class not in ROUTINE or until - statement.starts_at > LONGEST:
        raise StandingTooWide(application=statement.application)
    # (2) a holder, who does not review
    operator, is_of_unit = request.operator, bool(standing.unit)
    if operator == standing.reviewer or (operator not in standing.holders and not is_of_unit):
        raise NotAStandingHolder(application=statement.application)
    if is_of_unit:
        membership.check(_belonging(statement, standing, request), request.member, web_key=web_key)
    return standing


def _belonging(statement: Statement, standing: Standing, request: Seal) -> Belonging:
    return Belonging(
        operator=request.operator,
        unit=standing.unit,
        application=statement.application,
        intent=request.intent,
        document_sha256=request.document_sha256,
    )
