"""More copies of what a rubber seal may be stamped on, while its permit runs."""

from collections.abc import Iterator, Mapping, Sequence

from privyseal.approvals.models import Line
from privyseal.approvals.rules.additions import NothingToAdd, check_copies
from privyseal.approvals.wishes import MOST_COPIES
from privyseal.custody.rules.blanks import blanks_by, check_blanks
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.models import Permit, UseEntry


@transaction_required
def with_more(lines: Sequence[Line], copies: Mapping[int, int]) -> list[Line]:
    """Return the lines, by position, that so many more copies are asked of, each with that many; or refuse."""
    if set(copies) - {line.position for line in lines} or not any(copies.values()):
        raise NothingToAdd
    asked = list(_asked(lines, copies))
    for line in asked:
        check_copies(line.copies, most=MOST_COPIES)
    return asked


@transaction_required
def more_by_document(permit: Permit, own: Sequence[Line]) -> dict[str, int]:
    """Return by document how many impressions more these lines are, or refuse.

    What is in the register already is not stamped again by the same permit, and blanks never go beyond what their
    category allows in all.
    """
    if UseEntry.objects.filter(line__permit=permit).exists():
        raise NothingToAdd(permit=permit.uid)
    more = {line.document_sha256: line.copies * line.impressions for line in own}
    blanks = blanks_by(permit.terms)
    if blanks is not None:
        check_blanks(impressions=permit.impressions + sum(more.values()), most=blanks.most)
    allowed = dict(permit.lines.order_by().values_list("document_sha256", "impressions"))
    for line in own:
        check_copies((allowed[line.document_sha256] + more[line.document_sha256]) // line.impressions, most=MOST_COPIES)
    return more


def _asked(lines: Sequence[Line], copies: Mapping[int, int]) -> Iterator[Line]:
    for line in lines:
        if more := copies.get(line.position, 0):
            line.copies = more
            yield line
