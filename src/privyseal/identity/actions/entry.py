"""Opening an account, getting back into it, choosing another password."""

from datetime import datetime

from privyseal.identity import queries
from privyseal.identity.actions.people import check_password
from privyseal.identity.actions.sessions import forget_sessions_of
from privyseal.identity.locks import locked_person
from privyseal.identity.models import EntryCode, Person
from privyseal.identity.rules import (
    ENTRY_CODE_LASTS,
    EntryCodeUnconfirmed,
    EntryCodeWrong,
    EntryState,
    Power,
    WrongPassword,
    check_appointment,
    check_confirmation,
    entry_state,
)
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required


@command("person.make-entry-code")
def make_entry_code(actor: Person, at: datetime, *, person_pseudonym: str, code: str) -> int:
    """Let somebody else choose a password with this code, once; earlier codes of theirs end."""
    queries.require(actor, at, Power.SECURITY, None)
    person = locked_person(person_pseudonym)
    check_appointment(person=person.pk, appointer=actor.pk)
    EntryCode.objects.filter(person=person, used_at=None, replaced_at=None).update(replaced_at=at)
    is_first = not EntryCode.objects.filter(person=person, used_at__isnull=False).exists()
    made = EntryCode.objects.create(
        person=person,
        code_sha256=_digest(code),
        is_first=is_first and person.returned_at is None and not person.has_usable_password(),
        made_by=actor,
        made_at=at,
        expires_at=at + ENTRY_CODE_LASTS,
    )
    book.record("person.entry-code-made", by=actor, at=at, person=person.pseudonym, entry_code=made.pk)
    return made.pk


@command("person.confirm-entry-code")
def confirm_entry_code(actor: Person, at: datetime, *, entry_code_id: int) -> int:
    """Confirm, having asked the owner, that they want back in: by a second security person or the auditor."""
    powers = queries.powers_of(actor, at)
    if not (powers.has(Power.SECURITY, None) or powers.has(Power.AUDIT, None)):
        raise NotEntitled(power=Power.SECURITY)
    codes = EntryCode.objects.select_for_update(of=("self",)).select_related("person")
    made = codes.filter(pk=entry_code_id, used_at=None, replaced_at=None).first()
    if made is None:
        raise NotFound(entry_code=entry_code_id)
    check_confirmation(confirmer=actor.pk, grantor=made.made_by_id, beneficiary=made.person_id)
    if made.confirmed_at:
        raise OutOfTurn(entry_code=entry_code_id)
    made.confirmed_by, made.confirmed_at = actor, at
    made.save(update_fields=["confirmed_by", "confirmed_at"])
    book.record("person.entry-code-confirmed", by=actor, at=at, person=made.person.pseudonym, entry_code=made.pk)
    return made.pk


@command("person.open-account")
def open_account(actor: Person, at: datetime, *, code: str, password: str) -> None:
    """Choose a password with a code. Everybody who is signed in to the account is put out."""
    person = locked_person(actor.pseudonym)
    codes = EntryCode.objects.select_for_update().filter(person=person, used_at=None, replaced_at=None)
    made = codes.filter(code_sha256=_digest(code), expires_at__gt=at).first()
    if made is None:
        raise EntryCodeWrong
    if entry_state(is_first=made.is_first, is_confirmed=made.confirmed_at is not None) is EntryState.UNCONFIRMED:
        raise EntryCodeUnconfirmed
    _set_password(person, password)
    forget_sessions_of(person)
    made.used_at = at
    made.save(update_fields=["used_at"])
    book.record("person.account-opened", by=actor, at=at, person=person.pseudonym, entry_code=made.pk)


@command("person.change-password")
def change_password(actor: Person, at: datetime, *, current: str, password: str, kept_sha256: str) -> None:
    """Choose another password, knowing the present one; every session but the one that asks ends."""
    person = locked_person(actor.pseudonym)
    if not person.check_password(current):
        raise WrongPassword
    _set_password(person, password)
    forget_sessions_of(person, kept_sha256=kept_sha256)
    book.record("person.password-changed", by=actor, at=at, person=person.pseudonym)


@transaction_required
def _set_password(person: Person, password: str) -> None:
    check_password(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])


def _digest(code: str) -> str:
    """Return what is kept of a code; 80 random bits need no salt."""
    return sha256("".join(code.upper().split()).replace("-", "").encode())
