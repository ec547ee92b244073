"""Second factors: enrolled, used, removed. Secrets are encrypted in their rows; none of them reaches the ledger."""

import hmac
import logging
from datetime import datetime
from typing import Any, Final

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt, encrypt
from cryptography.fernet import InvalidToken

from privyseal.identity import marks
from privyseal.identity.models import Person
from privyseal.identity.names import plain_name
from privyseal.identity.queries import has_second_factor
from privyseal.identity.rules import Means
from privyseal.kernel.errors import NotFound, Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Service
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required

_PERIOD_SECONDS: Final = 30
_SKEW: Final = (0, -1, 1)  # a clock may be one code early or late
_TOTP_DIGITS: Final = 6
_KIND = Authenticator.Type
_log = logging.getLogger(__name__)


class WrongCode(Refused):
    """The code is not the one, or it was used before."""

    code = "wrong-code"


class PasskeyNotAccepted(Refused):
    """The browser's answer does not prove possession of an enrolled passkey for this address, now."""

    code = "passkey-not-accepted"


class FactorNotOurs(Refused):
    """The row of the factor does not bear this installation's mark: somebody wrote it past us, or moved it."""

    code = "factor-not-ours"


class AlreadyEnrolled(Refused):
    code = "factor-already-enrolled"


def new_totp_secret_of(person: Person) -> str:
    """Return a secret for an authenticator app, encrypted for the time until it is enrolled."""
    return str(encrypt(_bound(person, generate_totp_secret())))


def opened_totp_secret_of(person: Person, sealed: str) -> str:
    """Return the secret as the app wants it; one that was moved here from another person's row is refused."""
    pseudonym, _, secret = str(decrypt(sealed)).partition(":")
    if pseudonym != person.pseudonym:
        raise WrongCode
    return secret


@command("factor.enrol-totp")
def enrol_totp(actor: Person, at: datetime, *, sealed_secret: str, code: str) -> int:
    """Enrol the authenticator app that shows this code; return the factor's id."""
    if _own(actor, _KIND.TOTP) is not None:
        raise AlreadyEnrolled
    counter = _counter_of(opened_totp_secret_of(actor, sealed_secret), code, at, after=0)
    row = _enrolled(actor, at, _KIND.TOTP, {"secret": sealed_secret, "counter": counter})
    book.record("factor.enrolled", by=actor, at=at, person=actor.pseudonym, means=Means.TOTP.value)
    return int(row.pk)


@command("factor.enrol-passkey")
def enrol_passkey(actor: Person, at: datetime, *, name: str, credential: dict[str, Any]) -> int:
    """Enrol a passkey whose answer the edge has verified; return the factor's id."""
    if Authenticator.objects.filter(type=_KIND.WEBAUTHN, data__credential__id=credential["id"]).exists():
        raise AlreadyEnrolled
    data = {"name": plain_name(name), "credential": credential, "counter": 0}
    row = _enrolled(actor, at, _KIND.WEBAUTHN, data)
    book.record("factor.enrolled", by=actor, at=at, person=actor.pseudonym, means=Means.PASSKEY.value)
    return int(row.pk)


@command("factor.use-code")
def use_code(actor: Person, at: datetime, *, code: str) -> str:
    """Take a code of the authenticator app or, being longer, a recovery code: each once. Return what it was."""
    plain = "".join(code.split()).replace("-", "")
    if len(plain) == _TOTP_DIGITS:
        _use_totp(actor, at, plain)
        book.record("factor.used", by=actor, at=at, person=actor.pseudonym, means=Means.TOTP.value)
        return Means.TOTP.value
    left = _use_recovery_code(actor, at, plain)
    book.record("factor.recovery-code-used", by=actor, at=at, person=actor.pseudonym, left=left)
    return Means.RECOVERY_CODE.value


@command("factor.use-passkey")
def use_passkey(actor: Person, at: datetime, *, factor_id: int, counter: int) -> str:
    """Note that a passkey was used; one whose counter has not moved on is a copy, and is refused."""
    row = Authenticator.objects.select_for_update().filter(user=actor, type=_KIND.WEBAUTHN, pk=factor_id).first()
    if row is None:
        raise PasskeyNotAccepted
    _check_mark(row, actor)
    known = row.data["counter"]
    if (counter or known) and counter <= known:  # a passkey that does not count says 0 each time
        raise PasskeyNotAccepted
    _note_use(row, at, counter)
    book.record("factor.used", by=actor, at=at, person=actor.pseudonym, means=Means.PASSKEY.value)
    return Means.PASSKEY.value


@command("factor.remove")
def remove_factor(actor: Person, at: datetime, *, factor_id: int) -> int:
    """Remove one of one's own factors; with the last one its recovery codes go."""
    row = Authenticator.objects.select_for_update().filter(user=actor, pk=factor_id).first()
    if row is None or row.type == _KIND.RECOVERY_CODES:
        raise NotFound(factor=factor_id)
    means = Means.TOTP if row.type == _KIND.TOTP else Means.PASSKEY
    row.delete()
    if not has_second_factor(actor):
        forget_factors_of(actor)
    book.record("factor.removed", by=actor, at=at, person=actor.pseudonym, means=means.value)
    return factor_id


@command("factor.renew-codes")
def renew_recovery_codes(actor: Person, at: datetime) -> int:
    """Make ten recovery codes and void the earlier ones; return how many there are. See recovery_codes_of."""
    if not has_second_factor(actor):
        raise NotFound
    Authenticator.objects.filter(user=actor, type=_KIND.RECOVERY_CODES).delete()
    made = RecoveryCodes.activate(actor)
    marks.mark(made.instance, actor)
    made.instance.save(update_fields=["data"])
    codes = made.generate_codes()
    book.record("factor.codes-renewed", by=actor, at=at, person=actor.pseudonym, left=len(codes))
    return len(codes)


def recovery_codes_of(person: Person) -> list[str]:
    """Return the codes that were not used yet, to be shown once, right after they were made."""
    row = _own(person, _KIND.RECOVERY_CODES)
    return list(RecoveryCodes(row).get_unused_codes()) if row else []


@command("factor.renew-marks")
def renew_marks(actor: Service, at: datetime, *, is_adopting: bool) -> list[int]:
    """Move every factor to the present key; return how many were moved, and how many bear no mark of ours.

    These stay as they are, and are refused, unless they are adopted: as after the version that brought the marks.
    """
    moved, strange = 0, 0
    for row in Authenticator.objects.select_for_update(of=("self",)).select_related("user").order_by("pk"):
        if (is_adopting or marks.is_marked(row, row.user)) and _moved_to_present_key(row):
            moved += 1
        else:
            strange += 1
    book.record("factor.marks-renewed", by=actor, at=at, count=moved, strange=strange, is_adopting=is_adopting)
    return [moved, strange]


@transaction_required
def forget_factors_of(person: Person) -> int:
    """Take every factor from whoever leaves: an account opened again starts with none."""
    forgotten, _ = Authenticator.objects.filter(user=person).delete()
    return int(forgotten)


def _use_totp(actor: Person, at: datetime, code: str) -> None:
    row = _own(actor, _KIND.TOTP, is_locked=True)
    if row is None:
        raise WrongCode
    _check_mark(row, actor)
    secret = opened_totp_secret_of(actor, row.data["secret"])
    _note_use(row, at, _counter_of(secret, code, at, after=row.data["counter"]))


def _use_recovery_code(actor: Person, at: datetime, code: str) -> int:
    row = _own(actor, _KIND.RECOVERY_CODES, is_locked=True)
    if row is None:
        raise WrongCode
    _check_mark(row, actor)
    codes = RecoveryCodes(row)
    if not codes.validate_code(code):
        raise WrongCode
    codes.instance.last_used_at = at
    codes.instance.save(update_fields=["last_used_at"])
    return len(codes.get_unused_codes())


def _counter_of(secret: str, code: str, at: datetime, *, after: int) -> int:
    """Return the number of the code in its row of codes, if it comes after the last one that was taken."""
    now = int(at.timestamp()) // _PERIOD_SECONDS
    for counter in (now + skew for skew in _SKEW):
        if hmac.compare_digest(format_hotp_value(hotp_value(secret, counter)).encode(), code.encode()):
            if counter > after:
                return counter
            break
    raise WrongCode


def _enrolled(actor: Person, at: datetime, kind: str, data: dict[str, Any]) -> Authenticator:
    row = Authenticator(user=actor, type=kind, data=data, created_at=at)
    marks.mark(row, actor)
    row.save(force_insert=True)
    return row


def _moved_to_present_key(row: Authenticator) -> bool:
    """Encrypt and mark a factor anew; one that no key of ours opens stays as it is."""
    try:
        opened = {name: decrypt(row.data[name]) for name in ("secret", "seed") if name in row.data}
    except InvalidToken:
        return False
    row.data.update({name: encrypt(text) for name, text in opened.items()})
    marks.mark(row, row.user)
    row.save(update_fields=["data"])
    return True


def _check_mark(row: Authenticator, owner: Person) -> None:
    if not marks.is_marked(row, owner):
        _log.critical("second factor without our mark", extra={"person": owner.pseudonym, "factor": row.pk})
        raise FactorNotOurs(factor=row.pk)


def _own(person: Person, kind: str, *, is_locked: bool = False) -> Authenticator | None:
    rows = Authenticator.objects.filter(user=person, type=kind)
    return (rows.select_for_update() if is_locked else rows).first()


def _note_use(row: Authenticator, at: datetime, counter: int) -> None:
    row.data["counter"], row.last_used_at = counter, at
    row.save(update_fields=["data", "last_used_at"])


def _bound(person: Person, secret: str) -> str:
    return f"{person.pseudonym}:{secret}"
