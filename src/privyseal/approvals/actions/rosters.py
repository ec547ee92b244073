"""Rosters of companies: who waits for one follows from powers, two of security put them there, it ends by itself."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.conf import settings

from privyseal.approvals.models import RosterSeat, SeatList
from privyseal.approvals.own_passkeys import says_by_passkey
from privyseal.approvals.queries.charters import asks_passkey_anywhere
from privyseal.approvals.rules.charters import CharterAsksMore
from privyseal.approvals.rules.passkeys import PasskeyConfirmedByOwn
from privyseal.approvals.rules.rosters import AGREE, MOST_AT_ONCE, SeatsNotWaiting
from privyseal.approvals.seating import lists_open, seats_not_denied, seats_open, wanted_seats
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import NotFound, OutOfTurn, Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.sealing.signing import web_key
from privyseal.signer.charters import SECURITY
from privyseal.signer.client import Client, SignerUnavailable
from privyseal.signer.denials import Denial, What
from privyseal.signer.passkeys import PASSKEY, Page, PasskeyAssertion
from privyseal.signer.statement import Approved, parse_one, vouch

_SWEEP: Final = Service("sweep")
_AT_ONCE: Final = 500


def follow_seats(at: datetime) -> int:
    """Have everybody wait who may say yes in a company with a roster, and end the seats of who may not any more."""
    wanted = wanted_seats(at)
    rows = seats_open().values_list("passkey", "company", "pk")
    known = {(passkey, company): pk for passkey, company, pk in rows}
    missing, over = sorted(wanted - known.keys()), [pk for place, pk in known.items() if place not in wanted]
    if missing or over:
        _follow(_SWEEP, at, missing=missing[:_AT_ONCE], over=sorted(over)[:_AT_ONCE])
    return len(missing) + len(over)


@command("passkey.follow-seats")
def _follow(actor: Actor, at: datetime, *, missing: Collection[tuple[int, int]], over: Collection[int]) -> None:
    seats = [RosterSeat(passkey_id=passkey, company_id=company, waits_from=at) for passkey, company in missing]
    RosterSeat.objects.bulk_create(seats, ignore_conflicts=True)
    ended = RosterSeat.objects.filter(pk__in=over, ended_at=None).update(ended_at=at)
    book.record("passkey.seats-followed", by=actor, at=at, count=len(seats), ended=ended)


@command("passkey.list-seats")
def list_seats(actor: Person, at: datetime, *, seats: tuple[str, ...]) -> str:
    """Put what waits onto one list, for two of security to say yes to; return its uid."""
    identity.require(actor, at, Power.SECURITY, None)
    chosen = set(seats)
    rows = RosterSeat.objects.select_for_update(of=("self",)).filter(uid__in=chosen).order_by("pk")
    waiting = list(rows.filter(of_list=None, ended_at=None))
    if not 0 < len(chosen) <= MOST_AT_ONCE or len(waiting) < len(chosen):
        raise SeatsNotWaiting
    made = SeatList.objects.create(listed_by=actor, listed_at=at)
    RosterSeat.objects.filter(pk__in=[seat.pk for seat in waiting]).update(of_list=made)
    book.record("passkey.seats-listed", by=actor, at=at, list=made.uid, count=len(waiting))
    return made.uid


@command("passkey.agree-seats")
def agree_seats(actor: Person, at: datetime, *, list_uid: str, assertions: tuple[PasskeyAssertion, ...] = ()) -> int:
    """Say yes to a list as one of the two of security whom it takes; with the second it goes to the key."""
    identity.require(actor, at, Power.SECURITY, None)
    made = _locked(list_uid)
    if made.agreed_at is not None or made.ended_at is not None:
        raise OutOfTurn(list=made.uid)
    if actor.pseudonym in made.agreed or made.seats.filter(passkey__person=actor).exists():
        raise PasskeyConfirmedByOwn
    if not assertions and asks_passkey_anywhere():
        raise CharterAsksMore(asks=PASSKEY)
    made.said = [*made.said, *_said(actor, at, made, assertions)]
    if len(made.agreed) >= AGREE:
        made.agreed_at = at
    made.save(update_fields=["said", "agreed_at"])
    book.record("passkey.seats-agreed", by=actor, at=at, list=made.uid, count=len(made.agreed))
    return len(made.agreed)


@command("passkey.drop-seats")
def drop_seats(actor: Person, at: datetime, *, list_uid: str) -> str:
    """Throw a list away, as anybody of security may; what was on it waits again."""
    identity.require(actor, at, Power.SECURITY, None)
    made = _locked(list_uid)
    if made.agreed_at is not None or made.ended_at is not None:
        raise OutOfTurn(list=made.uid)
    _end(made, at)
    book.record("passkey.seats-dropped", by=actor, at=at, list=made.uid)
    return made.uid


def tell_seats(at: datetime, *, signer: Client, page: str) -> int:
    """Have the key go by the lists that were agreed to; what it does not take ends, with why."""
    told = 0
    for made in lists_open().filter(agreed_at__isnull=False):
        failure = ""
        try:
            signer.pin_page(page)
            signer.change_rule(parse_one({"statement": made.change.to_bytes().decode(), "assertions": made.said}))
        except SignerUnavailable:
            return told
        except Refused as refusal:
            failure = refusal.code
        _note_told(_SWEEP, at, list_uid=made.uid, failure=failure)
        told += 1
    return told


@command("passkey.seats-told")
def _note_told(actor: Actor, at: datetime, *, list_uid: str, failure: str) -> None:
    made = _locked(list_uid)
    if made.told_at is not None or made.ended_at is not None:
        return
    if failure:
        _end(made, at, failure=failure)
        book.record("passkey.seats-not-taken", by=actor, at=at, list=made.uid, code=failure)
        return
    made.told_at = at
    made.save(update_fields=["told_at"])
    for seat in made.seats.select_related("passkey__person", "company").order_by("pk"):
        seat.entered_at = at
        seat.save(update_fields=["entered_at"])
        book.record("passkey.seat-entered", by=actor, at=at, list=made.uid, **_about(seat))


def deny_seats(at: datetime, *, signer: Client) -> int:
    """Have the key count no more, in their company, those whose seats ended; return of how many it was told.

    It takes nobody's yes, so that whoever moves on costs no ceremony.
    """
    gone = list(seats_not_denied()[:MOST_AT_ONCE])
    if not gone:
        return 0
    try:
        signer.deny([Denial(What.SEAT, seat.denied_by) for seat in gone])
    except Refused:
        return 0
    _note_denied(_SWEEP, at, seats=[seat.pk for seat in gone])
    return len(gone)


@command("passkey.seat-denial-told")
def _note_denied(actor: Actor, at: datetime, *, seats: list[int]) -> None:
    for seat in seats_not_denied().filter(pk__in=seats).select_for_update(of=("self",)):
        seat.denied_at = at
        seat.save(update_fields=["denied_at"])
        book.record("passkey.seat-denied-at-signer", by=actor, at=at, **_about(seat), denied=seat.denied_by)


@transaction_required
def _end(made: SeatList, at: datetime, *, failure: str = "") -> None:
    """End a list; its seats wait again, but for those that ended: the key may have heard of them."""
    made.ended_at, made.failure = at, failure
    made.save(update_fields=["ended_at", "failure"])
    made.seats.filter(entered_at=None, ended_at=None).update(of_list=None)


@transaction_required
def _said(actor: Person, at: datetime, made: SeatList, assertions: tuple[PasskeyAssertion, ...]) -> list[Json]:
    body = made.change.to_bytes()
    if assertions:
        page = Page(settings.APPROVAL_URL)
        said = says_by_passkey(actor, at, bodies=[body], assertions=assertions, page=page, roster=SECURITY)
    else:
        said = [Approved(body, (vouch(body, approver=actor.pseudonym, web_key=web_key()),))]
    return [dict(assertion.to_json()) for one in said for assertion in one.assertions]


def _about(seat: RosterSeat) -> dict[str, Json]:
    return {"person": seat.passkey.person.pseudonym, "passkey": seat.passkey.uid, "company": seat.company.uid}


@transaction_required
def _locked(uid: str) -> SeatList:
    made = SeatList.objects.select_for_update().filter(uid=uid).first()
    if made is None:
        raise NotFound(list=uid)
    return made
