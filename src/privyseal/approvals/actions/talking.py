"""Around an application: say something about it, remind those who must decide, give it to somebody to read."""

from datetime import datetime
from typing import Final

from django.db.models import Max

from privyseal.approvals.actions.opening import named_people
from privyseal.approvals.casting import cast_of
from privyseal.approvals.locks import locked
from privyseal.approvals.models import Application, Comment, Reader, Urging
from privyseal.approvals.rules import Part, People, State
from privyseal.approvals.rules.course import URGED_ONCE_IN, Course, plan_course, whom_to_urge
from privyseal.approvals.stages import approvers_of
from privyseal.approvals.wholes.parts import others_of
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required

MOST_COMMENTS: Final = 100
"""So many of one person on one application: whoever opens it reads them all."""


class NothingSaid(Refused):
    code = "nothing-said"


class TooManyComments(Refused):
    code = "too-many-comments"


class ReadsAlready(Refused):
    """Somebody was given this to read before."""

    code = "reads-already"


@command("application.comment")
def comment(actor: Person, at: datetime, *, application_uid: str, text: str) -> str:
    """Say something about an application, for everybody who takes part in it."""
    application = _for_one_who_takes_part(actor, at, application_uid, Course.COMMENT)
    said = text.strip()
    if not said:
        raise NothingSaid
    if Comment.objects.filter(application=application, person=actor).count() >= MOST_COMMENTS:
        raise TooManyComments(most=MOST_COMMENTS)
    Comment.objects.create(application=application, person=actor, stage=application.stage, text=said, at=at)
    book.record(
        "application.commented",
        by=actor,
        at=at,
        application=application.uid,
        stage=application.stage,
        text_sha256=sha256(said.encode()),
    )
    return application.uid


@command("application.urge")
def urge(actor: Person, at: datetime, *, application_uid: str) -> str:
    """Remind those who still must decide, in every company that is asked, at most once in some hours at each stage."""
    application = locked(application_uid)
    identity.require_part(actor, at)
    entitled = frozenset({application.applicant_id})
    plan_course(State(application.state), Course.URGE, actor=actor.pk, cast={}, entitled=entitled)
    waiting = {one.pk: one for one in (application, *others_of(application)) if one.state == State.PENDING.value}
    for key in sorted(whom_to_urge(at, last={key: _last_urged(one) for key, one in waiting.items()})):
        part = waiting[key]
        Urging.objects.create(application=part, stage=part.stage, at=at, until=at + URGED_ONCE_IN)
        book.record("application.urged", by=actor, at=at, application=part.uid, stage=part.stage)
    return application.uid


def _last_urged(application: Application) -> datetime | None:
    before = Urging.objects.filter(application=application, stage=application.stage)
    last: datetime | None = before.aggregate(last=Max("at"))["last"]
    return last


@command("application.copy")
def give_to_read(actor: Person, at: datetime, *, application_uid: str, person_pseudonym: str) -> str:
    """Give an application to somebody to read, who hears of its end; return who."""
    application = _for_one_who_takes_part(actor, at, application_uid, Course.COPY)
    (person,) = named_people(actor, at, pseudonyms=[person_pseudonym], part=Part.APPROVER)
    if person == actor or Reader.objects.filter(application=application, person=person).exists():
        raise ReadsAlready
    Reader.objects.create(application=application, person=person, named_by=actor, at=at)
    book.record("application.copied", by=actor, at=at, application=application.uid, person=person.pseudonym)
    return person.pseudonym


@transaction_required
def _for_one_who_takes_part(actor: Person, at: datetime, application_uid: str, course: Course) -> Application:
    application = locked(application_uid)
    identity.require_part(actor, at)
    entitled = _taking_part(actor, at, application)
    plan_course(State(application.state), course, actor=actor.pk, cast=cast_of(application), entitled=entitled)
    return application


def _taking_part(actor: Person, at: datetime, application: Application) -> People:
    """Return the actor if they play a part in an application, or may decide on it."""
    cast = frozenset(casting.person_id for casting in application.castings.all())
    return (cast & {actor.pk}) or approvers_of(application, at, among={actor.pk})
