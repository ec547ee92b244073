"""Charters: proposed by an approver, agreed to by as many as the one before asks for, told to the key."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import Max

from privyseal.approvals.models import CharterVersion
from privyseal.approvals.own_passkeys import says_by_passkey
from privyseal.approvals.queries.charters import charter_before, charters_not_told
from privyseal.approvals.rules.charters import CharterAgreedAlready, CharterAsksMore, CharterUnchanged, takes
from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import NotFound, OutOfTurn, Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.sealing.signing import web_key
from privyseal.seals.queries import seal_visible_to
from privyseal.signer.charters import APPROVERS, Charter
from privyseal.signer.client import Client, SignerUnavailable
from privyseal.signer.passkeys import PASSKEY, Page, PasskeyAssertion
from privyseal.signer.statement import Approved, parse_one, vouch

_SWEEP: Final = Service("sweep")


@command("charter.propose")
def propose_charter(
    actor: Person, at: datetime, *, seal_uid: str, is_for_company: bool, approvals: int, assurance: str, is_bound: bool
) -> str:
    """Propose what the key demands for a seal, or for all of its company without one of their own; return its uid."""
    seal = seal_visible_to(actor, at, seal_uid)
    identity.require(actor, at, Power.APPROVE, seal.company_id)
    Company.objects.select_for_update().get(pk=seal.company_id)
    own = None if is_for_company else seal
    versions = CharterVersion.objects.filter(company=seal.company_id, seal=own)
    if versions.filter(told_at=None, ended_at=None).exists():
        raise OutOfTurn(seal=seal.uid)
    before, wanted = charter_before(seal.company, own), Charter(approvals, assurance, APPROVERS, is_bound)
    last = versions.filter(told_at__isnull=False).aggregate(last=Max("version"))["last"] or 0
    if wanted == before and last:
        raise CharterUnchanged(seal=seal.uid)
    proposed = CharterVersion.objects.create(
        company=seal.company,
        seal=own,
        version=last + 1,
        approvals=approvals,
        assurance=assurance,
        is_bound=is_bound,
        takes=takes(before),
        proposed_by=actor,
        proposed_at=at,
    )
    said: dict[str, Json] = {"approvals": approvals, "assurance": assurance, "is_bound": is_bound}
    book.record("charter.proposed", by=actor, at=at, **_about(proposed), **said)
    return proposed.uid


@command("charter.agree")
def agree_charter(
    actor: Person, at: datetime, *, charter_uid: str, assertions: tuple[PasskeyAssertion, ...] = ()
) -> int:
    """Say yes to a charter as one of those whom it takes; return how many have. With the last it goes to the key."""
    proposed = _locked(charter_uid)
    identity.require(actor, at, Power.APPROVE, proposed.company_id)
    if proposed.agreed_at is not None or proposed.ended_at is not None:
        raise OutOfTurn(charter=proposed.uid)
    if actor.pseudonym in proposed.agreed:
        raise CharterAgreedAlready(charter=proposed.uid)
    if charter_before(proposed.company, proposed.seal).assurance == PASSKEY and not assertions:
        raise CharterAsksMore(charter=proposed.uid, asks=PASSKEY)
    proposed.said = [*proposed.said, *_said(actor, at, proposed, assertions)]
    if len(proposed.agreed) >= proposed.takes:
        proposed.agreed_at = at
    proposed.save(update_fields=["said", "agreed_at"])
    book.record("charter.agreed", by=actor, at=at, **_about(proposed), count=len(proposed.agreed))
    return len(proposed.agreed)


@command("charter.drop")
def drop_charter(actor: Person, at: datetime, *, charter_uid: str) -> str:
    """Throw a proposal away, as any approver of the company may; what holds goes on."""
    proposed = _locked(charter_uid)
    identity.require(actor, at, Power.APPROVE, proposed.company_id)
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
    actor: Person, at: datetime, proposed: CharterVersion, assertions: tuple[PasskeyAssertion, ...]
) -> list[Json]:
    body = proposed.change.to_bytes()
    if assertions:
        page = Page(settings.APPROVAL_URL)
        said = says_by_passkey(actor, at, bodies=[body], assertions=assertions, page=page, roster=APPROVERS)
    else:
        said = [Approved(body, (vouch(body, approver=actor.pseudonym, web_key=web_key()),))]
    return [dict(assertion.to_json()) for one in said for assertion in one.assertions]


def _about(proposed: CharterVersion) -> dict[str, Json]:
    return {
        "charter": proposed.uid,
        "company": proposed.company.uid,
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
