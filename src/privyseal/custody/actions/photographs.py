"""Pages as they were stamped: photographed by whoever has them before them, and looked at on record."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Final
from uuid import UUID

from django.conf import settings
from procrastinate.contrib.django import app

from privyseal.custody.drawing import show_sample
from privyseal.custody.holding import about, locked_turn, said_by
from privyseal.custody.late import note_late
from privyseal.custody.mismatch import enter_mismatch
from privyseal.custody.models import Photograph, Turn
from privyseal.custody.owing import shown_of
from privyseal.custody.queries.photographs import photograph_visible_to, turn_visible_to
from privyseal.custody.rules import How, Phase, Says, check_word
from privyseal.custody.rules.late import Waiting
from privyseal.custody.rules.photographs import ASKS, THUMBNAIL_DOTS, PhotographFromBefore, check_shown, kind_of
from privyseal.custody.voiding import mark_void
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.kernel.canonical import Json
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.pdf import confined
from privyseal.pdf.confined import Task
from privyseal.seals.rules.bindings import check_photographed
from privyseal.signer.bound import Paper, binding_of, bound_in

COMPARE: Final = "custody.compare-photograph"
_LONGEST_PLACE: Final = 100
_USUAL_RETENTION: Final = "ten-years"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a telephone sends: a picture, how many impressions it is the first to show, where and when it was taken.

    ``done_at`` is when its owner meant to send it.
    ``sample`` is the number of the impression on it that was drawn by lot; ``spoiled`` how many on it went wrong,
    and ``reason`` why: whoever has no network says it with the picture.
    """

    data: bytes
    impressions: int
    place: str = ""
    taken_at: datetime | None = None
    done_at: datetime | None = None
    sample: int | None = None
    spoiled: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A picture that lies in the vault: the digests of what was sent and of the same small."""

    sha256: str
    small_sha256: str
    kind: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Telephone:
    """What a telephone says of a picture: where and when it was taken."""

    place: str = ""
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Void:
    """So many impressions on a picture that went wrong, and why."""

    impressions: int
    reason: str


def photograph(actor: Person, at: datetime, *, command_id: UUID, turn_uid: str, taken: Taken) -> str:
    """Keep the picture of a stamped page, encrypted, and put it on record; return its uid."""
    turn_visible_to(actor, at, turn_uid)
    kind = kind_of(taken.data)
    small = confined.run(Task.THUMBNAIL, taken.data, dots=THUMBNAIL_DOTS)
    digest, small_digest = (settings.VAULT.put(BytesIO(data)) for data in (taken.data, small))
    kept = Kept(sha256=digest, small_sha256=small_digest, kind=kind, size=len(taken.data))
    return enter_photograph.once(
        command_id,
        actor,
        at,
        turn_uid=turn_uid,
        kept=kept,
        impressions=taken.impressions,
        telephone=Telephone(place=taken.place, taken_at=taken.taken_at),
        done_at=taken.done_at,
        sample=taken.sample,
        void=Void(impressions=taken.spoiled, reason=taken.reason) if taken.spoiled else None,
    )


@command("hand.photograph")
def enter_photograph(
    actor: Person,
    at: datetime,
    *,
    turn_uid: str,
    kept: Kept,
    impressions: int,
    telephone: Telephone | None = None,
    done_at: datetime | None = None,
    sample: int | None = None,
    void: Void | None = None,
) -> str:
    """Put the picture of a stamped page on record, with its digest and permit; return its uid.

    The same picture sent twice counts once. One that comes after the seal went back is called late, whenever the
    telephone says that it was taken. Where more impressions are seen than stand, an incident is opened. A page that is
    sent as spoiled is marked void with it.
    """
    turn = locked_turn(turn_uid)
    identity.require_part(actor, at)
    check_word(How(turn.use.how), Says.PHOTOGRAPH, said_by=said_by(turn.use, actor))
    check_shown(Phase(turn.phase), impressions)
    _check_is_of_now(turn, kept)
    known = Photograph.objects.filter(turn=turn, sha256=kept.sha256).first()
    if known is not None:
        return known.uid
    before, said = shown_of(turn), telephone or Telephone()
    made = Photograph.objects.create(
        turn=turn,
        sha256=kept.sha256,
        small_sha256=kept.small_sha256,
        kind=kept.kind,
        size=kept.size,
        impressions=impressions,
        by=actor,
        at=at,
        taken_at=min(said.taken_at, at) if said.taken_at else None,
        place=said.place.strip()[:_LONGEST_PLACE],
        is_late=turn.use.returned_at is not None,
        retention=turn.use.permit.terms.get(ASKS, {}).get("retention", _USUAL_RETENTION),
    )
    show_sample(turn, sample, made)
    shows: dict[str, Json] = {"impressions": impressions, "is_late": made.is_late, "sample": sample}
    book.record("hand.photographed", by=actor, at=at, **_about(made, turn), **shows)
    if turn.settled_at is not None and before <= turn.committed < before + impressions:
        enter_mismatch(actor, at, turn, shown=before + impressions)
    app.configure_task(COMPARE, lock=turn.line.document_sha256).defer(photograph_uid=made.uid)
    if void is not None:
        mark_void(actor, at, made, turn, impressions=void.impressions, reason=void.reason)
    note_late(actor, at, act=Waiting.PHOTOGRAPH, permit=turn.use.permit, done_at=done_at)
    return made.uid


@command("hand.look-at-photograph")
def look_at_photograph(actor: Person, at: datetime, *, uid: str) -> str:
    """Put on record that somebody looks at a stamped page as it was photographed; return its uid."""
    seen = photograph_visible_to(actor, at, uid)
    book.record("hand.photograph-seen", by=actor, at=at, **_about(seen, seen.turn))
    return uid


def _check_is_of_now(turn: Turn, kept: Kept) -> None:
    """Return if the line may be photographed at all and the picture is none of those from before, or refuse."""
    bound = bound_in(turn.line.bound)
    check_photographed(binding_of(bound))
    if isinstance(bound, Paper) and kept.sha256 in bound.photographs:
        raise PhotographFromBefore(turn=turn.uid)


def _about(photograph: Photograph, turn: Turn) -> dict[str, Json]:
    return {
        **about(turn.use),
        "turn": turn.uid,
        "document": turn.line.document_sha256,
        "photo_sha256": photograph.sha256,
    }
