"""After a restore nothing leaves by itself that may have left since the copy: it is unclear, and can be sent again."""

from datetime import UTC, datetime, timedelta
from typing import Final

from privyseal.kernel.errors import Refused
from privyseal.ledger.transactions import transaction_required
from privyseal.notification.models import Address, Delivery, Position
from privyseal.notification.rules import DeliveryState

_MARK: Final = "restored"
_BEGINNING: Final = datetime.fromtimestamp(0, UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class MayHaveLeft(Refused):
    """A backup was restored since: it may have arrived before that, or not."""

    code = "may-have-left"


@transaction_required
def hold_back(at: datetime) -> int:
    """Stop what a backup knows as on its way and as due before now; return how many. Codes are asked for anew.

    What comes to be told later of a time before this is told on the page, and stopped like these.
    """
    Position.objects.update_or_create(pk=_MARK, defaults={"next_index": (at - _BEGINNING) // _MICROSECOND})
    Address.objects.filter(code_due_at__lte=at).update(code_due_at=None, trouble=MayHaveLeft.code)
    open_ = Delivery.objects.filter(
        state__in=(DeliveryState.WAITING.value, DeliveryState.SENDING.value), due_at__lte=at
    )
    return open_.update(state=DeliveryState.UNCLEAR.value, claimed_at=None, ended_at=at, trouble=MayHaveLeft.code)


def restored_at() -> datetime:
    """Return when this installation was restored last: what was to be told before then may have been told."""
    mark = Position.objects.filter(pk=_MARK).values_list("next_index", flat=True).first()
    return _BEGINNING + (mark or 0) * _MICROSECOND
