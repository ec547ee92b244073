"""A code at a machine: its second half where two hold it, and the words of those who ask for one."""

from datetime import datetime
from typing import Final

from django.contrib.auth.hashers import make_password

from privyseal.device.codes import halves
from privyseal.devices.actions.opening import SWEEP, allow
from privyseal.devices.closing import close_use
from privyseal.devices.granted import about, locked_machine_use, whole_use
from privyseal.devices.models import CodeWords, MachineUse
from privyseal.devices.queries import ties_to
from privyseal.devices.rules import CodeWordsAlike, DeviceAct, check_may
from privyseal.identity.models import Person
from privyseal.kernel.errors import DutiesNotSeparate, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.signer.client import Client

SHORTEST_WORD: Final = 4
_AT_ONCE: Final = 100


def second_half(actor: Person, at: datetime, *, use_uid: str, signer: Client) -> str:
    """Return the last ten digits of a code that two hold to who keeps seals there and does not stamp, or refuse."""
    tell_half(actor, at, use_uid=use_uid)
    return halves(allow(actor, at, use=whole_use(use_uid), signer=signer))[1]


@command("machine.tell-half")
def tell_half(actor: Person, at: datetime, *, use_uid: str) -> None:
    """Put on record who is told the second half of a code, or refuse."""
    use = locked_machine_use(use_uid)
    check_may(DeviceAct.HALF, ties_to(actor, at, use.device), use.device.state)
    if use.turn.use.operator_id == actor.pk:
        raise DutiesNotSeparate(part="keeper", already="operator")
    if not use.is_dual or use.ticket or use.refused or use.closed_at or use.allowed_at is None or at >= use.closes_at:
        raise OutOfTurn(machine_use=use_uid)
    book.record("machine.half-told", by=actor, at=at, **about(use))


@command("machine.set-words")
def set_words(actor: Person, at: datetime, *, password: tuple[str, str]) -> None:
    """Keep the digests of somebody's two words for codes, the usual one and that of who is made to; two empty: none."""
    usual, forced = password
    if (usual, forced) == ("", ""):
        CodeWords.objects.filter(person=actor).delete()
    elif usual == forced or min(len(usual), len(forced)) < SHORTEST_WORD:
        raise CodeWordsAlike
    else:
        kept = {"usual": make_password(usual), "forced": make_password(forced), "set_at": at}
        CodeWords.objects.update_or_create(person=actor, defaults=kept)
    book.record("machine.words-set", by=actor, at=at)


def end_forced(at: datetime) -> int:
    """End the uses whose code stamps nothing, once its time is over: all goes back; return how many."""
    over = MachineUse.objects.filter(is_forced=True, closed_at=None, allowed_at__isnull=False, closes_at__lte=at)
    found = list(over.order_by("pk").values_list("uid", flat=True)[:_AT_ONCE])
    for uid in found:
        close_forced(SWEEP, at, use_uid=uid)
    return len(found)


@command("machine.end-forced")
def close_forced(actor: Actor, at: datetime, *, use_uid: str) -> None:
    """Give back what a code that stamps nothing was for; a second time changes nothing."""
    use = locked_machine_use(use_uid)
    if use.closed_at is not None:
        return
    use.receipt_used = 0
    use.save(update_fields=["receipt_used"])
    book.record("machine.forced-over", by=actor, at=at, **about(use))
    close_use(actor, at, use, reason="over")
