"""A use with everything around it, locked in the order seal, permit, use, turn; and what every fact about it says."""

from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet

from privyseal.custody.models import HandUse, TakeOut, Turn
from privyseal.custody.rules import MAKERS_WORD, Hand, KeeperChanged, SupervisorGone
from privyseal.custody.rules.takeout import Stage
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import NotFound
from privyseal.ledger.rewording import asked_with
from privyseal.ledger.transactions import transaction_required
from privyseal.seals import permits
from privyseal.seals.actions.moving import locked_seal
from privyseal.seals.models import Custody, Permit, PermitPart, Seal
from privyseal.seals.places import place_of
from privyseal.seals.rules.incidents import Tie

# Given out and not taken back: whoever is to bear it may already miss it.
ON_THE_WAY: Final = (Stage.GIVEN.value, Stage.OUT.value, Stage.BROUGHT.value)
_OF: Final = ("self",)
_WHOLE: Final = ("permit__seal__company", "operator", "keeper", "supervisor")


@transaction_required
def locked_use(use_uid: str) -> HandUse:
    """Return the use, whose permit's row and its own are ours until the transaction ends, or refuse.

    Its seal is shared before: whoever reports it lost waits for us, or we for them, and neither for the other.
    """
    found = HandUse.objects.filter(uid=use_uid).first()
    if found is None:
        raise NotFound(hand_use=use_uid)
    permits.share_lock([found.seal_id])
    Permit.objects.select_for_update(of=_OF).get(pk=found.permit_id)
    return HandUse.objects.select_for_update(of=_OF).select_related(*_WHOLE).get(pk=found.pk)


@transaction_required
def locked_turn(turn_uid: str) -> Turn:
    """Return the turn with its use, both ours until the transaction ends, or refuse."""
    found = Turn.objects.select_related("use").filter(uid=turn_uid).first()
    if found is None:
        raise NotFound(turn=turn_uid)
    use = locked_use(found.use.uid)
    turn = Turn.objects.select_for_update(of=_OF).select_related("line").get(pk=found.pk)
    turn.use = use
    return turn


@transaction_required
def locked_take_out(uid: str) -> TakeOut:
    """Return the take-out, locked after its seal and permit, or refuse."""
    found = TakeOut.objects.select_related("seal").filter(uid=uid).first()
    if found is None:
        raise NotFound(take_out=uid)
    seal = locked_seal(found.seal.uid)
    permit = Permit.objects.select_for_update(of=("self",)).get(pk=found.permit_id)
    one = TakeOut.objects.select_for_update(of=("self",)).select_related("bearer", "companion").get(pk=found.pk)
    permit.seal = seal
    one.seal, one.permit = seal, permit
    return one


def hands_of(permit: Permit) -> dict[Hand, frozenset[int]]:
    """Return who applied for a use, approved it, makes it and watches it, as the permit names them."""
    parts = list(permit.parts.order_by("person_id").values_list("part", "person_id"))
    named = {
        Hand.APPROVER: PermitPart.Part.APPROVER,
        Hand.OPERATOR: PermitPart.Part.HOLDER,
        Hand.SUPERVISOR: PermitPart.Part.WITNESS,
    }
    hands = {hand: frozenset(person for part, person in parts if part == of) for hand, of in named.items()}
    applicant = frozenset({permit.applicant_id} if permit.applicant_id is not None else ())
    return {**hands, Hand.APPLICANT: applicant}


def said_by(use: HandUse, person: Person) -> frozenset[Hand]:
    """Return what somebody is to a use that was confirmed."""
    is_hand = {
        Hand.OPERATOR: use.operator_id,
        Hand.KEEPER: use.keeper_id,
        Hand.SUPERVISOR: use.supervisor_id,
    }
    return frozenset(hand for hand, key in is_hand.items() if key == person.pk)


def keeper_now(seal: Seal) -> int | None:
    return Custody.objects.filter(seal=seal, until=None).values_list("keeper_id", flat=True).first()


def ties_to(seal: Seal, person: Person) -> frozenset[Tie]:
    """Return how somebody has the seal in hand now: as its keeper, on the way with it, or for a use."""
    (has_it,) = asked_with(_has_it, seal.pk, person.pk)
    return frozenset(tie for tie, has in zip(_TIES, has_it, strict=True) if has)


_TIES: Final = (Tie.KEEPER, Tie.BEARER, Tie.COMPANION, Tie.OPERATOR)


def _has_it(seal: int, person: int) -> QuerySet[Seal, tuple[bool, ...]]:
    """Return one row that says of each tie whether there is one."""
    kept = Custody.objects.filter(seal=OuterRef("pk"), keeper=person, until=None)
    away = TakeOut.objects.filter(seal=OuterRef("pk"), stage__in=ON_THE_WAY)
    out = HandUse.objects.filter(seal=OuterRef("pk"), keeper_at__isnull=False, returned_at=None)
    asked = (kept, away.filter(bearer=person), away.filter(companion=person), out.filter(operator=person))
    return Seal.objects.filter(pk=seal).order_by().values_list(*(Exists(one) for one in asked))


def gave_out_under(application_uid: str) -> frozenset[int]:
    """Return who has given a seal out for what an application was approved for."""
    uses = HandUse.objects.filter(permit__application_uid=application_uid)
    taken = TakeOut.objects.filter(permit__application_uid=application_uid)
    gave = [*(use.keeper_id for use in uses.order_by("pk")), *(one.given_by_id for one in taken.order_by("pk"))]
    return frozenset(key for key in gave if key is not None)


@transaction_required
def check_still_there(use: HandUse, at: datetime) -> None:
    """Return if keeper and supervisor are still who they were when they confirmed, or refuse."""
    keeper, supervisor, seal = use.keeper, use.supervisor, use.permit.seal
    may_keep = identity.people_with(Power.CUSTODY, place_of(seal), at, among=frozenset({keeper.pk} if keeper else ()))
    if keeper is None or keeper_now(seal) != keeper.pk or keeper.pk not in may_keep:
        raise KeeperChanged(seal=seal.uid)
    if supervisor is None or not supervisor.is_active or not identity.powers_of(supervisor, at).takes_part:
        raise SupervisorGone(hand_use=use.uid)


def about(use: HandUse) -> dict[str, Json]:
    """Return what every fact about a use says, first of all how the seal was put on, and where that is worth less."""
    return {
        **({"assurance": MAKERS_WORD} if use.is_through_cloud else {}),
        "hand_use": use.uid,
        "how": use.how,
        "permit": use.permit.uid,
        "seal": use.permit.seal.uid,
        "application": use.permit.application_uid,
        "operator": use.operator.pseudonym,
    }
