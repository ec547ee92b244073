"""What waits for somebody alone: to carry out, to say yes to for themselves, and to compare with its original."""

from datetime import datetime
from typing import Final, NamedTuple

from django.db import connection
from django.db.models import Min, QuerySet

from privyseal.approvals.models import Application, CopyCheck, OwnYes
from privyseal.approvals.rules import State
from privyseal.identity.models import Person
from privyseal.seals import queries as seals

# Every page counts what waits for its reader, and most people have to do with little of it.
_CONCERNED: Final = """
    SELECT EXISTS (SELECT FROM permit_part WHERE person_id = %(person)s AND part = 'holder'),
        EXISTS (SELECT FROM application_own_yes WHERE person_id = %(person)s),
        EXISTS (SELECT FROM application_copy_check WHERE person_id = %(person)s)
"""


class Concerned(NamedTuple):
    """Which kinds of what waits for one person alone they ever had to do with."""

    holds_permits: bool
    is_named: bool
    compares: bool


def concerned_by(actor: Person) -> Concerned:
    with connection.cursor() as cursor:
        cursor.execute(_CONCERNED, {"person": actor.pk})
        return Concerned(*cursor.fetchone())


def waiting_for_nobody_else(
    actor: Person, at: datetime, concerned: Concerned, *, most: int
) -> list[QuerySet[Application]]:
    """Return one question for each of these kinds; to carry out, the oldest up to a bound."""
    pending = Application.objects.filter(state=State.PENDING, expires_at__gt=at)
    found = [_to_carry_out(actor, at, most=most)] if concerned.holds_permits else []
    if concerned.is_named:
        asked = OwnYes.objects.filter(person=actor, mandate=None, given_at=None).order_by().values("application")
        found.append(pending.filter(pk__in=asked))
    if concerned.compares:
        copies = CopyCheck.objects.filter(person=actor, compared_at=None).order_by().values("application")
        found.append(pending.filter(pk__in=copies))
    return found


def _to_carry_out(actor: Person, at: datetime, *, most: int) -> QuerySet[Application]:
    held = seals.open_permits_for(actor, at).filter(starts_at__lte=at).order_by().values("application_uid")
    first_issued = held.annotate(first=Min("issued_at")).order_by("first", "application_uid")
    return Application.objects.filter(uid__in=first_issued.values("application_uid")[:most])
