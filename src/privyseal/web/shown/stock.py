"""Stock-takes of rubber seals as people read them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from privyseal.custody.models import SealPlace, StockLine, StockTake
from privyseal.custody.rules.stock import Count, Finding, Step, follows
from privyseal.language.stock import COUNT, FINDING, STEP
from privyseal.web.shown.words import Badge, minute

# What is offered as a button; the end of a count has a form of its own.
BUTTONS: Final = (Step.PAUSE, Step.GO_ON, Step.END, Step.GIVE_UP)
_TONE: Final = {
    Count.OPEN: "pending",
    Count.PAUSED: "caution",
    Count.ENDED: "approved",
    Count.GIVEN_UP: "neutral",
}
_MAY_WAIT: Final = frozenset({Step.PAUSE, Step.GO_ON})
COLUMNS: Final[Sequence[Promise]] = (
    _("Seal number"),
    pgettext_lazy("a thing", "Name"),
    _("Where it belongs"),
    _("Keeper"),
    _("Seen at"),
    _("Done, by the phone’s clock"),
    _("Seen by"),
    _("Slot"),
    pgettext_lazy("a stock-take", "Found"),
    _("Photograph (SHA-256)"),
)


# What leaves us of the list of stock-takes.


@dataclass(frozen=True, slots=True)
class TakeRow:
    take: StockTake
    what: str
    badge: Badge


@dataclass(frozen=True, slots=True)
class LineShown:
    line: StockLine
    belongs: str
    badge: Badge | None


@dataclass(frozen=True, slots=True)
class Button:
    """One step as a button; ``may_wait`` says whether it may be sent later."""

    step: Step
    may_wait: bool
    words: Promise


def what(take: StockTake) -> str:
    """Return what is counted, in words."""
    if take.store is not None:
        return take.store.name
    return take.unit.name if take.unit is not None else gettext("All rubber seals of the company")


def row(take: StockTake) -> TakeRow:
    count = Count(take.count)
    return TakeRow(take, what(take), Badge(COUNT[count], _TONE[count]))


def take_cells(takes: Iterable[StockTake]) -> Iterator[tuple[object, ...]]:
    for one in takes:
        told = (what(one), one.company.name, one.counter.name, one.witness.name if one.witness else "")
        yield (*told, minute(one.opened_at), row(one).badge.words)


def line(line: StockLine) -> LineShown:
    if not line.finding:
        return LineShown(line, _belongs(line), Badge(_("Seen here"), "approved") if line.seen_at else None)
    finding = Finding(line.finding)
    tone = "rejected" if follows(finding) else "approved" if finding is Finding.IN_PLACE else "neutral"
    return LineShown(line, _belongs(line), Badge(FINDING[finding], tone))


def buttons(steps: Collection[Step]) -> list[Button]:
    return [Button(step, step in _MAY_WAIT, STEP[step]) for step in BUTTONS if step in steps and step is not Step.END]


def cells(lines: Iterable[StockLine]) -> Iterator[tuple[str, ...]]:
    """Yield the report, a line a row."""
    for one in lines:
        yield (
            one.seal.number if one.seal else "",
            one.seal.name if one.seal else one.said,
            _belongs(one),
            one.keeper.name if one.keeper else "",
            minute(one.seen_at),
            minute(one.done_at),
            one.seen_by.name if one.seen_by else "",
            one.slot.called() if one.slot else "",
            str(FINDING[Finding(one.finding)]) if one.finding else "",
            one.photo_sha256,
        )


def _belongs(line: StockLine) -> str:
    own: SealPlace | None = getattr(line.seal, "own_place", None) if line.seal else None
    if own is None:
        return ""
    return own.belongs.called() if own.belongs else own.bag
