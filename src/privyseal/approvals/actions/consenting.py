"""Say one's own yes to the use of a seal that bears one's name: to one application, or in a mandate."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings

from privyseal.approvals.actions.deciding import ChangedSinceShown
from privyseal.approvals.actions.denying import deny_applications
from privyseal.approvals.locks import locked
from privyseal.approvals.models import Line, OwnYes
from privyseal.approvals.own_passkeys import said_by_passkey
from privyseal.approvals.queries.charters import charters_at_the_key
from privyseal.approvals.rules import Part, State
from privyseal.approvals.rules.charters import check_counts
from privyseal.approvals.rules.joint import UNDECIDED
from privyseal.approvals.rules.rosters import Asks, asks_of
from privyseal.approvals.statements import shown_digest, statements_of
from privyseal.identity import queries as identity
from privyseal.identity.models import Person, new_uid
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import NotEntitled, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.sealing.signing import web_key
from privyseal.seals.actions import end_resting, tell_signer
from privyseal.seals.models import Mandate, Seal
from privyseal.seals.owners import person_of
from privyseal.seals.queries.persons import named_seal_visible_to
from privyseal.seals.rules.persons import Limits, OwnYesWithdrawn, check_mandate
from privyseal.signer.client import Client
from privyseal.signer.passkeys import PASSKEY, Page, PasskeyAssertion
from privyseal.signer.proving import digests
from privyseal.signer.statement import SESSION, Approved, Decision, Purpose, Statement, vouch
from privyseal.signer.terms import MAX_IMPRESSIONS

_LONGEST_PURPOSE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateWish:
    """What somebody gives in writing: the signed paper, what for, from when to when, and within which limits.

    ``uid`` is what the mandate is called where its person has put their passkey to it before it is kept.
    """

    purpose: str
    paper_sha256: str
    starts_at: datetime
    ends_at: datetime
    limits: Limits = field(default_factory=Limits)
    uid: str = field(default_factory=new_uid)


@command("application.consent")
def consent(
    actor: Person,
    at: datetime,
    *,
    application_uid: str,
    shown_sha256: str,
    assertions: tuple[PasskeyAssertion, ...] = (),
) -> str:
    """Say one's own yes to the use of every seal that bears one's name, in exactly the application that was shown.

    ``assertions`` are what the person's own passkey said on the approval page, one for each in their order.
    """
    application = locked(application_uid)
    identity.require_part(actor, at)
    own = [one for one in application.own_yeses.all() if one.person_id == actor.pk]
    if not own:
        raise NotEntitled(part=Part.PERSON.value)
    if any(one.withdrawn_at is not None for one in own):
        raise OwnYesWithdrawn(application=application.uid)
    waiting = [one for one in own if not one.is_there]
    if application.state != State.PENDING.value or at >= application.expires_at or not waiting:
        raise OutOfTurn(application=application.uid)
    lines = list(application.lines.all())
    statements = statements_of(application, lines)
    if shown_sha256 != shown_digest(application, statements, lines):
        raise ChangedSinceShown(application=application.uid)
    seals = {line.seal_id: line.seal for line in lines}
    asks = _check_charters(application.purpose, [seals[one.seal_id] for one in waiting], assertions)
    said = _said(actor, at, own_statements_of(waiting, statements, lines), assertions, asks=asks)
    for one, yes in zip(waiting, said, strict=True):
        one.given_at, one.shown_sha256, one.approved = at, shown_sha256, [yes.to_json()]
        one.save(update_fields=["given_at", "shown_sha256", "approved"])
    book.record(
        "application.consented",
        by=actor,
        at=at,
        application=application.uid,
        seals=[seals[one.seal_id].uid for one in waiting],
        yes_sha256=digests(said),
        shown_sha256=shown_sha256,
        **_made_of(assertions),
    )
    return application.state


def own_statements_of(own: Iterable[OwnYes], statements: Sequence[Statement], lines: Sequence[Line]) -> list[Statement]:
    """Return what each own yes to an application is said to, in their order."""
    by_seal, seals = {one.seal: one for one in statements}, {line.seal_id: line.seal.uid for line in lines}
    return [replace(by_seal[seals[one.seal_id]], stage=1, decision=Decision.CONSENT) for one in own]


def take_back(actor: Person, at: datetime, *, command_id: UUID, application_uid: str, signer: Client) -> str:
    """Take one's own yes back in the register, then at the key."""
    uid = take_consent_back.once(command_id, actor, at, application_uid=application_uid)
    tell_signer(at, signer=signer)
    deny_applications(at, signer=signer)
    return uid


@command("application.take-consent-back")
def take_consent_back(actor: Person, at: datetime, *, application_uid: str) -> str:
    """Take one's own yes to an application back at once and for good, and with it whatever may still be used by it."""
    application = locked(application_uid)
    identity.require_part(actor, at)
    own = [one for one in application.own_yeses.all() if one.person_id == actor.pk]
    if not own:
        raise NotEntitled(part=Part.PERSON.value)
    given = [one for one in own if one.is_there]
    rests_on_it = application.adds_to.uid if application.adds_to else application.uid
    ended = end_resting(actor, at, application_uid=rests_on_it)
    if not given or not (ended or State(application.state) in UNDECIDED):
        raise OutOfTurn(application=application.uid)
    for one in given:
        one.withdrawn_at = at
        one.save(update_fields=["withdrawn_at"])
    about = {"application": application.uid, "seals": [one.seal.uid for one in given], "permits": ended}
    book.record("application.consent-taken-back", by=actor, at=at, **about)
    return application.uid


@command("mandate.give")
def give_mandate(
    actor: Person, at: datetime, *, seal_uid: str, wish: MandateWish, assertions: tuple[PasskeyAssertion, ...] = ()
) -> str:
    """Say yes in writing to later uses of a seal that bears one's own name; return the mandate's uid."""
    mandate = mandate_of(actor, at, seal_uid=seal_uid, wish=wish)
    seal = mandate.seal
    asks = _check_charters(Purpose.USE, [seal], assertions)
    (said,) = _said(actor, at, [mandate_statement_of(mandate)], assertions, asks=asks)
    mandate.evidence = [said.to_json()]
    mandate.save(force_insert=True)
    book.record(
        "mandate.given",
        by=actor,
        at=at,
        mandate=mandate.uid,
        seal=seal.uid,
        person=actor.pseudonym,
        paper_sha256=mandate.paper_sha256,
        yes_sha256=digests([said]),
        **_made_of(assertions),
    )
    return mandate.uid


def mandate_of(actor: Person, at: datetime, *, seal_uid: str, wish: MandateWish) -> Mandate:
    """Return the mandate that somebody wishes to give, not kept yet, or refuse."""
    seal = named_seal_visible_to(actor, at, seal_uid)
    identity.require_part(actor, at)
    if person_of(seal, at) != actor:
        raise NotEntitled(seal=seal.uid)
    check_mandate(purpose=wish.purpose, starts_at=wish.starts_at, ends_at=wish.ends_at, limits=wish.limits, at=at)
    return Mandate(
        uid=wish.uid,
        seal=seal,
        given_by=actor,
        given_at=at,
        purpose=wish.purpose.strip()[:_LONGEST_PURPOSE],
        paper_sha256=wish.paper_sha256,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        most_uses=wish.limits.uses,
        most_amount=wish.limits.amount,
    )


def mandate_statement_of(mandate: Mandate) -> Statement:
    """Return the mandate in the words of the signer."""
    return Statement(
        application=mandate.uid,
        purpose=Purpose.USE,
        documents=(),
        seal=mandate.seal.uid,
        seal_version=mandate.seal.version,
        impressions=mandate.most_uses or MAX_IMPRESSIONS,
        starts_at=mandate.starts_at,
        expires_at=mandate.ends_at,
        applicant=mandate.given_by.pseudonym,
        policy="1",
        stage=1,
        decision=Decision.MANDATE,
        paper_sha256=mandate.paper_sha256,
        amount="" if mandate.most_amount is None else f"{mandate.most_amount:.2f}",
    )


def _said(
    actor: Person,
    at: datetime,
    statements: Sequence[Statement],
    assertions: tuple[PasskeyAssertion, ...],
    *,
    asks: Asks,
) -> list[Approved]:
    if assertions:
        page = Page(settings.APPROVAL_URL)
        return said_by_passkey(actor, at, statements=statements, assertions=assertions, page=page, asks=asks)
    bodies = [one.to_bytes() for one in statements]
    return [Approved(body, (vouch(body, approver=actor.pseudonym, web_key=web_key()),)) for body in bodies]


def _check_charters(purpose: str, seals: Sequence[Seal], assertions: tuple[PasskeyAssertion, ...]) -> Asks:
    """Return if the key will let this own yes count, or refuse now what it would refuse when the seal is to move.

    What is returned is what the charters ask of the passkey.
    """
    asked = {seal: holds.charter for seal, holds in charters_at_the_key(purpose, seals).items()}
    check_counts(asked, assurance=PASSKEY if assertions else SESSION)
    return asks_of(asked.values())


def _made_of(assertions: tuple[PasskeyAssertion, ...]) -> dict[str, Json]:
    return {"assurance": PASSKEY} if assertions else {}
