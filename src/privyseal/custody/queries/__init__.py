"""Uses of rubber seals, as far as an actor may see them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Sum

from privyseal.custody.models import Blank, HandUse, LateAct, Photograph, Sample, Spoiled, Turn
from privyseal.custody.rules.blanks import Became
from privyseal.identity import queries as identity
from privyseal.identity.again import asked_for
from privyseal.identity.keys import among, those_known
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotFound
from privyseal.ledger.planning import planned_for_what_is_asked
from privyseal.ledger.rewording import Most, asked_with, padded
from privyseal.seals.models import Custody, Permit, PermitLine, PermitPart, Seal
from privyseal.seals.rules import SealKind
from privyseal.signer.statement import Purpose

_NONE: Final = (0, 0)
FEW: Final = 200  # of so many seals all permits are looked through faster than those of all seals from the last on
_HANDS: Final = (PermitPart.Part.HOLDER, PermitPart.Part.WITNESS, PermitPart.Part.APPROVER)


@dataclass(frozen=True, slots=True)
class LineCount:
    """How far the impressions of one line are: settled, taken, seen on photographs, spoiled, to be made anew, left."""

    line: PermitLine
    committed: int
    taken: int
    seen: int
    spoiled: int = 0
    anew: int = 0

    @property
    def left(self) -> int:
        return self.line.impressions - self.taken + self.anew


def permits_visible_to(actor: Person, at: datetime) -> QuerySet[Permit]:
    """Return the permits by which rubber seals are used: of those one keeps, has a part in, manages or approves."""
    found = Permit.objects.filter(purpose=Purpose.USE.value, seal__kind=SealKind.PHYSICAL.value)
    found = found.select_related("seal__company", "applicant", "ended_by").order_by("-issued_at", "-pk")
    powers = identity.powers_of(actor, at)
    if powers.reads_everything:
        return found
    mine = Exists(PermitPart.objects.filter(permit=OuterRef("pk"), person=actor, part__in=_HANDS))
    kept = Exists(Custody.objects.filter(seal=OuterRef("seal"), keeper=actor, until=None))
    had = Exists(HandUse.objects.filter(permit=OuterRef("pk"), keeper=actor))
    over = among("seal__company_id", powers.companies(Power.MANAGE))
    return found.filter(mine | kept | had | Q(applicant=actor) | over)


def permit_visible_to(actor: Person, at: datetime, uid: str) -> Permit:
    permit = permits_visible_to(actor, at).filter(uid=uid).first()
    if permit is None:
        raise NotFound(permit=uid)
    return permit


def last_keys_visible_to(actor: Person, at: datetime, *, applied: Collection[str], most: int) -> list[int]:
    """Return the keys of the last so many of the permits by which rubber seals are used and that an actor may see.

    ``applied`` are the applications of their own that are looked through for it.
    """
    powers = identity.powers_of(actor, at)
    if powers.reads_everything:
        return list(permits_visible_to(actor, at).order_by("-pk").values_list("pk", flat=True)[:most])
    over = powers.companies(Power.MANAGE)
    managed = asked_with(_managed, over, Most(FEW + 1))
    few = frozenset(managed) if len(managed) <= FEW else None
    with planned_for_what_is_asked():  # kept for whoever asks, a plan walks all permits to find what one has to do with
        found = frozenset(asked_with(_last_of, actor.pk, over, few, Most(most), *padded(applied)))
    return asked_for(_keys_among, actor, at, found)[:most] if found else []


def _managed(companies: frozenset[int], most: int) -> QuerySet[Seal, int]:
    over = Seal.objects.filter(among("company_id", companies), kind=SealKind.PHYSICAL.value)
    return over.order_by().values_list("pk", flat=True)[:most]


def _last_of(
    actor: int, companies: frozenset[int], few: frozenset[int] | None, most: int, *applied: str
) -> QuerySet[Permit, int]:
    """Return the last by each thing that somebody may have to do with them; of few seals that they manage by key."""
    by_hand = Permit.objects.filter(purpose=Purpose.USE.value, seal__kind=SealKind.PHYSICAL.value).order_by("-pk")
    parts = PermitPart.objects.filter(person=actor, part__in=_HANDS).values("permit")
    kept = Custody.objects.filter(keeper=actor, until=None).values("seal")
    over = Seal.objects.filter(among("company_id", companies), kind=SealKind.PHYSICAL.value).order_by()
    under = by_hand.filter(seal__in=over.values("pk"))
    if few is not None:
        # by the seals' index: in the order of the keys, the permits of all companies would be walked for those of one
        under = by_hand.filter(among("seal_id", few)).order_by((F("pk") + 0).desc())
    # each by itself: together, no index would lead to any of them among the permits of years
    wanted = (
        by_hand.filter(pk__in=parts),
        by_hand.filter(application_uid__in=applied),
        by_hand.filter(seal__in=kept),
        under,
        by_hand.filter(pk__in=HandUse.objects.filter(keeper=actor).values("permit")),
    )
    first, *others = (one.values_list("pk", flat=True)[:most] for one in wanted)
    return first.union(*others).order_by()


def _keys_among(actor: Person, at: datetime, permits: frozenset[int]) -> QuerySet[Permit, int]:
    return permits_visible_to(actor, at).filter(among("pk", permits)).order_by("-pk").values_list("pk", flat=True)


def permits_among(actor: Person, at: datetime, permits: Collection[int]) -> list[Permit]:
    """Return those of these permits that an actor may see, the last one first."""
    return asked_for(_among, actor, at, frozenset(permits))


def _among(actor: Person, at: datetime, permits: frozenset[int]) -> QuerySet[Permit]:
    return permits_visible_to(actor, at).filter(among("pk", permits)).order_by("-pk")


def permits_at_hand(actor: Person, at: datetime) -> QuerySet[Permit]:
    """Return what waits for somebody's hand: to stamp, to give out or to watch; seals and pages not back yet."""
    return those_known(Permit, asked_with(_at_hand, actor.pk, at), lambda: permits_visible_to(actor, at))


def _at_hand(actor: int, at: datetime) -> QuerySet[Permit, int]:
    parts = PermitPart.objects.filter(person=actor, part__in=[PermitPart.Part.HOLDER, PermitPart.Part.WITNESS])
    kept = Custody.objects.filter(keeper=actor, until=None).values("seal")
    by_hand = Permit.objects.filter(purpose=Purpose.USE.value, seal__kind=SealKind.PHYSICAL.value).order_by()
    usable = by_hand.filter(used__lt=F("impressions"), revoked_at=None, starts_at__lte=at, expires_at__gt=at)
    away = HandUse.objects.filter(Q(ended_at=None) | Q(keeper_at__isnull=False, returned_at=None)).order_by()
    # each by itself: together, no index would lead to any of them among the permits of years
    found = usable.filter(pk__in=parts.values("permit")).values_list("pk", flat=True)
    others = (
        usable.filter(seal__in=kept).values("pk"),
        away.filter(permit__in=parts.values("permit")).values("permit"),
        away.filter(seal__in=kept).values("permit"),
        Blank.objects.filter(became=Became.OUT.value, turn__use__operator=actor).order_by().values("permit"),
        Spoiled.objects.filter(taken_in_at=None, turn__use__seal__in=kept).order_by().values("turn__use__permit"),
    )
    return found.union(*others)


def uses_of(actor: Person, at: datetime, permit: Permit) -> QuerySet[HandUse]:
    """Return the times that a seal was out for a permit, the last first, with every turn."""
    seen = permits_visible_to(actor, at).filter(pk=permit.pk).order_by().values("pk")
    turns = Turn.objects.select_related("line__entry", "settled_by").order_by("-reserved_at", "-pk")
    turns = turns.prefetch_related(
        Prefetch(
            "photographs",
            Photograph.objects.select_related("by", "sighting", "sample", "blank", "spoiled__taken_in_by").order_by(
                "at", "pk"
            ),
        )
    )
    turns = turns.prefetch_related(Prefetch("blanks", Blank.objects.order_by("number")))
    turns = turns.prefetch_related(Prefetch("samples", Sample.objects.order_by("number")))
    uses = HandUse.objects.filter(permit__in=seen).select_related("operator", "keeper", "supervisor", "ended_by")
    return uses.prefetch_related(Prefetch("turns", turns)).order_by("-asked_at", "-pk")


def late_acts_of(actor: Person, at: datetime, permit: Permit) -> QuerySet[LateAct]:
    """Return what was done for a permit without a network and came later, in the order in which it came."""
    seen = permits_visible_to(actor, at).filter(pk=permit.pk).order_by().values("pk")
    return LateAct.objects.filter(permit__in=seen).select_related("by").order_by("at", "pk")


def counts_of(actor: Person, at: datetime, permit: Permit) -> list[LineCount]:
    """Return how far each line of a permit is."""
    turns = Turn.objects.filter(use__in=uses_of(actor, at, permit).order_by().values("pk"))
    shown = turns.order_by().values("line").annotate(seen=Sum("photographs__impressions"))
    seen = {line: number or 0 for line, number in shown.values_list("line", "seen")}
    void = turns.order_by().values("line").annotate(void=Sum("spoiled__impressions"), anew=Sum("spoiled__anew"))
    voided = {line: (spoiled or 0, anew or 0) for line, spoiled, anew in void.values_list("line", "void", "anew")}
    said: dict[int, list[Turn]] = {}
    for turn in turns:
        said.setdefault(turn.line_id, []).append(turn)
    return [
        LineCount(
            line,
            committed=sum(turn.committed for turn in said.get(line.pk, ())),
            taken=sum(turn.reserved - turn.released for turn in said.get(line.pk, ())),
            seen=seen.get(line.pk, 0),
            spoiled=voided.get(line.pk, _NONE)[0],
            anew=voided.get(line.pk, _NONE)[1],
        )
        for line in permit.lines.order_by("pk")
    ]


def turn_of(actor: Person, at: datetime, permit: Permit, uid: str) -> Turn:
    turn = Turn.objects.filter(use__in=uses_of(actor, at, permit).order_by().values("pk"), uid=uid).first()
    if turn is None:
        raise NotFound(turn=uid)
    return turn


def keeper_of(actor: Person, at: datetime, permit: Permit) -> Person | None:
    """Return who keeps the seal of a permit now."""
    seen = permits_visible_to(actor, at).filter(pk=permit.pk).order_by().values("seal")
    custody = Custody.objects.filter(seal__in=seen, until=None).select_related("keeper").first()
    return custody.keeper if custody else None
