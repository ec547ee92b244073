"""The own yes of whoever a seal names: whose is asked for when an application begins, and what a permit rests on."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import F, Q

from privyseal.approvals.casting import cast_of, enter
from privyseal.approvals.models import Application, Line, OwnYes
from privyseal.approvals.queries.charters import charters_at_the_key
from privyseal.approvals.rules import Part, keep_apart
from privyseal.ledger.transactions import transaction_required
from privyseal.sealing.models import Document, DocumentShown
from privyseal.seals.models import Mandate, Seal
from privyseal.seals.owners import person_of
from privyseal.seals.rules import SealType
from privyseal.seals.rules.persons import (
    MandateNotInForce,
    NobodyToSayYes,
    OwnYesAwaited,
    OwnYesWithdrawn,
    bears_a_name,
    covers,
)
from privyseal.signer.charters import COUNTS
from privyseal.signer.statement import ADDITIONS, SESSION, USES, Purpose


@transaction_required
def ask_own_yes(application: Application, lines: Sequence[Line]) -> None:
    """Ask for the own yes of everybody whom a seal names, and show them what is to be sealed with it."""
    if Purpose(application.purpose) not in USES | ADDITIONS:
        return
    seals = {line.seal_id: line.seal for line in lines if bears_a_name(SealType(line.seal.type))}
    asked = [_asked(application, seal) for seal in seals.values()]
    for own in asked:
        keep_apart(Part.PERSON, actor=own.person_id, cast=cast_of(application))
        enter(application, own.person, Part.PERSON)
        of_seal = {line.document_sha256 for line in lines if line.seal_id == own.seal_id}
        shown = [DocumentShown(document=one, person=own.person) for one in Document.objects.filter(sha256__in=of_seal)]
        DocumentShown.objects.bulk_create(shown, ignore_conflicts=True)
    OwnYes.objects.bulk_create(asked)


@transaction_required
def own_yes_for(application: Application, seal: Seal, at: datetime, asked: Iterable[OwnYes]) -> OwnYes | None:
    """Return the own yes that a permit of this seal rests on, its mandate counted; None where none is taken."""
    own = next((one for one in asked if one.seal_id == seal.pk), None)
    if own is None:
        return None
    if own.withdrawn_at is not None:
        raise OwnYesWithdrawn(application=application.uid)
    if not own.is_there:
        raise OwnYesAwaited(application=application.uid)
    if own.mandate_id is not None:
        in_time = Q(starts_at__lte=at, ends_at__gte=application.expires_at, revoked_at=None)
        is_left = Q(most_uses=None) | Q(used__lt=F("most_uses"))
        if not Mandate.objects.filter(in_time, is_left, pk=own.mandate_id).update(used=F("used") + 1):
            raise MandateNotInForce(application=application.uid)
    return own


def _asked(application: Application, seal: Seal) -> OwnYes:
    person = person_of(seal, application.submitted_at)
    if person is None:
        raise NobodyToSayYes(seal=seal.uid)
    if application.adds_to_id is not None:  # a mandate covers uses as they were asked for, and nothing added since
        return OwnYes(application=application, seal=seal, person=person)
    in_time = Mandate.objects.filter(
        seal=seal,
        given_by=person,
        revoked_at=None,
        starts_at__lte=application.submitted_at,
        ends_at__gte=application.expires_at,
    )
    amount = application.amount
    counted = COUNTS[_assurance_asked(application, seal)]
    fitting = (
        one
        for one in in_time.order_by("ends_at", "pk")
        if covers(one.limits, used=one.used, amount=amount) and one.assurance in counted
    )
    return OwnYes(application=application, seal=seal, person=person, mandate=next(fitting, None))


def _assurance_asked(application: Application, seal: Seal) -> str:
    holds = charters_at_the_key(application.purpose, [seal]).get(seal.uid)
    return holds.charter.assurance if holds else SESSION
