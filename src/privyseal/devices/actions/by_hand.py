"""A seal that a machine stamps with comes into nobody's hand: it is used there, or taken out by two first."""

from datetime import datetime

from privyseal.custody import actions as custody
from privyseal.custody.models import HandUse
from privyseal.custody.rules import Hand
from privyseal.devices.mounted import stamping_machines
from privyseal.devices.rules import check_by_hand
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals import permits
from privyseal.seals.models import Permit


@command("hand.ask")
def begin_by_hand(actor: Person, at: datetime, *, permit_uid: str) -> str:
    """Ask keeper and supervisor for a seal that no machine stamps with; return the use's uid."""
    seal_id = Permit.objects.filter(uid=permit_uid).values_list("seal", flat=True).first()
    if seal_id is None:
        raise NotFound(permit=permit_uid)
    _check_in_none(seal_id)
    return custody.begin_use.within(actor, at, permit_uid=permit_uid)


@command("hand.stand-by")
def confirm_by_hand(actor: Person, at: datetime, *, use_uid: str, hand: Hand, done_at: datetime | None = None) -> str:
    """Give one's word as keeper or supervisor for a seal that no machine stamps with."""
    seal_id = HandUse.objects.filter(uid=use_uid).values_list("seal", flat=True).first()
    if seal_id is None:
        raise NotFound(hand_use=use_uid)
    _check_in_none(seal_id)
    return custody.confirm_use.within(actor, at, use_uid=use_uid, hand=hand, done_at=done_at)


@transaction_required
def _check_in_none(seal_id: int) -> None:
    """Return if no machine stamps with the seal, which goes into none until the transaction ends, or refuse."""
    permits.share_lock([seal_id])
    check_by_hand(machine.kind for machine in stamping_machines(seal_id))
