"""How a seal's state changes: by a row of the table, under its lock, with its fact."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from privyseal.kernel.errors import NotFound, Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.models import Custody, Permit, Seal, SealVersion
from privyseal.seals.rules import FINAL, Act, Leave, Move, SealKind, SealState, check_period, plan
from privyseal.signer.statement import USES, Approved, Purpose, parse_approved


class PredecessorInForce(Refused):
    """The seal in whose place this one comes is neither destroyed nor void yet."""

    code = "predecessor-in-force"


class KeeperMissing(Refused):
    """A physical seal in force has a keeper."""

    code = "keeper-missing"


@transaction_required
def locked_seal(seal_uid: str) -> Seal:
    """Return the seal, which nobody else uses or changes until the transaction ends, or refuse."""
    seal = Seal.objects.select_for_update(of=("self",)).select_related("company").filter(uid=seal_uid).first()
    if seal is None:
        raise NotFound(seal=seal_uid)
    return seal


@transaction_required
def locked_act(permit_uid: str) -> tuple[Seal, Permit]:
    """Return a permit of an act on the seal itself and that seal, locked in the one order, or refuse."""
    found = Permit.objects.select_related("seal").filter(uid=permit_uid).first()
    if found is None or Purpose(found.purpose) in USES:
        raise NotFound(permit=permit_uid)
    seal = locked_seal(found.seal.uid)
    return seal, Permit.objects.select_for_update().get(pk=found.pk)


@transaction_required
def move(actor: Actor, at: datetime, *, seal: Seal, act: Act, leave: Leave, **facts: Any) -> Move:  # noqa: ANN401  fact values
    """Move the seal as the table allows and record it, or refuse."""
    planned = plan(SealState(seal.state), act, leave=leave, kind=SealKind(seal.kind))
    if planned.end is SealState.ACTIVE and planned.start is not SealState.ACTIVE:
        check_may_enter_into_force(seal, at)
    settle(actor, at, seal=seal, end=planned.end, act=act, **facts)
    return planned


@transaction_required
def settle(actor: Actor, at: datetime, *, seal: Seal, end: SealState, act: Act, **facts: Any) -> None:  # noqa: ANN401  fact values
    """Write the state that an act has ended in, and record it; a seal that ends gives up keeper and version."""
    seal.state = end.value
    seal.save(update_fields=["state"])
    if end in FINAL:
        Custody.objects.filter(seal=seal, until=None).update(until=at)
        SealVersion.objects.filter(seal=seal, voided_at=None).update(voided_at=at)
    book.record(f"seal.{end.value}", by=actor, at=at, seal=seal.uid, act=act.value, state=end.value, **facts)


def check_may_enter_into_force(seal: Seal, at: datetime) -> None:
    """Return if nothing but the act itself stands between the seal and its use, or refuse."""
    if seal.replaces is not None and SealState(seal.replaces.state) not in FINAL:
        raise PredecessorInForce(seal=seal.replaces.uid)
    if seal.ends_on is not None:
        check_period(localdate(at), seal.ends_on)
    if seal.kind == SealKind.PHYSICAL.value and not Custody.objects.filter(seal=seal, until=None).exists():
        raise KeeperMissing(seal=seal.uid)


def last_day_of(terms: Mapping[str, Any]) -> date | None:
    """Return the last day that the terms of an extension name."""
    return date.fromisoformat(terms["ends_on"]) if "ends_on" in terms else None


def evidence_of(permit: Permit) -> tuple[Approved, ...]:
    """Return the approved statements with the assertions given on them, as the signer takes them."""
    return parse_approved(permit.evidence)


def about(permit: Permit) -> dict[str, str]:
    return {"permit": permit.uid, "application": permit.application_uid}
