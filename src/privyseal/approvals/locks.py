"""An application to decide on, locked and read whole.

Most of the SQL is written out: nothing happens more often than a vote, and to build these questions anew took a third
of it. Of rows with a key of several columns Django reads none that way: castings are put together here.
"""

from collections.abc import Iterable
from typing import Final

from django.db import connection

from privyseal.approvals.models import Application, Casting, Detour, Line, OwnYes, SeatAsked, Vote
from privyseal.approvals.rules import POLICY
from privyseal.identity.models import DigestField, Person
from privyseal.kernel.errors import NotFound
from privyseal.ledger.beside import keep_beside
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.models import Seal
from privyseal.seals.permits import share_lock
from privyseal.seals.rules import SealType
from privyseal.seals.rules.persons import bears_a_name
from privyseal.signer.statement import Purpose

_LINES: Final = """
    SELECT line.*, application.purpose, application.joint_id
    FROM application_line line JOIN application ON application.id = line.application_id
    WHERE application.uid = %s ORDER BY line.position
"""
_APPLICATION: Final = "SELECT * FROM application WHERE uid = %s FOR UPDATE"
_SEALS_OF_ALL: Final = """
    SELECT DISTINCT line.seal_id FROM application_line line JOIN application ON application.id = line.application_id
    WHERE application.joint_id = %s
"""
_CASTINGS: Final = "SELECT * FROM application_casting WHERE application_id = %s ORDER BY person_id"
_VOTES: Final = Vote.objects.order_by("stage", "at", "person_id")
_OWN_YESES: Final = OwnYes.objects.select_related("person", "mandate").order_by("seal_id")
_PEOPLE: Final = "SELECT * FROM person WHERE id = ANY(%s)"


@transaction_required
def locked(application_uid: str) -> Application:
    """Return the application with its lines, castings and votes, locked in the one order: its seals, then itself.

    Votes share a seal; only its making changes it. One company's part of a whole is locked with all the others.
    """
    uid = DigestField().get_prep_value(application_uid)
    lines = list(Line.objects.raw(_LINES, [uid]))
    if not lines:
        raise NotFound(application=application_uid)
    is_making = vars(lines[0])["purpose"] == Purpose.MAKE.value
    joint_id = vars(lines[0])["joint_id"]
    if joint_id is None:
        seals = _locked_seals({line.seal_id for line in lines}, is_making=is_making)
    else:
        seals = _locked_with_all(joint_id)
    (application,) = Application.objects.raw(_APPLICATION, [uid])
    castings = _castings_of(application)
    # Whoever votes becomes an approver by it: where nobody is one, nobody has voted.
    has_votes = any(casting.is_approver for casting in castings)
    votes = list(_VOTES.filter(application=application)) if has_votes else []
    is_own = application.policy == POLICY
    seats = [] if is_own else list(SeatAsked.objects.filter(application=application).order_by("stage", "position"))
    has_detours = application.detours_made > 0
    detours = list(Detour.objects.filter(application=application).order_by("number")) if has_detours else []
    is_named = any(bears_a_name(SealType(seal.type)) for seal in seals.values())
    own_yeses = list(_OWN_YESES.filter(application=application)) if is_named else []
    involved = {application.applicant_id, *(row.person_id for row in castings), *(row.person_id for row in votes)}
    people = {person.pk: person for person in Person.objects.raw(_PEOPLE, [list(involved)])}
    application.applicant = people[application.applicant_id]
    for line in lines:
        line.seal = seals[line.seal_id]
    for casting in castings:
        casting.person = people[casting.person_id]
    for vote in votes:
        vote.person = people[vote.person_id]
    keep_beside(application, "lines", lines)
    keep_beside(application, "castings", castings)
    keep_beside(application, "votes", votes)
    keep_beside(application, "seats", seats)
    keep_beside(application, "detours", detours)
    keep_beside(application, "own_yeses", own_yeses)
    return application


def _locked_with_all(joint_id: int) -> dict[int, Seal]:
    """Return the seals of every part of a whole, locked, and lock the parts after them."""
    with connection.cursor() as cursor:
        cursor.execute(_SEALS_OF_ALL, [joint_id])
        keys = [seal for (seal,) in cursor.fetchall()]
    seals = _locked_seals(keys, is_making=False)
    list(Application.objects.select_for_update().filter(joint=joint_id).order_by("pk").values_list("pk"))
    return seals


def _locked_seals(keys: Iterable[int], *, is_making: bool) -> dict[int, Seal]:
    if is_making:
        seals = list(Seal.objects.select_for_update().filter(pk__in=list(keys)).order_by("pk"))
    else:
        seals = share_lock(sorted(keys))
    return {seal.pk: seal for seal in seals}


def _castings_of(application: Application) -> list[Casting]:
    with connection.cursor() as cursor:
        cursor.execute(_CASTINGS, [application.pk])
        columns = [column.name for column in cursor.description]
        return [Casting(**dict(zip(columns, row, strict=True))) for row in cursor.fetchall()]
