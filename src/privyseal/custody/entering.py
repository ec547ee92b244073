"""How a use ends, and what was stamped by one permit enters the register once nothing more can be."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet, Sum

from privyseal.custody.booking import outside
from privyseal.custody.holding import about
from privyseal.custody.models import HandUse, Turn
from privyseal.custody.owing import owed_of
from privyseal.custody.rules import MAKERS_WORD, Ending, TurnOpen
from privyseal.custody.spoiling import waits_to_be_handed_in
from privyseal.identity.keys import among
from privyseal.identity.models import Person
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.rewording import asked_with
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.entering_uses import enter_use
from privyseal.seals.models import Permit, UseEntry


def lines_through_clouds(line_ids: Collection[int]) -> set[int]:
    """Return of which of these lines something stands that a maker's cloud alone told: one question for all."""
    return set(asked_with(_through_clouds, frozenset(line_ids)))


def _through_clouds(line_ids: frozenset[int]) -> QuerySet[Turn, int]:
    told = Turn.objects.filter(among("line_id", line_ids), use__is_through_cloud=True, committed__gt=0)
    return told.order_by().values_list("line", flat=True)


def is_over(permit: Permit, at: datetime) -> bool:
    """Return whether nothing more can be stamped by a permit, nor will be for a spoiled page that is handed in."""
    if permit.revoked_at is not None or at >= permit.expires_at:
        return True
    return permit.used >= permit.impressions and not waits_to_be_handed_in(permit)


@transaction_required
def enter_lines(actor: Actor, at: datetime, use: HandUse) -> None:
    """Enter each line of the permit of which impressions stand, with their number; a second time enters nothing."""
    permit = use.permit
    turns = Turn.objects.filter(use__permit=permit)
    stand = dict(turns.order_by().values("line_id").annotate(made=Sum("committed")).values_list("line_id", "made"))
    told = lines_through_clouds([line.pk for line in permit.lines.all()])
    entered = set(UseEntry.objects.filter(line__permit=permit).values_list("line_id", flat=True))
    for line in permit.lines.select_related("permit").order_by("pk"):
        made = stand.get(line.pk, 0)
        if not made or line.pk in entered:
            continue
        number = enter_use(use.operator, at, line=line, seal=permit.seal, impressions=made)
        book.record(
            "hand.entered",
            by=actor,
            at=at,
            **{**about(use), **({"assurance": MAKERS_WORD} if line.pk in told else {})},
            document=line.document_sha256,
            binding=line.binding.value,
            impressions=made,
            seal_version=permit.seal_version,
            keeper=use.keeper.pseudonym if use.keeper else None,
            supervisor=use.supervisor.pseudonym if use.supervisor else None,
            **number,
        )


@transaction_required
def end(actor: Actor, at: datetime, use: HandUse, *, ending: Ending, reason: str = "") -> None:
    """End a use of which every impression is settled; where nothing more can be stamped, its lines are entered."""
    if use.turns.filter(settled_at=None).exists():
        raise TurnOpen(hand_use=use.uid)
    use.ended_at, use.ending, use.reason = at, ending.value, reason
    use.ended_by = actor if isinstance(actor, Person) else None
    away = outside(use.permit.seal)
    if away is not None and use.keeper_at is not None:
        # Outside there is no slot: the seal goes back into its bearer's hands.
        use.returned_at, use.put_back = at, away.place
    use.save(update_fields=["ended_at", "ending", "reason", "ended_by", "returned_at", "put_back"])
    stand = use.turns.aggregate(made=Sum("committed"))["made"] or 0
    book.record("hand.ended", by=actor, at=at, **about(use), ending=ending.value, impressions=stand)
    if owed := owed_of(use):
        book.record(
            "hand.photographs-owed", by=actor, at=at, **about(use), person=use.operator.pseudonym, impressions=owed
        )
    if is_over(use.permit, at):
        enter_lines(actor, at, use)
