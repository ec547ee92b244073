"""Who may keep a physical seal: asked whenever somebody is to become its keeper."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from privyseal.identity import keys
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Office, Power, check_act
from privyseal.kernel.errors import Refused
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.models import Custody, KeeperSet, Seal
from privyseal.seals.places import places_of
from privyseal.seals.rules import SealType, check_keeper


@transaction_required
def check_may_keep(person: Person, at: datetime, *, seal: Seal) -> None:
    """Return if the person may become the keeper of this seal now, or refuse."""
    check_may_keep_each([(person, seal)], at)


@transaction_required
def check_may_keep_each(wanted: Sequence[tuple[Person, Seal]], at: datetime) -> None:
    """Return if each may become the keeper of the seal, beside what they keep already or get here, or refuse.

    A post that goes with no custody counts before it begins: whoever has it to come would have to hand over at once.
    """
    keepers = {person.pk for person, _ in wanted}
    powers, offices = identity.powers_of_each(keepers, at), identity.offices_to_come(keepers, at)
    keeps = _kept_by(keepers, besides={seal.pk for _, seal in wanted})
    places = places_of([seal for _, seal in wanted])
    in_sets = _in_sets([seal for _, seal in wanted])
    for (person, seal), place in zip(wanted, places, strict=True):
        check_act(Power.CUSTODY, place, held=powers[person.pk])
        mine = keeps[person.pk, seal.company_id]
        check_keeper(
            SealType(seal.type),
            offices=offices[person.pk, seal.company_id],
            keeps=mine,
            barred=[Office(office) for office in seal.own_type.barred] if seal.own_type else (),
            sets=_sets_with_another_of(person, seal) if seal.uid in in_sets else (),
        )
        mine.append(SealType(seal.type))


def reasons_against(wanted: Sequence[tuple[int, int, SealType, Collection[Office]]], at: datetime) -> list[str]:
    """Return for each keeper, company, type and whom it bars besides the code of why not, or nothing.

    Each is looked at beside what the keeper keeps and what comes before it here. Powers and sets are not asked about.
    """
    keepers = {keeper for keeper, _, _, _ in wanted}
    offices, keeps = identity.offices_to_come(keepers, at), _kept_by(keepers, besides=())
    reasons = []
    for keeper, company, kind, barred in wanted:
        mine = keeps[keeper, company]
        try:
            check_keeper(kind, offices=offices[keeper, company], keeps=mine, barred=barred)
        except Refused as refusal:
            reasons.append(refusal.code)
        else:
            reasons.append("")
        mine.append(kind)
    return reasons


def _kept_by(keepers: Collection[int], *, besides: Collection[int | None]) -> dict[tuple[int, int], list[SealType]]:
    """Return of which types somebody keeps seals, by keeper and company."""
    keeps: dict[tuple[int, int], list[SealType]] = defaultdict(list)
    kept = Custody.objects.filter(keys.among("keeper_id", keepers), until=None).order_by("pk")
    for seal, keeper, company, kind in kept.values_list("seal_id", "keeper_id", "seal__company_id", "seal__type"):
        if seal not in besides:
            keeps[keeper, company].append(SealType(kind))
    return keeps


def _in_sets(seals: Sequence[Seal]) -> set[str]:
    """Return which of these seals, by uid, are of a set whose seals do not share a keeper."""
    sets = KeeperSet.objects.filter(ended_at=None, seals__uid__in=[seal.uid for seal in seals])
    return set(sets.order_by().values_list("seals__uid", flat=True))


def _sets_with_another_of(person: Person, seal: Seal) -> list[str]:
    """Return the sets of this seal of which the person keeps another one."""
    kept = Custody.objects.filter(keeper=person, until=None).exclude(seal=seal).values("seal")
    sets = KeeperSet.objects.filter(ended_at=None, seals=seal).filter(seals__in=kept)
    return list(sets.order_by("pk").values_list("uid", flat=True).distinct())
