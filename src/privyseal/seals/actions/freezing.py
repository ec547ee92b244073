"""A whole group put to rest by one person at once, and brought back by the approval of two."""

from datetime import datetime
from typing import Final

from privyseal.identity import queries as identity
from privyseal.identity.keys import ROWS_AT_ONCE
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import NotEntitled, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.seals.actions.acting import carry_out
from privyseal.seals.actions.incidents import open_incident
from privyseal.seals.actions.moving import move
from privyseal.seals.actions.stopping import keep_at_rest, tell_signer
from privyseal.seals.models import IncidentSeal, Permit, PermitPart, Seal
from privyseal.seals.queries.incidents import incident_visible_to
from privyseal.seals.rules import Act, Leave, SealState
from privyseal.seals.rules.incidents import IncidentKind
from privyseal.signer.client import Client
from privyseal.signer.statement import Purpose

# What a freeze finds in use or at rest: neither may come back by an approval from before.
_IN_HAND: Final = (SealState.ACTIVE, SealState.SUSPENDED, SealState.COLLECTED)


@command("incident.freeze")
def freeze_group(actor: Person, at: datetime, *, company_uid: str, reason: str, is_drill: bool = False) -> str:
    """Put every seal of a company and all below it to rest at once; a drill says what would rest."""
    company = identity.company_visible_to(actor, at, company_uid)
    powers = identity.powers_of(actor, at)
    if not (powers.has(Power.MANAGE, company.pk) or powers.has(Power.AUDIT, None)):
        raise NotEntitled(power=Power.MANAGE.value)
    wanted = Seal.objects.filter(company_id__in=identity.companies_below(company.pk), state__in=_IN_HAND)
    in_hand = list(wanted.select_for_update().order_by("pk"))
    seals = [seal for seal in in_hand if seal.state == SealState.ACTIVE.value]
    incident = open_incident(
        actor, at, kind=IncidentKind.FREEZE, company=company, seal=None, owner=actor, opener=actor, is_drill=is_drill
    )
    incident.account = reason.strip()[:500]
    incident.save(update_fields=["account"])
    IncidentSeal.objects.bulk_create(
        (IncidentSeal(incident=incident, seal=seal) for seal in seals), batch_size=ROWS_AT_ONCE
    )
    revoked = 0 if is_drill else keep_at_rest(in_hand, at)
    for seal in [] if is_drill else seals:
        move(actor, at, seal=seal, act=Act.SUSPEND, leave=Leave.ONE_PERSON, incident=incident.uid)
    about: dict[str, Json] = {"incident": incident.uid, "company": company.uid, "count": len(seals)}
    if is_drill:
        book.record("incident.drilled", by=actor, at=at, **about)
    else:
        book.record("incident.frozen", by=actor, at=at, **about, revoked=revoked)
    return incident.uid


def freeze(actor: Person, at: datetime, *, company_uid: str, reason: str, is_drill: bool, signer: Client) -> str:
    """Freeze in the register, then at the keys; a signer that is down is told by the sweep."""
    uid = freeze_group(actor, at, company_uid=company_uid, reason=reason, is_drill=is_drill)
    if not is_drill:
        tell_signer(at, signer=signer)
    return uid


def unfreeze(actor: Person, at: datetime, *, incident_uid: str, signer: Client) -> str:
    """Bring back every seal of a freeze for which the actor holds an approved permit; return the incident's uid."""
    incident = incident_visible_to(actor, at, incident_uid)
    held = PermitPart.objects.filter(person=actor, part=PermitPart.Part.HOLDER).values("permit")
    frozen = incident.seals.order_by().values("seal")
    thaw = Permit.objects.filter(seal__in=frozen, purpose=Purpose.UNFREEZE.value, used=0, revoked_at=None)
    permit_uids = list(thaw.filter(pk__in=held).order_by("pk").values_list("uid", flat=True))
    if not permit_uids:
        raise OutOfTurn(incident=incident_uid)
    for permit_uid in permit_uids:
        carry_out(actor, at, permit_uid=permit_uid, signer=signer)
    return incident.uid
