"""A rubber seal that is used by hand: what each person may do about it now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.custody.holding import said_by
from privyseal.custody.models import Blank, HandUse, LateAct, Photograph, Sample, Spoiled, Turn
from privyseal.custody.queries import LineCount
from privyseal.custody.rules import Ending, Hand, How, Phase, most_in_a_turn
from privyseal.custody.rules.blanks import Became
from privyseal.custody.rules.late import Waiting
from privyseal.custody.rules.photographs import MOST_ON_ONE, TAKES
from privyseal.custody.rules.spoiled import SPOILS, Spoil
from privyseal.identity.keys import among
from privyseal.identity.models import Person
from privyseal.keeping.ended import gone
from privyseal.keeping.terms import Paper
from privyseal.language.device_words import settled
from privyseal.language.hands import BECAME, ENDING, LATE
from privyseal.language.labels import bound_in_words
from privyseal.language.refusals import WORDS, words_of
from privyseal.ledger.beside import put_beside
from privyseal.ledger.rewording import asked_with
from privyseal.seals.models import Permit, PermitPart
from privyseal.seals.rules.bindings import binds
from privyseal.signer.bound import bound_in
from privyseal.web.forms_of_hands import (
    BlankForm,
    ConfirmForm,
    CountedForm,
    EndForm,
    MadeForm,
    PhotographForm,
    PutBackForm,
    ReleaseForm,
    ReserveForm,
    SpoilForm,
)
from privyseal.web.shown.keeping import Kept, kept
from privyseal.web.shown.words import Badge

_READY: Final = Badge(_("Can be stamped"), "approved")
_WAITS: Final = Badge(_("Waits for confirmation"), "pending")
_OUT: Final = Badge(_("Seal is out"), "approved")
_AT_A_MACHINE: Final = Badge(_("At a machine"), "approved")
_AWAY: Final = Badge(_("Seal is not back"), "caution")
_OVER: Final = Badge(_("Over"), "neutral")


@dataclass(frozen=True, slots=True)
class BlankShown:
    """One numbered blank and what became of it."""

    blank: Blank
    became: Promise
    is_overdue: bool
    may_take_back: bool


@dataclass(frozen=True, slots=True)
class PhotographShown:
    """A stamped page, with what the reader may say of it where it went wrong."""

    photograph: Photograph
    spoiled: Spoiled | None
    spoil_form: SpoilForm | None
    may_take_in: bool
    kept: Kept
    is_gone: bool
    blank_form: BlankForm | None


@dataclass(frozen=True, slots=True)
class TurnShown:
    """Some impressions taken together, with what the reader may say of them.

    Of the numbers that were ``drawn`` those ``waiting`` are on no photograph yet.
    ``is_early`` where the first count has not come: whoever has no network does what follows, and it is sent
    after that count.
    """

    turn: Turn
    made_form: MadeForm | None
    counted_form: CountedForm | None
    release_form: ReleaseForm | None
    photograph_form: PhotographForm | None
    photographs: Sequence[PhotographShown]
    seen: int
    is_early: bool
    drawn: Sequence[Sample]
    waiting: Sequence[int]
    may_spoil: bool
    why: str


@dataclass(frozen=True, slots=True)
class UseShown:
    use: HandUse
    ending: Promise | str
    turns: Sequence[TurnShown]


@dataclass(frozen=True, slots=True)
class LineShown:
    count: LineCount
    name: str
    binding: str
    reserve_form: ReserveForm | None


@dataclass(frozen=True, slots=True)
class LateShown:
    """Something that was done without a network: in words, by whom, when by the telephone, and when it came."""

    words: Promise
    act: LateAct


@dataclass(frozen=True, slots=True)
class Doing:
    """What the reader may do now; None where it is not theirs, or not now."""

    may_begin: bool
    confirm: tuple[Hand, ConfirmForm] | None
    end_form: EndForm | None
    put_back_form: PutBackForm | None
    is_back_early: bool


def with_uses(permits: Iterable[Permit]) -> list[Permit]:
    """Return permits with the times that seals were out for them, the last first."""
    found = list(permits)
    put_beside(found, "hand_uses", asked_with(_uses_of, frozenset(permit.pk for permit in found)))
    return found


def _uses_of(permits: frozenset[int]) -> QuerySet[HandUse]:
    return HandUse.objects.filter(among("permit_id", permits)).order_by("-asked_at", "-pk")


def is_usable(permit: Permit, at: datetime) -> bool:
    is_open = permit.used < permit.impressions and permit.revoked_at is None
    return is_open and permit.starts_at <= at < permit.expires_at


def badge(permit: Permit, uses: Sequence[HandUse], at: datetime) -> Badge:
    if (last := uses[0] if uses else None) is not None:
        if last.ended_at is None and last.how == How.BY_MACHINE.value:
            return _AT_A_MACHINE
        if last.ended_at is None:
            return _OUT if last.keeper_at and last.supervisor_at else _WAITS
        if last.keeper_at is not None and last.returned_at is None:
            return _AWAY
    return _READY if is_usable(permit, at) else _OVER


def doing(
    permit: Permit, uses: Sequence[HandUse], keeper: Person | None, reader: Person, at: datetime, *, place: str = ""
) -> Doing:
    """Return what the reader may do about the seal now."""
    is_open = bool(uses) and uses[0].ended_at is None
    last, is_keeper = (uses[0] if uses else None), keeper is not None and keeper.pk == reader.pk
    confirm: Hand | None = None
    if last is not None and is_open and last.how == How.BY_HAND.value:
        if is_keeper and last.keeper_at is None:
            confirm = Hand.KEEPER
        elif last.supervisor_at is None and _is_in(permit, PermitPart.Part.WITNESS, reader):
            confirm = Hand.SUPERVISOR
    about = {"use": last.uid if last else ""}
    confirmable = is_open and last is not None and last.how == How.BY_HAND.value
    is_hand = last is not None and reader.pk in {last.operator_id, last.supervisor_id, last.keeper_id}
    is_away = last is not None and last.keeper_at is not None and last.returned_at is None
    return Doing(
        may_begin=not is_open and is_usable(permit, at) and _is_in(permit, PermitPart.Part.HOLDER, reader),
        confirm=(confirm, ConfirmForm(initial=about | {"hand": confirm.value})) if confirm else None,
        end_form=EndForm(initial=about) if confirmable and (is_hand or is_keeper) else None,
        put_back_form=PutBackForm(initial=about | {"place": place}) if is_away and is_keeper else None,
        is_back_early=is_open,
    )


def blanks(found: Iterable[Blank], keeper: Person | None, reader: Person, at: datetime) -> list[BlankShown]:
    """Return what became of the blanks of a permit, and whether the reader may take one back now."""
    is_keeper = keeper is not None and keeper.pk == reader.pk
    return [
        BlankShown(blank, BECAME[Became(blank.became)], is_out and blank.due_at <= at, is_out and is_keeper)
        for blank in found
        for is_out in [Became(blank.became) is Became.OUT]
    ]


def late(acts: Iterable[LateAct]) -> list[LateShown]:
    return [LateShown(LATE[Waiting(act.act)], act) for act in acts]


def use(one: HandUse, reader: Person, keeper: Person | None) -> UseShown:
    deleted = gone(Paper.PHOTOGRAPH, [each.pk for turn in one.turns.all() for each in turn.photographs.all()])
    turns = [_turn(turn, one, reader, keeper, deleted) for turn in one.turns.all()]
    return UseShown(one, ENDING[Ending(one.ending)] if one.ending else "", turns)


def lines(
    counts: Sequence[LineCount], names: dict[str, str], uses: Sequence[HandUse], reader: Person
) -> list[LineShown]:
    """Return the lines with a form for whoever stamps, while nothing is unsettled."""
    last = uses[0] if uses else None
    is_ready = last is not None and last.ended_at is None and last.keeper_at and last.supervisor_at
    is_settled = last is not None and all(turn.settled_at for turn in last.turns.all())
    may = bool(is_ready and is_settled and last is not None and last.operator_id == reader.pk)
    return [
        LineShown(
            count,
            names.get(count.line.document_sha256, ""),
            bound_in_words(bound_in(count.line.bound)),
            ReserveForm(initial={"line": count.line.pk, "impressions": min(count.left, most)})
            if may and count.left
            else None,
        )
        for count in counts
        for most in [most_in_a_turn(count.line.permit.terms)]
    ]


def _turn(turn: Turn, one: HandUse, reader: Person, keeper: Person | None, deleted: frozenset[int]) -> TurnShown:
    phase, is_watching = Phase(turn.phase), one.supervisor_id == reader.pk
    is_pressing = one.operator_id == reader.pk and one.how == How.BY_HAND.value
    is_taken = phase is Phase.RESERVED
    is_open = is_taken or phase is Phase.MADE
    seen = sum(photograph.impressions for photograph in turn.photographs.all())
    to_show = max(0, (turn.reserved if is_taken else turn.committed or turn.made or 0) - seen)
    samples = list(turn.samples.all())
    may_photograph = binds(turn.line.binding).is_photographed and bool(said_by(one, reader))
    waiting = [sample.number for sample in samples if sample.photograph_id is None]
    return TurnShown(
        turn,
        MadeForm(initial={"made": turn.reserved}) if is_taken and is_pressing else None,
        CountedForm(auto_id=f"id_counted_{turn.pk}_%s") if is_open and is_watching else None,
        ReleaseForm(auto_id=f"id_release_{turn.pk}_%s") if is_taken and is_watching else None,
        _photograph_form(turn, to_show, waiting) if (is_taken or phase in TAKES) and may_photograph else None,
        [_photograph(each, turn, one, reader, keeper, is_gone=each.pk in deleted) for each in turn.photographs.all()],
        seen,
        is_taken,
        samples,
        waiting,
        one.operator_id == reader.pk,
        _why(turn, one),
    )


def _why(turn: Turn, one: HandUse) -> str:
    """Return why what is not on paper went back: as its supervisor said, or in words where a machine was settled."""
    if one.how != How.BY_MACHINE.value:
        return turn.reason
    return words_of(turn.reason, {}) if turn.reason in WORDS else settled(turn.reason)


def _photograph_form(turn: Turn, to_show: int, waiting: Sequence[int]) -> PhotographForm:
    """Begin with the next impression that was drawn, where some were: one photograph each."""
    shows = 1 if waiting else min(to_show, MOST_ON_ONE)
    begins = {"impressions": shows, "sample": waiting[0] if waiting else None}
    return PhotographForm(initial=begins, auto_id=f"id_photograph_{turn.pk}_%s")


def _photograph(
    photograph: Photograph, turn: Turn, one: HandUse, reader: Person, keeper: Person | None, *, is_gone: bool
) -> PhotographShown:
    """Return a stamped page, and whether the reader may call it spoiled, or say that it was handed in."""
    spoiled = getattr(photograph, "spoiled", None)
    may_say = Phase(turn.phase) in next(row.phases for row in SPOILS if row.spoil is Spoil.MARK)
    is_open = spoiled is None and may_say and one.operator_id == reader.pk and not hasattr(turn.line, "entry")
    is_keeper = keeper is not None and keeper.pk == reader.pk
    return PhotographShown(
        photograph,
        spoiled,
        SpoilForm(initial={"impressions": max(1, photograph.impressions)}) if is_open else None,
        spoiled is not None and spoiled.taken_in_at is None and is_keeper,
        kept(photograph.retention, photograph.at),
        is_gone,
        BlankForm() if _shows_a_blank(photograph, turn, one, reader) else None,
    )


def _shows_a_blank(photograph: Photograph, turn: Turn, one: HandUse, reader: Person) -> bool:
    """Return whether the reader may still say which blank of the turn a photograph shows filled in."""
    is_out = any(Became(blank.became) is Became.OUT for blank in turn.blanks.all())
    return is_out and not hasattr(photograph, "blank") and one.operator_id == reader.pk


def _is_in(permit: Permit, part: PermitPart.Part, person: Person) -> bool:
    return permit.parts.filter(part=part, person=person).exists()
