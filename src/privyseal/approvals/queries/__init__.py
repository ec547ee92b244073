"""Applications, as far as an actor may see them, and what they may do with each now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from privyseal.approvals.casting import with_all
from privyseal.approvals.finding import Said, said_by_part, saying, standing
from privyseal.approvals.models import (
    Application,
    Casting,
    Comment,
    CopyCheck,
    Detour,
    Line,
    Reader,
    Urging,
    VoidVote,
    Vote,
)
from privyseal.approvals.on_the_way import comments_on, readers_of, urgings_of
from privyseal.approvals.queries.deciding import IN_TURN
from privyseal.approvals.queries.waiting import keys_waiting_for
from privyseal.approvals.rules import Part, State
from privyseal.approvals.rules.joint import UNDECIDED
from privyseal.approvals.stages import approvers_of, detours_of
from privyseal.approvals.statements import shown_digest, statements_of
from privyseal.approvals.turns import voters_of
from privyseal.approvals.wholes.rows import keys_of_rows
from privyseal.approvals.wholes.seen import Whole, whole_among
from privyseal.identity import queries as identity
from privyseal.identity.again import asked_for
from privyseal.identity.keys import among
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotFound
from privyseal.ledger.planning import planned_for_what_is_asked
from privyseal.ledger.rewording import Most, asked_with
from privyseal.sealing import queries as sealing
from privyseal.sealing.models import Document, Intent
from privyseal.seals import queries as seals
from privyseal.seals.enders import may_end
from privyseal.seals.models import Permit, PermitPart, Seal
from privyseal.signer.statement import Purpose, Statement

# What lets a person see every application of a company.
_SEE: Final = (Power.APPROVE, Power.MANAGE)
_TALKED_OF: Final = frozenset({State.PENDING.value, State.AGREED.value, State.APPROVED.value})
_OF_APPLICANT: Final = {
    State.PENDING: frozenset({"withdraw", "urge"}),
    State.AGREED: frozenset({"withdraw", "urge"}),
}
_OPERATE: Final = {Purpose.USE: "seal"}


class Progress(StrEnum):
    """Where an application stands, as people see it."""

    PENDING = "pending"
    AGREED = "agreed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    NOT_YET = "not-yet"
    READY = "ready"
    UNDER_WAY = "under-way"
    DONE = "done"
    EXPIRED = "expired"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """One application with everything its page shows."""

    application: Application
    lines: Sequence[Line]
    statements: Sequence[Statement]
    shown_sha256: str
    votes: Sequence[Vote]
    castings: Sequence[Casting]
    permits: Sequence[Permit]
    intents: Sequence[Intent]
    progress: Progress
    may: frozenset[str]
    course: "CourseTaken"
    whole: Whole | None


@dataclass(frozen=True, slots=True)
class CourseTaken:
    """What was done about an application on its way, each in turn."""

    detours: Sequence[Detour]
    void_votes: Sequence[VoidVote]
    comments: Sequence[Comment]
    urgings: Sequence[Urging]
    readers: Sequence[Reader]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for somebody, oldest first, and how much there is."""

    oldest: QuerySet[Application]
    keys: frozenset[int]
    count: int


def visible_to(actor: Person, at: datetime) -> QuerySet[Application]:
    """Return one's own applications and those one operates, decides, manages or was given; all for the auditor."""
    powers = identity.powers_of(actor, at)
    applications = Application.objects.select_related("company", "applicant").order_by("-submitted_at", "-pk")
    if powers.reads_everything:
        return applications
    own = Casting.objects.filter(application=OuterRef("pk"), person=actor)
    read = Reader.objects.filter(application=OuterRef("pk"), person=actor)
    return applications.filter(Exists(own) | Exists(read) | among("company_id", powers.companies(*_SEE)))


def applications_visible_to(actor: Person, at: datetime) -> QuerySet[Application]:
    return visible_to(actor, at)


def uids_of_own(actor: Person, at: datetime, *, limit: int = 20) -> list[str]:
    """Return one's own newest applications; one that asks several companies by its first part alone."""
    return asked_with(_uids_of, keys_of_own(actor, at, limit=limit))


def _uids_of(applications: frozenset[int]) -> QuerySet[Application, str]:
    return Application.objects.filter(among("pk", applications)).order_by("-pk").values_list("uid", flat=True)


def keys_of_own(actor: Person, at: datetime, *, limit: int) -> frozenset[int]:
    def page(below: int | None) -> list[tuple[int, int | None]]:
        return asked_with(_own_below, actor.pk, below, Most(limit))

    return frozenset(keys_of_rows(page, lambda: visible_to(actor, at).filter(applicant=actor), limit=limit))


def own_among(actor: Person, at: datetime, keys: frozenset[int]) -> QuerySet[Application]:
    return visible_to(actor, at).filter(among("pk", keys), applicant=actor).order_by("-pk")


def _own_below(actor: int, below: int | None, limit: int) -> QuerySet[Application, tuple[int, int | None]]:
    own = Application.objects.filter(applicant=actor).order_by("-pk").values_list("pk", "joint")
    return (own if below is None else own.filter(pk__lt=below))[:limit]


def application_visible_to(actor: Person, at: datetime, uid: str) -> ApplicationView:
    """Return the whole application, or refuse."""
    if not (found := asked_for(_seen_by_uid, actor, at, uid)):
        raise NotFound(application=uid)
    (application,) = with_all(found)
    lines, castings = list(application.lines.all()), list(application.castings.all())
    statements = statements_of(application, lines)
    is_approved = application.state == State.APPROVED.value
    permits = seals.permits_of_application(actor, at, uid) if is_approved else []
    return ApplicationView(
        application=application,
        lines=lines,
        statements=statements,
        shown_sha256=shown_digest(application, statements, lines),
        votes=list(application.votes.all()),
        castings=castings,
        permits=permits,
        intents=sealing.intents_of_permits(actor, at, permits) if permits else [],
        progress=_progress(application, permits, at),
        may=_may(actor, at, application, castings, permits),
        course=_course(application),
        whole=whole_among(lambda: visible_to(actor, at), application),
    )


def _seen_by_uid(actor: Person, at: datetime, uid: str) -> QuerySet[Application]:
    seen = visible_to(actor, at).select_related("company", "applicant", "category", "joint")
    return seen.filter(uid=uid)[:1]


def _course(application: Application) -> CourseTaken:
    void = application.void_votes.select_related("person", "for_person").order_by("at", "pk")
    return CourseTaken(
        detours=detours_of(application),
        void_votes=list(void) if application.returns else [],
        comments=asked_with(comments_on, application.pk),
        urgings=asked_with(urgings_of, application.pk),
        readers=asked_with(readers_of, application.pk),
    )


def attachment_visible_to(actor: Person, at: datetime, uid: str, sha256: str) -> Document:
    """Return a paper that lies beside an application, for whoever may read the application, or refuse."""
    application = visible_to(actor, at).filter(uid=uid).first()
    if application is None or sha256 not in {one["sha256"] for one in application.attached}:
        raise NotFound(document=sha256)
    return Document.objects.filter(company=application.company_id, sha256=sha256).order_by("pk")[:1].get()


def newest_visible(
    actor: Person, at: datetime, *, limit: int, after: str = "", state: str = "", words: str = "", is_late: bool = False
) -> QuerySet[Application]:
    """Return the newest applications that an actor may see, from the one after ``after`` on; empty words find all."""
    # The keys are fetched first: with the question inside, the whole table may be read to find twenty rows.
    keys = keys_of_newest(actor, at, limit=limit, after=after, state=state, words=words, is_late=is_late)
    return among_visible(actor, at, keys)


def among_visible(actor: Person, at: datetime, keys: frozenset[int]) -> QuerySet[Application]:
    """Return those of these applications that an actor may see, the newest first."""
    return visible_to(actor, at).filter(among("pk", keys)).order_by("-pk")


def keys_of_newest(
    actor: Person, at: datetime, *, limit: int, after: str = "", state: str = "", words: str = "", is_late: bool = False
) -> frozenset[int]:
    """Return the keys of the newest applications that an actor may see and looks for.

    One that asks several companies is one: the first part of those that they may see, and that are looked for.
    """
    late = Q(state=State.PENDING.value, due_at__lt=at) if is_late else Q()
    looked_for = late & (Q(state=state) if state else Q())

    only = _only_one(identity.powers_of(actor, at).companies(*_SEE))

    def alike() -> QuerySet[Application]:
        return visible_to(actor, at).filter(looked_for, said_by_part(words) if words else Q())

    def page(below: int | None) -> list[tuple[int, int | None]]:
        asked = (only, after or None, state or None, at if is_late else None, below, Most(limit), *said)
        # A number that was typed may be one of a year, for whose days no word stands.
        is_number = bool(said and said.number)
        found = _newest_below(actor, at, *asked) if is_number else asked_for(_newest_below, actor, at, *asked)
        return sorted(set(found), reverse=True)[:limit]

    said: Said | tuple[()] = ()
    if not words and not state and not is_late:
        return frozenset(keys_of_rows(page, alike, limit=limit))
    with planned_for_what_is_asked():
        said = standing(words) if words else ()
        return frozenset(keys_of_rows(page, alike, limit=limit))


def _newest_below(
    actor: Person,
    at: datetime,
    only: int | None,
    after: str | None,
    state: str | None,
    due_before: datetime | None,
    below: int | None,
    limit: int,
    *said: Any,  # noqa: ANN401 - what was looked for, if anything: see ``Said``
) -> QuerySet[Application, tuple[int, int | None]]:
    """Return key and whole of the newest that each way finds below a key, in each place where the words stand."""
    looked_for = Q() if due_before is None else Q(state=State.PENDING.value, due_at__lt=due_before)
    looked_for &= Q() if state is None else Q(state=state)
    looked_for &= Q() if below is None else Q(pk__lt=below)
    ways = [
        _further(way, after=after or "").filter(looked_for, place)
        for way, own in _ways(actor, at, only)
        for place in (saying(Said(*said), seals=own) if said else (Q(),))
    ]
    nowhere = Application.objects.none().values_list("pk", "joint")
    first, *others = [way.order_by("-pk").values_list("pk", "joint")[:limit] for way in ways] or [nowhere]
    return first.union(*others) if others else first


def waiting_for(actor: Person, at: datetime, *, most: int, counted: int) -> Waiting:
    """Return what an actor can decide or carry out now: what is due first, and the count up to a bound."""
    keys = frozenset(keys_waiting_for(actor, at, most=counted))
    return Waiting(in_turn(actor, at, keys)[:most], keys, min(len(keys), counted))


def in_turn(actor: Person, at: datetime, keys: frozenset[int]) -> QuerySet[Application]:
    """Return those of these applications that an actor may see, what is due first."""
    return visible_to(actor, at).filter(among("pk", keys)).order_by(*IN_TURN)


def count_waiting_for(actor: Person, at: datetime, *, most: int) -> int:
    """Count what waits for an actor, up to this many."""
    return min(len(keys_waiting_for(actor, at, most=most)), most)


def _only_one(companies: frozenset[int]) -> int | None:
    return next(iter(companies)) if len(companies) == 1 else None


def _ways(actor: Person, at: datetime, only: int | None) -> Iterator[tuple[QuerySet[Application], QuerySet[Seal]]]:
    """Yield what ``visible_to`` joins with an OR, one by one, with the seals it can be about.

    Each alone is found by an index of its own; that of a company is in the order of the list, and serves where the
    company is the ``only`` one, which is said then by itself: an array of one is not read in order.
    """
    powers = identity.powers_of(actor, at)
    if powers.reads_everything:
        yield Application.objects.all(), Seal.objects.all()
        return
    own = Casting.objects.filter(person=actor).order_by().values("application")
    read = Reader.objects.filter(person=actor).order_by().values("application")
    yield Application.objects.filter(pk__in=own), Seal.objects.all()
    yield Application.objects.filter(pk__in=read), Seal.objects.all()
    if companies := powers.companies(*_SEE):
        of_these = among("company_id", companies) if only is None else Q(company=only)
        yield Application.objects.filter(of_these), Seal.objects.filter(of_these)


def _further(applications: QuerySet[Application], *, after: str) -> QuerySet[Application]:
    if not after:
        return applications
    mark = Application.objects.filter(uid=after).order_by().values("pk")
    return applications.filter(pk__lt=Subquery(mark))


def _progress(application: Application, permits: Sequence[Permit], at: datetime) -> Progress:
    if application.state != State.APPROVED.value:
        is_late = State(application.state) in UNDECIDED and at >= application.expires_at
        return Progress.EXPIRED if is_late else Progress(application.state)
    is_added = application.adds_to_id is not None
    if is_added or (permits and all(permit.used >= permit.impressions for permit in permits)):
        return Progress.DONE
    if permits and all(permit.used >= permit.impressions or permit.revoked_at is not None for permit in permits):
        return Progress.ENDED
    if at >= max([application.expires_at, *(permit.expires_at for permit in permits)]):
        return Progress.EXPIRED
    if at < application.starts_at:
        return Progress.NOT_YET
    return Progress.UNDER_WAY if any(permit.used for permit in permits) else Progress.READY


def _may(
    actor: Person, at: datetime, application: Application, castings: Sequence[Casting], permits: Sequence[Permit]
) -> frozenset[str]:
    """Return the steps the rules would let this person take now: the buttons of the page."""
    parts = {part for casting in castings if casting.person_id == actor.pk for part in casting.parts}
    purpose, may = Purpose(application.purpose), set[str]()
    if application.state == State.PENDING.value and at < application.expires_at:
        if voters_of(application, at, among={actor.pk}):
            may |= {"approve", "reject", "ask"} | ({"return"} if application.stage > 1 else set())
        if any(own.person_id == actor.pk and own.is_awaited for own in application.own_yeses.all()):
            may.add("consent")
        if Part.WITNESS in parts and _has_still_to_compare(actor, application):
            may.add("compare")
    if any(own.person_id == actor.pk and own.is_there for own in application.own_yeses.all()):
        rests = any(one.own_yes_id == actor.pk and _is_unused(one, at) for one in permits)
        may |= {"take-back"} if rests or State(application.state) in UNDECIDED else set()
    if Part.APPLICANT in parts and at < application.expires_at and identity.powers_of(actor, at).takes_part:
        may |= _OF_APPLICANT.get(State(application.state), frozenset())
    takes_part = application.state in _TALKED_OF and identity.powers_of(actor, at).takes_part
    if takes_part and (parts or approvers_of(application, at, among={actor.pk})):
        may |= {"comment", "copy"}
    if may_end(actor, at, permits) and identity.powers_of(actor, at).takes_part:
        may.add("end")
    if any(_can_carry_out(actor, permit, at) for permit in permits):
        may.add(_OPERATE.get(purpose, purpose.value))
    return frozenset(may)


def _has_still_to_compare(actor: Person, application: Application) -> bool:
    return CopyCheck.objects.filter(application=application, person=actor, compared_at=None).exists()


def _can_carry_out(actor: Person, permit: Permit, at: datetime) -> bool:
    return (
        _is_unused(permit, at)
        and permit.starts_at <= at
        and permit.parts.filter(person=actor, part=PermitPart.Part.HOLDER).exists()
    )


def _is_unused(permit: Permit, at: datetime) -> bool:
    return permit.used < permit.impressions and permit.revoked_at is None and at < permit.expires_at
