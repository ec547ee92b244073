"""Copies that are sealed as checked against their originals: somebody else holds one against the other first."""

from collections.abc import Iterable, Sequence

from privyseal.approvals.models import Application, CopyCheck, Line
from privyseal.approvals.rules import Manner
from privyseal.identity.models import Person
from privyseal.kernel.errors import Refused
from privyseal.ledger.transactions import transaction_required
from privyseal.sealing.models import Document, DocumentShown


class CheckerMissing(Refused):
    """A copy is to be sealed as checked against its original, and one person is not named who compares them."""

    code = "checker-missing"


class CopyNotCompared(Refused):
    """Nobody has said yet that the copy agrees with its original."""

    code = "copy-not-compared"


class LinesNotCompared(Refused):
    """Each line that is sealed as a copy is compared, and some are not said to be."""

    code = "lines-not-compared"


def copies_among(lines: Iterable[Line]) -> list[Line]:
    """Return the lines that are sealed as checked against their originals."""
    return [line for line in lines if line.manner == Manner.TRUE_COPY.value]


@transaction_required
def ask_to_compare(application: Application, lines: Sequence[Line], checkers: Sequence[Person]) -> None:
    """Name who compares the copies of a use with their originals, and show them the copies; or refuse."""
    copies = {line.document_sha256 for line in copies_among(lines)}
    if len(checkers) != (1 if copies else 0):
        raise CheckerMissing(named=len(checkers))
    for checker in checkers:
        CopyCheck.objects.create(application=application, person=checker)
        shown = [DocumentShown(document=one, person=checker) for one in Document.objects.filter(sha256__in=copies)]
        DocumentShown.objects.bulk_create(shown, ignore_conflicts=True)


@transaction_required
def check_compared(application: Application, lines: Sequence[Line]) -> None:
    """Return if no copy waits for its original, or refuse; what is added to was compared before."""
    if (
        copies_among(lines)
        and application.adds_to_id is None
        and not CopyCheck.objects.filter(application=application, compared_at__isnull=False).exists()
    ):
        raise CopyNotCompared(application=application.uid)
