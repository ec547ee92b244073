"""The yes that a person's own passkey said to the statements of an application, looked at before it is kept."""

from collections.abc import Collection, Sequence
from datetime import datetime

from privyseal.approvals.models import ApprovalPasskey
from privyseal.approvals.queries.charters import charters_at_the_key
from privyseal.approvals.queries.passkeys import passkeys_of
from privyseal.approvals.rules.rosters import NOTHING, Asks, PasskeyNotSeated, asks_of
from privyseal.approvals.seating import rosters_on
from privyseal.identity.models import Person
from privyseal.identity.queries import installation
from privyseal.kernel.errors import Refused
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.models import Seal
from privyseal.signer import passkeys
from privyseal.signer.charters import APPROVERS
from privyseal.signer.passkeys import AssertionInvalid, Page, PasskeyAssertion, PasskeyInSoftware, PasskeyNotBound
from privyseal.signer.statement import Approved, Statement, challenge


@transaction_required
def said_by_passkey(
    actor: Person,
    at: datetime,
    *,
    statements: Sequence[Statement],
    assertions: Sequence[PasskeyAssertion],
    page: Page,
    asks: Asks = NOTHING,
) -> list[Approved]:
    """Return the statements with this person's own yes to each, or refuse; a passkey that counts has counted on.

    ``asks`` is what the charters in force ask of the passkey: the key would refuse another.
    """
    bodies = [statement.to_bytes() for statement in statements]
    approved = says_by_passkey(actor, at, bodies=bodies, assertions=assertions, page=page, roster=APPROVERS)
    check_fits(actor, [one.credential for one in assertions], asks)
    return approved


def check_fits(actor: Person, credentials: Collection[bytes], asks: Asks) -> None:
    """Return if these passkeys are what charters ask for, on their rosters and of their kind, or refuse."""
    if asks.rosters and not asks.rosters <= rosters_on(credentials):
        raise PasskeyNotSeated(person=actor.pseudonym)
    named = ApprovalPasskey.objects.filter(credential__in=credentials)
    if asks.is_bound and named.exclude(is_bound=True, is_software=False).exists():
        raise PasskeyNotBound(person=actor.pseudonym)


def asked_of_passkeys(purpose: str, seals: Sequence[Seal]) -> Asks:
    """Return what the charters in force ask of a passkey that is to say yes to this."""
    return asks_of(holds.charter for holds in charters_at_the_key(purpose, seals).values())


def fitting(actor: Person, at: datetime, asks: Asks) -> list[ApprovalPasskey]:
    """Return those of somebody's passkeys whose yes the key would count under what charters ask; of none, why not."""
    own, fits, why = passkeys_of(actor, at), list[ApprovalPasskey](), list[Refused]()
    for passkey in own:
        try:
            check_fits(actor, [bytes(passkey.credential)], asks)
        except (PasskeyNotSeated, PasskeyNotBound) as refusal:
            why.append(refusal)
        else:
            fits.append(passkey)
    if why and not fits:
        raise why[-1]
    return fits


@transaction_required
def says_by_passkey(
    actor: Person,
    at: datetime,
    *,
    bodies: Sequence[bytes],
    assertions: Sequence[PasskeyAssertion],
    page: Page,
    roster: str,
) -> list[Approved]:
    """Return canonical bytes with this person's own yes to each by a passkey of a roster, or refuse."""
    if len(assertions) != len(bodies):
        raise AssertionInvalid
    rows = ApprovalPasskey.objects.select_for_update(of=("self",)).select_related("person").filter(roster=roster)
    named = rows.filter(person=actor, credential__in=[one.credential for one in assertions])
    in_force = named.filter(removed_at=None, denied_at=None, entered_at__lte=at)
    known = {bytes(row.credential): row for row in in_force.order_by("pk")}
    approved = []
    for body, assertion in zip(bodies, assertions, strict=True):
        row = known.get(assertion.credential)
        counter = passkeys.check(
            assertion,
            challenge(body),
            page=page,
            credential=row.pinned if row else None,
            at=at,
            counter_seen=row.counter if row else 0,
        )
        if assertion.is_software and not _is_demo():
            raise PasskeyInSoftware(person=actor.pseudonym)
        if row is not None:
            row.counter = counter
        approved.append(Approved(body, (assertion,)))
    for row in known.values():
        row.save(update_fields=["counter"])
    return approved


def _is_demo() -> bool:
    founded = installation()
    return founded is not None and founded.is_demo
