"""The register, as far as an actor may see it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, When
from django.utils.timezone import localdate

from privyseal.identity import queries as identity
from privyseal.identity.again import asked_for
from privyseal.identity.initials import begins_like
from privyseal.identity.keys import those_known
from privyseal.identity.models import Company, Person, Renaming
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotFound
from privyseal.ledger.rewording import asked_with
from privyseal.seals.models import CoCustodian, Custody, PermitPart, Seal, SealVersion
from privyseal.seals.naming import FORMER
from privyseal.seals.places import reached_by
from privyseal.seals.rules import FINAL, OUT_OF_HAND, STAMPS_NOTHING, Act, SealKind, SealState, may_alone

_SOON: Final = timedelta(days=30)
_NAMED: Final = (PermitPart.Part.RECEIVER, PermitPart.Part.WITNESS)


@dataclass(frozen=True, slots=True)
class LookedFor:
    """What somebody looks for in a list of seals; what is empty finds all."""

    words: str = ""
    state: str = ""
    type: str = ""
    company_uid: str = ""


def visible_to(actor: Person, at: datetime) -> QuerySet[Seal]:
    """Return the seals that an actor's powers reach, and those they keep or are named for; all for the auditor."""
    powers = identity.powers_of(actor, at)
    return powers.built_once("seals", lambda: _seen_by(actor, powers))


def _seen_by(actor: Person, powers: identity.Powers) -> QuerySet[Seal]:
    seals = Seal.objects.select_related("company", "unit", "own_type").order_by("number", "pk")
    if powers.reads_everything:
        return seals
    kept = Custody.objects.filter(keeper=actor, until=None).values("seal")
    shared = CoCustodian.objects.filter(person=actor, until=None).values("seal")
    named = PermitPart.objects.filter(person=actor, part__in=_NAMED).values("permit__seal")
    kinds = (Power.MANAGE, Power.USE, Power.APPROVE, Power.CUSTODY)
    return seals.filter(reached_by(powers, *kinds) | Q(pk__in=kept) | Q(pk__in=shared) | Q(pk__in=named))


def seals_visible_to(actor: Person, at: datetime) -> QuerySet[Seal]:
    return visible_to(actor, at)


def seals_named(actor: Person, at: datetime, company: Company) -> list[tuple[str, str]]:
    """Return the seals of a company that an actor may see, to choose from: each by uid with its number and name."""
    return [(uid, f"{number} {name}") for uid, number, name in asked_for(_named_of, actor, at, company.pk)]


def _named_of(actor: Person, at: datetime, company: int) -> QuerySet[Seal, tuple[str, str, str]]:
    return visible_to(actor, at).filter(company=company).values_list("uid", "number", "name")


def seals_found(actor: Person, at: datetime, looked_for: LookedFor) -> QuerySet[Seal]:
    """Return the seals that somebody looks for: by words or first letters, in a state, of a type or a company."""
    found = visible_to(actor, at)
    if looked_for.state:
        found = found.filter(state=looked_for.state)
    if looked_for.type:
        found = found.filter(type=looked_for.type)
    if looked_for.company_uid:
        found = found.filter(company__uid=looked_for.company_uid)
    if words := looked_for.words:
        named = Q(name__icontains=words) | Q(number__icontains=words) | Q(company__name__icontains=words)
        if (like := begins_like("name", words)) is not None:
            # Asked apart, each by its index: beside the others it would be asked of every seal.
            named |= Q(pk__in=Seal.objects.filter(like).order_by().values("pk"))
            named |= Q(company__in=Company.objects.filter(like).order_by().values("pk"))
        found = found.filter(named)
    return found


def seal_visible_to(actor: Person, at: datetime, uid: str) -> Seal:
    seal = next(iter(asked_for(_called, actor, at, uid)), None)
    if seal is None:
        raise NotFound(seal=uid)
    identity.powers_of(actor, at).shown.add(seal.uid)
    return seal


def _called(actor: Person, at: datetime, uid: str) -> QuerySet[Seal]:
    return visible_to(actor, at).filter(uid=uid).order_by()


def key_visible_to(actor: Person, at: datetime, seal: Seal) -> int:
    """Return the seal's key if the actor may see it, else one that no seal has.

    It is not asked again where the same request has just shown the seal.
    """
    if seal.uid in identity.powers_of(actor, at).shown:
        return seal.pk
    return next((one.pk for one in asked_for(_called, actor, at, seal.uid)), 0)


def this_one_visible_to(actor: Person, at: datetime, uid: str) -> QuerySet[Seal]:
    """Return the seal if the actor may see it: not asked again where the same request has just shown it."""
    was_shown = uid in identity.powers_of(actor, at).shown
    return (Seal.objects if was_shown else visible_to(actor, at)).filter(uid=uid).order_by()


def seal_to_narrow_to(actor: Person, at: datetime, number: str, *, company_uid: str) -> Seal:
    """Return a living seal of a company by its number, for whoever may know everybody's powers, or refuse."""
    living = Seal.objects.exclude(state__in=FINAL).filter(number=number, company__uid=company_uid)
    seal = living.first() if identity.powers_of(actor, at).knows_everybody else None
    if seal is None:
        raise NotFound(number=number)
    return seal


def usable_seals(actor: Person, at: datetime) -> QuerySet[Seal]:
    """Return the electronic seals in force that an actor may apply to use."""
    powers = identity.powers_of(actor, at)
    in_force = visible_to(actor, at).filter(state=SealState.ACTIVE.value, kind=SealKind.ELECTRONIC.value)
    return in_force.filter(reached_by(powers, Power.USE))


def stamps_usable_by_hand(actor: Person, at: datetime) -> QuerySet[Seal]:
    """Return the rubber seals in force, which somebody keeps, that an actor may apply to use."""
    powers = identity.powers_of(actor, at)
    kept = Exists(Custody.objects.filter(seal=OuterRef("pk"), until=None))
    in_force = visible_to(actor, at).filter(kept, state=SealState.ACTIVE.value, kind=SealKind.PHYSICAL.value)
    return in_force.filter(reached_by(powers, Power.USE)).exclude(type__in=STAMPS_NOTHING)


def seals_one_may_miss(actor: Person, at: datetime, *, in_hand: Collection[int], most: int) -> list[Seal]:
    """Return the first seals that an actor alone may report lost: those in hand, then those they keep, then others."""
    powers = identity.powers_of(actor, at)
    kept = set(Custody.objects.filter(keeper=actor, until=None).order_by().values_list("seal_id", flat=True))
    living = Seal.objects.exclude(state__in=sorted(FINAL | OUT_OF_HAND)).exclude(state=SealState.DRAFT.value)
    mine = reached_by(powers, *may_alone(Act.LOSE)) | Q(pk__in=kept.union(in_hand))
    close = Case(When(pk__in=in_hand, then=0), When(pk__in=kept, then=1), default=2, output_field=IntegerField())
    shown = (living if powers.reads_everything else living.filter(mine)).annotate(close=close)
    # Joined before they are put in order, all seals of the group would be carried along to show a page.
    keys = list(shown.order_by("close", "-kind", "number", "pk").values_list("pk", flat=True)[:most])
    seals = Seal.objects.select_related("company", "unit", "own_type").in_bulk(keys)
    return [seals[key] for key in keys]


def seals_ending_soon(actor: Person, at: datetime) -> QuerySet[Seal]:
    """Return the seals in force, of those an actor manages or keeps, whose last day comes within a month."""
    ending = asked_for(_ending_by, actor, at, localdate(at + _SOON))
    return those_known(Seal, ending, lambda: visible_to(actor, at)).order_by("ends_on", "pk")


def _ending_by(actor: Person, at: datetime, last: date) -> QuerySet[Seal, int]:
    kept = Custody.objects.filter(keeper=actor, until=None).values("seal")
    ending = Seal.objects.filter(ends_on__lte=last, state=SealState.ACTIVE.value).order_by()
    # each by itself: together, all seals of the group are looked through
    managed = ending.filter(reached_by(identity.powers_of(actor, at), Power.MANAGE))
    return managed.values_list("pk", flat=True).union(ending.filter(pk__in=kept).values_list("pk", flat=True))


def former_names_of(actor: Person, at: datetime, seals: Sequence[Seal]) -> dict[int, str]:
    """Return the earlier name of its company that each of these seals bears, by its key; most bear none."""
    companies = [seal.company_id for seal in seals if seal.company.renamed_at]
    if not companies:
        return {}
    bearing = visible_to(actor, at).filter(FORMER, pk__in=[seal.pk for seal in seals]).exclude(type__in=STAMPS_NOTHING)
    made = bearing.order_by("pk").values_list("pk", "company_id", "versions__made_at")
    changes = Renaming.objects.filter(company__in=companies, confirmed_at__isnull=False).order_by("confirmed_at", "pk")
    renamings = list(changes.values_list("company_id", "confirmed_at", "old_name"))
    return {
        key: next(name for owner, until, name in renamings if owner == company and until and made_at < until)
        for key, company, made_at in made
    }


def seals_to_change(actor: Person, at: datetime) -> QuerySet[Seal]:
    """Return the living seals, of those an actor manages, that bear an earlier name of their company."""
    bearing = those_known(Seal, asked_for(_bearing_earlier, actor, at), lambda: visible_to(actor, at))
    return bearing.order_by("company__old_seals_until", "number", "pk")


def _bearing_earlier(actor: Person, at: datetime) -> QuerySet[Seal, int]:
    managed = Seal.objects.filter(reached_by(identity.powers_of(actor, at), Power.MANAGE), FORMER)
    living = managed.exclude(state__in=FINAL).exclude(type__in=STAMPS_NOTHING)
    return living.order_by().values_list("pk", flat=True)


def versions_of(actor: Person, at: datetime, seal: Seal) -> list[SealVersion]:
    return asked_with(_versions_of, key_visible_to(actor, at, seal))


def _versions_of(seal: int) -> QuerySet[SealVersion]:
    return SealVersion.objects.filter(seal=seal).select_related("outside", "watch").order_by("-version", "pk")


def seals_called(actor: Person, at: datetime, *, uids: Collection[str]) -> dict[str, str]:
    """Return the number and name of each seal with one of these uids that the actor may see."""
    named = visible_to(actor, at).filter(uid__in=uids).order_by("pk").values_list("uid", "number", "name")
    return {uid: f"{number} {name}" for uid, number, name in named}
