"""Whose turn it is, as a condition on the applications that are looked through."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from privyseal.approvals.models import Casting, Delegation, Detour, Due, Line, SeatAsked, Vote
from privyseal.approvals.rules import POLICY
from privyseal.approvals.rules.course import Course
from privyseal.approvals.rules.deadlines import Lapse
from privyseal.approvals.rules.seats import Who
from privyseal.approvals.ties import Ties, ties_of
from privyseal.approvals.turns import delegations_in_force, holds_now
from privyseal.identity import queries as identity
from privyseal.identity.keys import as_one
from privyseal.identity.models import Person, PostHolding
from privyseal.ledger.rewording import asked_with
from privyseal.seals.models import Custody


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody decides by besides their powers: posts, who lets them decide now, and whom they are tied to."""

    ties: Ties
    posts: tuple[int, ...] = ()
    given: tuple[Delegation, ...] = ()


def standing_of(actor: Person, at: datetime) -> Standing:
    # Hardly anybody decides for somebody else.
    given = delegations_in_force(at).filter(taker=actor) if asked_with(_given_to, actor.pk, at) else ()
    return Standing(
        ties=ties_of(actor.pk, at),
        posts=_posts_of(actor.pk, at),
        given=tuple(one for one in given if holds_now(one, at)),
    )


def _given_to(actor: int, at: datetime) -> QuerySet[Delegation, int]:
    return delegations_in_force(at).filter(taker=actor).values_list("pk", flat=True)


def _posts_of(person: int, at: datetime) -> tuple[int, ...]:
    return tuple(asked_with(_posts_held, person, at))


def _posts_held(person: int, at: datetime) -> QuerySet[PostHolding, int]:
    holdings = identity.holdings_in_force(at).filter(person=person)
    return holdings.order_by("post_id").values_list("post_id", flat=True)


def seat_for(actor: Person, at: datetime, standing: Standing) -> Q:
    """Return the condition that the present stage has a seat which an approver could fill: any, where none is named."""
    posts = standing.posts
    here = SeatAsked.objects.filter(application=OuterRef("pk"), stage=OuterRef("stage"))
    named = Q(who=Who.APPROVER.value) | Q(posts__overlap=as_one(posts)) | Q(people__contains=[actor.pk])
    asked = Exists(detours_here(Course.FORWARD, Course.ASK_FURTHER).filter(person=actor))
    able = Q(Q(detours_made__gt=0) & asked, Exists(here.filter(named)), policy=POLICY, _connector=Q.OR)
    able |= _is_late_for(actor.pk, posts)
    for given in standing.given:
        able |= _seat_for_delegate(given, at, standing.ties)
    return able


def _seat_for_delegate(given: Delegation, at: datetime, ties: Ties) -> Q:
    """Return the condition that the present stage has a seat of whoever lets this delegate decide, in its scope.

    Neither of the two has another duty in it, or was tied to somebody who has: ``ties`` are the delegate's.
    """
    posts = _posts_of(given.giver_id, at)
    here = SeatAsked.objects.filter(application=OuterRef("pk"), stage=OuterRef("stage"))
    gone = Vote.objects.filter(Q(person=given.giver_id) | Q(for_person=given.giver_id), application=OuterRef("pk"))
    able = Q(Exists(here.filter(Q(posts__overlap=as_one(posts)) | Q(people__contains=[given.giver_id]))), ~Exists(gone))
    able |= Q(_is_late_for(given.giver_id, posts), ~Exists(gone))
    both = (ties, ties_of(given.giver_id, at))
    able &= Q(~Exists(_duties_of(both)), ~Exists(_seals_kept_by(both)), company=given.company_id)
    if given.purposes:
        able &= Q(purpose__in=given.purposes)
    if given.types:
        of_type = Q(seal__type__in=given.types) | Q(seal__own_type__uid__in=given.types)
        able &= Q(~Exists(Line.objects.filter(application=OuterRef("pk")).exclude(of_type)))
    return able & Q(amount__lt=given.below) if given.below is not None else able


def _duties_of(both: Collection[Ties]) -> QuerySet[Casting]:
    duties = Casting.objects.filter(_concerns(both, "person", OuterRef("submitted_at")), application=OuterRef("pk"))
    return duties.exclude(is_approver=True).order_by()


def _seals_kept_by(both: Collection[Ties]) -> QuerySet[Line]:
    here = _concerns(both, "keeper", OuterRef(OuterRef("submitted_at")))
    kept = Custody.objects.filter(here, until=None).order_by()
    return Line.objects.filter(application=OuterRef("pk"), seal__in=kept.values("seal")).order_by()


def _concerns(both: Collection[Ties], person: str, since: OuterRef) -> Q:
    """Return the condition that a person of the row is one of these, or was tied to one of them since then."""
    tied = (ties.include(person, since) for ties in both)
    return Q((f"{person}__in", [ties.of for ties in both]), *tied, _connector=Q.OR)


def detours_here(*courses: Course) -> QuerySet[Detour]:
    """Return what was done at the present stage of an application that is asked about."""
    here = Detour.objects.filter(application=OuterRef("pk"), stage=OuterRef("stage"))
    return here.filter(course__in=[course.value for course in courses]).order_by()


def _is_late_for(person_id: int, posts: Collection[int]) -> Q:
    """Return the condition that the present stage is late, and somebody may decide it by that."""
    here = Due.objects.filter(application=OuterRef("pk"), stage=OuterRef("stage"), lapsed_at__isnull=False)
    named = Q(who=Who.APPROVER.value) | Q(posts__overlap=as_one(posts)) | Q(people__contains=[person_id])
    return Q(Exists(here.filter(named, lapse=Lapse.ADD.value).order_by()), due_at__isnull=False)
