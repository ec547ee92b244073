"""Tell the key of applications that came to nothing, and of own yeses taken back, until it has it."""

from datetime import datetime
from typing import Final

from django.db.models import Q

from privyseal.approvals.models import Application, OwnYes
from privyseal.approvals.queries.denials import applications_not_denied, own_yeses_not_denied
from privyseal.kernel.errors import Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command
from privyseal.signer.client import Client
from privyseal.signer.denials import Denial, What

_SWEEP: Final = Service("sweep")
_AT_ONCE: Final = 200


def deny_applications(at: datetime, *, signer: Client) -> int:
    """Deny at the key what was rejected, withdrawn or lost its own yes; return of how many it was told."""
    ended = list(applications_not_denied()[:_AT_ONCE])
    withdrawn = list(own_yeses_not_denied().select_related("application", "seal")[:_AT_ONCE])
    denied = [Denial(What.APPLICATION, application.uid) for application in ended]
    denied += [Denial(What.PERMIT, one.application.uid, one.seal.uid) for one in withdrawn]
    if not denied:
        return 0
    try:
        signer.deny(denied)
    except Refused:
        return 0
    pairs = [(one.application_id, one.seal_id) for one in withdrawn]
    _note_denied(_SWEEP, at, applications=[one.pk for one in ended], own_yeses=pairs)
    return len(denied)


@command("application.denial-told")
def _note_denied(actor: Actor, at: datetime, *, applications: list[int], own_yeses: list[tuple[int, int]]) -> None:
    told = list(applications_not_denied().filter(pk__in=applications).select_for_update())
    Application.objects.filter(pk__in=[one.pk for one in told]).update(denied_at=at)
    for application in told:
        book.record("application.denied-at-signer", by=actor, at=at, application=application.uid)
    which = Q(*(Q(application=application, seal=seal) for application, seal in own_yeses), _connector=Q.OR)
    withdrawn = own_yeses_not_denied().filter(which) if own_yeses else OwnYes.objects.none()
    for one in withdrawn.select_related("application", "seal").select_for_update(of=("self",)):
        one.denied_at = at
        one.save(update_fields=["denied_at"])
        said = {"application": one.application.uid, "seal": one.seal.uid}
        book.record("application.denied-at-signer", by=actor, at=at, **said)
