"""Passkeys for approvals: offered by their owner, confirmed by two others, removed by one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.conf import settings

from privyseal.approvals.models import ApprovalPasskey
from privyseal.approvals.own_passkeys import says_by_passkey
from privyseal.approvals.queries.passkeys import not_denied, not_entered, not_taken_off
from privyseal.approvals.rules.passkeys import (
    PasskeyNotOffered,
    check_confirms,
    check_of_security,
    counts_from,
    roster_of,
)
from privyseal.approvals.seating import security_in_office
from privyseal.identity import queries as identity
from privyseal.identity.actions import AlreadyEnrolled, check_may_confirm
from privyseal.identity.models import Person
from privyseal.identity.names import plain_name
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import NotFound, Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.sealing.signing import web_key
from privyseal.signer.changes import Change, Enter
from privyseal.signer.charters import SECURITY
from privyseal.signer.client import Client
from privyseal.signer.denials import of_passkey
from privyseal.signer.passkeys import Page, PasskeyAssertion, check_key
from privyseal.signer.statement import parse_one, vouch

_SWEEP: Final = Service("sweep")
_AT_ONCE: Final = 50


@command("passkey.offer")
def offer_passkey(actor: Person, at: datetime, *, name: str, credential: bytes, key: bytes, is_bound: bool) -> str:
    """Offer a passkey that was made on the approval page, as the edge has verified; return its uid."""
    identity.require_part(actor, at)
    check_key(key)
    if ApprovalPasskey.objects.filter(credential=credential).exists():
        raise AlreadyEnrolled
    installation = identity.installation()
    offered = ApprovalPasskey.objects.create(
        person=actor,
        name=plain_name(name),
        credential=credential,
        key=key,
        is_bound=is_bound,
        roster=roster_of(is_security=identity.powers_of(actor, at).has(Power.SECURITY, None)),
        offered_at=at,
        starts_at=counts_from(at, is_demo=installation is not None and installation.is_demo),
    )
    book.record("passkey.offered", by=actor, at=at, person=actor.pseudonym, passkey=offered.uid, is_bound=is_bound)
    return offered.uid


@transaction_required
def create_passkey(
    actor: Actor, at: datetime, *, owner: Person, entry: Enter, by: tuple[Person, Person], is_software: bool
) -> None:
    """Keep a passkey that a key ceremony put onto the signer's roster, as two others saw."""
    pinned = entry.credential
    made = ApprovalPasskey.objects.create(
        person=owner,
        name=entry.roster,
        credential=pinned.id,
        key=pinned.key,
        is_bound=pinned.is_bound,
        is_software=is_software,
        roster=entry.roster,
        offered_at=at,
        starts_at=pinned.starts_at,
        first_by=by[0],
        second_by=by[1],
        confirmed_at=at,
        entered_at=at,
    )
    about = {"person": owner.pseudonym, "passkey": made.uid, "key_sha256": sha256(pinned.key)}
    book.record("passkey.entered", by=actor, at=at, **about)


@command("passkey.confirm")
def confirm_passkey(
    actor: Person, at: datetime, *, passkey_uid: str, assertions: tuple[PasskeyAssertion, ...] = ()
) -> int:
    """Say that this passkey is its owner's, as one of the two whom it takes; return how many have said so.

    ``assertions`` is what the actor's own passkey said on the approval page: once a charter asks for passkeys, the key
    takes nothing less.
    """
    check_may_confirm(actor, at)
    offered = _locked(passkey_uid)
    if offered.removed_at is not None:
        raise PasskeyNotOffered
    confirmed = frozenset(one for one in (offered.first_by_id, offered.second_by_id) if one is not None)
    check_confirms(actor.pk, owner=offered.person_id, confirmed=confirmed)
    if not confirmed:
        identity.require(actor, at, Power.SECURITY, None)
        offered.first_by = actor
    else:
        security = security_in_office(at) - {offered.person_id}
        check_of_security(is_security=actor.pk in security, others_of_security=len(security))
        offered.second_by, offered.confirmed_at = actor, at
    offered.said = [*offered.said, *_said(actor, at, offered.entry, assertions)]
    offered.save(update_fields=["first_by", "second_by", "confirmed_at", "said"])
    of = len(confirmed) + 1
    book.record("passkey.confirmed", by=actor, at=at, person=offered.person.pseudonym, passkey=offered.uid, count=of)
    return of


@command("passkey.remove")
def remove_passkey(actor: Person, at: datetime, *, passkey_uid: str) -> str:
    """Have a passkey count no more, at once: its owner may say so, and one security person."""
    passkey = _locked(passkey_uid)
    if passkey.person != actor:
        identity.require(actor, at, Power.SECURITY, None)
    if passkey.removed_at is not None:
        raise NotFound(passkey=passkey_uid)
    passkey.removed_by, passkey.removed_at, passkey.removal = actor, at, _vouched_for(actor, passkey.departure)
    passkey.save(update_fields=["removed_by", "removed_at", "removal"])
    book.record("passkey.removed", by=actor, at=at, person=passkey.person.pseudonym, passkey=passkey.uid)
    return passkey.uid


def deny_passkeys(at: datetime, *, signer: Client) -> int:
    """Have the key refuse what was removed, and what belonged to whoever left; return of how many it was told.

    It takes nobody's yes, so that a leaver a day costs no ceremony a day.
    """
    gone = list(not_denied()[:_AT_ONCE])
    if not gone:
        return 0
    try:
        signer.deny([of_passkey(bytes(passkey.credential)) for passkey in gone])
    except Refused:
        return 0
    _note_denied(_SWEEP, at, passkeys=[passkey.pk for passkey in gone])
    return len(gone)


@command("passkey.denial-told")
def _note_denied(actor: Actor, at: datetime, *, passkeys: list[int]) -> None:
    for passkey in not_denied().filter(pk__in=passkeys).select_for_update(of=("self",)):
        passkey.denied_at = at
        passkey.save(update_fields=["denied_at"])
        about = {"person": passkey.person.pseudonym, "passkey": passkey.uid}
        book.record("passkey.denied-at-signer", by=actor, at=at, **about)


def tell_rosters(at: datetime, *, signer: Client, page: str) -> int:
    """Enter at the signer what was confirmed, take off what was removed; return of how many it was told.

    With the first of them it learns on which page passkeys are asked, for good.
    """
    told = 0
    for passkey in not_entered()[:_AT_ONCE]:
        if _is_told(signer, passkey.entry, passkey.said, page=page):
            _note_told(_SWEEP, at, passkey_uid=passkey.uid, is_entered=True)
            told += 1
    for passkey in not_taken_off()[:_AT_ONCE]:
        if _is_told(signer, passkey.departure, passkey.removal, page=page):
            _note_told(_SWEEP, at, passkey_uid=passkey.uid, is_entered=False)
            told += 1
    return told


@command("passkey.told")
def _note_told(actor: Actor, at: datetime, *, passkey_uid: str, is_entered: bool) -> None:
    passkey = _locked(passkey_uid)
    about = {"person": passkey.person.pseudonym, "passkey": passkey.uid}
    rows = ApprovalPasskey.objects.filter(pk=passkey.pk)
    if is_entered and rows.filter(entered_at=None).update(entered_at=at):
        book.record("passkey.entered", by=actor, at=at, **about, key_sha256=sha256(bytes(passkey.key)))
    if not is_entered and rows.filter(taken_off_at=None).update(taken_off_at=at):
        book.record("passkey.taken-off", by=actor, at=at, **about)


def _is_told(signer: Client, change: Change, said: Sequence[object], *, page: str) -> bool:
    approved = parse_one({"statement": change.to_bytes().decode(), "assertions": said})
    try:
        signer.pin_page(page)
        signer.change_rule(approved)
    except Refused:
        return False
    return True


def _said(actor: Person, at: datetime, change: Change, assertions: tuple[PasskeyAssertion, ...]) -> list[object]:
    if not assertions:
        return _vouched_for(actor, change)
    page, bodies = Page(settings.APPROVAL_URL), [change.to_bytes()]
    said = says_by_passkey(actor, at, bodies=bodies, assertions=assertions, page=page, roster=SECURITY)
    return [assertion.to_json() for one in said for assertion in one.assertions]


def _vouched_for(actor: Person, change: Change) -> list[object]:
    assertion = vouch(change.to_bytes(), approver=actor.pseudonym, web_key=web_key())
    return [assertion.to_json()]


@transaction_required
def _locked(uid: str) -> ApprovalPasskey:
    rows = ApprovalPasskey.objects.select_for_update(of=("self",)).select_related("person")
    passkey = rows.filter(uid=uid).first()
    if passkey is None:
        raise NotFound(passkey=uid)
    return passkey
