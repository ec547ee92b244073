"""Charters: proposed by an approver, agreed to by as many as the one before asks for, told to the key."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import Max

from privyseal.approvals.models import CharterVersion
from privyseal.approvals.own_passkeys import check_fits, says_by_passkey
from privyseal.approvals.queries.charters import charter_before, charters_not_told, require_for_all
from privyseal.approvals.rules.charters import (
    CharterAgreedAlready,
    CharterAsksMore,
    CharterNeedsMachine,
    CharterUnchanged,
    takes,
)
from privyseal.approvals.rules.rosters import Asks, asks_of
from privyseal.devices.mounted import in_machines
from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Installation, Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import NotFound, OutOfTurn, Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.sealing.signing import web_key
from privyseal.seals.models import Seal
from privyseal.seals.queries import seal_visible_to
from privyseal.seals.rules import SealKind
from privyseal.signer.charters import APPROVERS
from privyseal.signer.client import Client, SignerUnavailable
from privyseal.signer.passkeys import PASSKEY, Page, PasskeyAssertion
from privyseal.signer.statement import Approved, parse_one, vouch

_SWEEP: Final = Service("sweep")


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterWish:
    """What a charter is to ask for; with ``is_own_roster`` the company's own roster counts alone."""

    approvals: int
    assurance: str
    is_bound: bool = False
    is_own_roster: bool = False


@command("charter.propose")
def propose_charter(actor: Person, at: datetime, *, seal_uid: str, is_for_company: bool, wish: CharterWish) -> str:
    """Propose what the key demands for a seal, or for all of its company without one of their own; return its uid."""
    seal = seal_visible_to(actor, at, seal_uid)
    identity.require(actor, at, Power.APPROVE, seal.company_id)
    is_rubber = seal.kind == SealKind.PHYSICAL.value
    if is_rubber and not is_for_company and not in_machines([seal.pk]):
        raise CharterNeedsMachine(seal=seal.uid)
    Company.objects.select_for_update().get(pk=seal.company_id)
    return _propose(actor, at, seal.company, None if is_for_company else seal, wish)


@command("charter.propose-for-all")
def propose_charter_of_all(actor: Person, at: datetime, *, wish: CharterWish) -> str:
    """Propose what the key demands where no company and no seal settled anything of its own; return its uid."""
    require_for_all(actor, at)
    Installation.objects.select_for_update().get()
    return _propose(actor, at, None, None, wish)


@transaction_required
def _propose(actor: Person, at: datetime, company: Company | None, seal: Seal | None, wish: CharterWish) -> str:
    versions = CharterVersion.objects.filter(company=company, seal=seal)
    if versions.filter(told_at=None, ended_at=None).exists():
        raise OutOfTurn(seal=seal.uid if seal else "")
    # The founding made the first version of the installation's.
    last = versions.filter(told_at__isnull=False).aggregate(last=Max("version"))["last"] or (0 if company else 1)
    before = charter_before(company, seal)
    proposed = CharterVersion(
        company=company,
        seal=seal,
        version=last + 1,
        approvals=wish.approvals,
        assurance=wish.assurance,
        is_bound=wish.is_bound,
        is_own_roster=wish.is_own_roster and company is not None,
        takes=takes(before),
        proposed_by=actor,
        proposed_at=at,
    )
    if proposed.charter == before and last:
        raise CharterUnchanged(charter=proposed.change.of)
    proposed.save(force_insert=True)
    said: dict[str, Json] = {
        "approvals": wish.approvals,
        "assurance": wish.assurance,
        "is_bound": wish.is_bound,
        **({"roster": proposed.charter.roster} if proposed.is_own_roster else {}),
    }
    book.record("charter.proposed", by=actor, at=at, **_about(proposed), **said)
    return proposed.uid


@command("charter.agree")
def agree_charter(
    actor: Person, at: datetime, *, charter_uid: str, assertions: tuple[PasskeyAssertion, ...] = ()
) -> int:
    """Say yes to a charter as one of those whom it takes; return how many have. With the last it goes to the key."""
    proposed = _locked(charter_uid)
    _require(actor, at, proposed)
    if proposed.agreed_at is not None or proposed.ended_at is not None:
        raise OutOfTurn(charter=proposed.uid)
    if actor.pseudonym in proposed.agreed:
        raise CharterAgreedAlready(charter=proposed.uid)
    before = charter_before(proposed.company, proposed.seal)
    if before.assurance == PASSKEY and not assertions:
        raise CharterAsksMore(charter=proposed.uid, asks=PASSKEY)
    proposed.said = [*proposed.said, *_said(actor, at, proposed, assertions, asks_of([before]))]
    if len(proposed.agreed) >= proposed.takes:
        proposed.agreed_at = at
    proposed.save(update_fields=["said", "agreed_at"])
    book.record("charter.agreed", by=actor, at=at, **_about(proposed), count=len(proposed.agreed))
    return len(proposed.agreed)


@command("charter.drop")
def drop_charter(actor: Person, at: datetime, *, charter_uid: str) -> str:
    """Throw a proposal away, as any of those who may agree to it; what holds goes on."""
    proposed = _locked(charter_uid)
    _require(actor, at, proposed)
    if proposed.agreed_at is not None or proposed.ended_at is not None:
        raise OutOfTurn(charter=proposed.uid)
    proposed.ended_at = at
    proposed.save(update_fields=["ended_at"])
    book.record("charter.dropped", by=actor, at=at, **_about(proposed))
    return proposed.uid


def tell_charters(at: datetime, *, signer: Client, page: str) -> int:
    """Have the key go by what was agreed to; return of how many it was told. What it does not take ends, with why."""
    told = 0
    for agreed in charters_not_told():
        said = {"statement": agreed.change.to_bytes().decode(), "assertions": agreed.said}
        failure = ""
        try:
            signer.pin_page(page)
            signer.change_rule(parse_one(said))
        except SignerUnavailable:
            return told
        except Refused as refusal:
            failure = refusal.code
        _note_told(_SWEEP, at, charter_uid=agreed.uid, failure=failure)
        told += 1
    return told


@command("charter.told")
def _note_told(actor: Actor, at: datetime, *, charter_uid: str, failure: str) -> None:
    agreed = _locked(charter_uid)
    if agreed.told_at is not None or agreed.ended_at is not None:
        return
    if failure:
        agreed.ended_at, agreed.failure = at, failure
        agreed.save(update_fields=["ended_at", "failure"])
        book.record("charter.not-taken", by=actor, at=at, **_about(agreed), code=failure)
    else:
        agreed.told_at = at
        agreed.save(update_fields=["told_at"])
        book.record("charter.in-force", by=actor, at=at, **_about(agreed))


@transaction_required
def _said(
    actor: Person, at: datetime, proposed: CharterVersion, assertions: tuple[PasskeyAssertion, ...], asks: Asks
) -> list[Json]:
    body = proposed.change.to_bytes()
    if assertions:
        page = Page(settings.APPROVAL_URL)
        said = says_by_passkey(actor, at, bodies=[body], assertions=assertions, page=page, roster=APPROVERS)
        check_fits(actor, [one.credential for one in assertions], asks)
    else:
        said = [Approved(body, (vouch(body, approver=actor.pseudonym, web_key=web_key()),))]
    return [dict(assertion.to_json()) for one in said for assertion in one.assertions]


def _require(actor: Person, at: datetime, proposed: CharterVersion) -> None:
    if proposed.company is None:
        require_for_all(actor, at)
    else:
        identity.require(actor, at, Power.APPROVE, proposed.company_id)


def _about(proposed: CharterVersion) -> dict[str, Json]:
    return {
        "charter": proposed.uid,
        "company": proposed.company.uid if proposed.company else None,
        "seal": proposed.seal.uid if proposed.seal else None,
        "version": proposed.version,
    }


@transaction_required
def _locked(uid: str) -> CharterVersion:
    rows = CharterVersion.objects.select_for_update(of=("self",)).select_related("company", "seal")
    found = rows.filter(uid=uid).first()
    if found is None:
        raise NotFound(charter=uid)
    return found
