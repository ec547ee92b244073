"""A use of a category that allows numbered blanks takes more people than another."""

from collections.abc import Sequence
from datetime import datetime

from privyseal.approvals.models import Application, Line, SeatAsked
from privyseal.approvals.stages import stages_of
from privyseal.approvals.wishes import is_by_hand
from privyseal.custody.rules.blanks import BLANKS, check_blanks, check_two
from privyseal.kernel.canonical import Json
from privyseal.ledger.transactions import transaction_required


@transaction_required
def check_exception(application: Application, at: datetime, lines: Sequence[Line], asked: Sequence[SeatAsked]) -> None:
    """Return if as many are asked for blanks as the category allows, and two people at least decide, or refuse."""
    category = application.category.category if application.category else None
    if category is None or category.blanks is None or not is_by_hand(lines):
        return
    check_blanks(impressions=sum(line.copies * line.impressions for line in lines), most=category.blanks)
    check_two(say_yes=sum(seat.slots for stage in stages_of(application, at, asked=asked) for seat in stage))


def terms_of_blanks(application: Application) -> dict[str, Json]:
    """Return what the permit of a use by hand says of blanks; nothing where its category allows none."""
    category = application.category.category if application.category else None
    if category is None or category.blanks is None or category.blank_class is None:
        return {}
    return {BLANKS: {"most": category.blanks, "days": category.blank_days, "class": category.blank_class.value}}
