"""A rubber seal that is taken out: how far it is, and what the reader may say of it now."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.forms import Form
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from privyseal.custody.models import PlaceReport, TakeOut
from privyseal.custody.rules import Hand
from privyseal.custody.rules.takeout import MOVES, Act, Fence, Late, Move, Stage
from privyseal.identity.models import Person
from privyseal.language.device_words import in_words
from privyseal.language.takeout import ACT, LATE, STAGE
from privyseal.web.forms_of_takeout import GiveForm, TakeBackForm, WhereaboutsForm
from privyseal.web.shown.words import Badge, minute
from privyseal.web.waiting import WaitingForm

_TONE: Final = {
    Stage.BOOKED: "pending",
    Stage.GIVEN: "pending",
    Stage.OUT: "caution",
    Stage.BROUGHT: "pending",
    Stage.BACK: "pending",
    Stage.CLOSED: "approved",
    Stage.RELEASED: "neutral",
}
_MICRODEGREES: Final = 1_000_000
_OUTSIDE: Final = frozenset({Stage.OUT, Stage.BROUGHT})


@dataclass(frozen=True, slots=True)
class Doing:
    """The word that is asked of the reader now, with its form, and the form to say where the seal is.

    ``is_early`` where somebody else's word comes first: whoever has no network gives theirs, and it is sent after it.
    """

    act: Act | None
    words: Promise | str
    form: Form | None
    report: WhereaboutsForm | None
    is_early: bool = False


def badge(one: TakeOut) -> Badge:
    stage = Stage(one.stage)
    return Badge(STAGE[stage], _TONE[stage])


def cells(found: Iterable[TakeOut]) -> Iterator[tuple[object, ...]]:
    for one in found:
        seal, people = one.seal, (one.bearer.name, one.companion.name)
        yield (seal.number, seal.name, seal.company.name, one.place, *people, minute(one.due_at), badge(one).words)


def late_badge(one: TakeOut) -> Badge | None:
    """Return what time alone says of a seal that is not back."""
    if not one.late or Stage(one.stage) not in _OUTSIDE:
        return None
    late = Late(one.late)
    return Badge(LATE[late], "caution" if late is Late.DUE_SOON else "rejected")


def around(fence: Fence | None) -> str:
    """Say how far from which point a seal may be; nothing where nobody said so."""
    if fence is None:
        return ""
    north, east = (f"{each / _MICRODEGREES:.6f}" for each in (fence.point.latitude, fence.point.longitude))
    return _("%(metres)s m from %(latitude)s, %(longitude)s") % {
        "metres": fence.metres,
        "latitude": north,
        "longitude": east,
    }


def said_to_be(reports: Iterable[PlaceReport]) -> list[tuple[PlaceReport, str]]:
    """Return each report with its point in degrees, empty where it says its place in words alone."""
    return [
        (
            one,
            ""
            if one.latitude is None
            else f"{in_words('latitude', one.latitude)}, {in_words('longitude', one.longitude)}",
        )
        for one in reports
    ]


def doing(one: TakeOut, keeper: Person | None, reader: Person, *, place: str) -> Doing:
    hands = {Hand.OPERATOR: one.bearer_id, Hand.KEEPER: keeper.pk if keeper else None}
    move = _asked(Stage(one.stage), hands, reader)
    first = None if move else next((row for row in MOVES if row.start.value == one.stage), None)
    early = _asked(first.end, hands, reader) if first else None
    is_out = Stage(one.stage) in _OUTSIDE and reader.pk in {one.bearer_id, one.companion_id}
    report = WhereaboutsForm() if is_out else None
    if early is not None:
        return Doing(early.act, ACT[early.act], _form(early.act, one, place), report, is_early=True)
    if move is None:
        return Doing(None, "", None, report)
    return Doing(move.act, ACT[move.act], _form(move.act, one, place), report)


def _asked(stage: Stage, hands: Mapping[Hand, int | None], reader: Person) -> Move | None:
    return next((row for row in MOVES if row.start is stage and hands[row.by] == reader.pk), None)


def _form(act: Act, one: TakeOut, place: str) -> Form:
    match act:
        case Act.GIVE:
            return GiveForm(approved=one.fence)
        case Act.TAKE_BACK:
            return TakeBackForm(initial={"place": place})
    return WaitingForm()
