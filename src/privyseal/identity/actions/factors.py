"""Second factors: enrolled, used, removed. Secrets are encrypted in their rows; none of them reaches the ledger."""

import hmac
from datetime import datetime
from typing import Any, Final

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt, encrypt

from privyseal.identity.models import Person
from privyseal.identity.names import plain_name
from privyseal.identity.queries import has_second_factor
from privyseal.identity.rules import Means
from privyseal.kernel.errors import NotFound, Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required

_PERIOD_SECONDS: Final = 30
_SKEW: Final = (0, -1, 1)  # a clock may be one code early or late
_TOTP_DIGITS: Final = 6
_KIND = Authenticator.Type


class WrongCode(Refused):
    """The code is not the one, or it was used before."""

    code = "wrong-code"


class PasskeyNotAccepted(Refused):
    """The browser's answer does not prove possession of an enrolled passkey for this address, now."""

    code = "passkey-not-accepted"


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
    row = Authenticator.objects.create(
        user=actor, type=_KIND.TOTP, data={"secret": sealed_secret, "counter": counter}, created_at=at
    )
    book.record("factor.enrolled", by=actor, at=at, person=actor.pseudonym, means=Means.TOTP.value)
    return int(row.pk)


@command("factor.enrol-passkey")
def enrol_passkey(actor: Person, at: datetime, *, name: str, credential: dict[str, Any]) -> int:
    """Enrol a passkey whose answer the edge has verified; return the factor's id."""
    if Authenticator.objects.filter(type=_KIND.WEBAUTHN, data__credential__id=credential["id"]).exists():
        raise AlreadyEnrolled
    row = Authenticator.objects.create(
        user=actor,
        type=_KIND.WEBAUTHN,
        data={"name": plain_name(name), "credential": credential, "counter": 0},
        created_at=at,
    )
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
    codes = RecoveryCodes.activate(actor).generate_codes()
    book.record("factor.codes-renewed", by=actor, at=at, person=actor.pseudonym, left=len(codes))
    return len(codes)


def recovery_codes_of(person: Person) -> list[str]:
    """Return the codes that were not used yet, to be shown once, right after they were made."""
    row = _own(person, _KIND.RECOVERY_CODES)
    return list(RecoveryCodes(row).get_unused_codes()) if row else []


@transaction_required
def forget_factors_of(person: Person) -> int:
    """Take every factor from whoever leaves: an account opened again starts with none."""
    forgotten, _ = Authenticator.objects.filter(user=person).delete()
    return int(forgotten)


def _use_totp(actor: Person, at: datetime, code: str) -> None:
    row = _own(actor, _KIND.TOTP, is_locked=True)
    if row is None:
        raise WrongCode
    secret = opened_totp_secret_of(actor, row.data["secret"])
    _note_use(row, at, _counter_of(secret, code, at, after=row.data["counter"]))


def _use_recovery_code(actor: Person, at: datetime, code: str) -> int:
    row = _own(actor, _KIND.RECOVERY_CODES, is_locked=True)
    codes = RecoveryCodes(row)
    if row is None or not codes.validate_code(code):
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


def _own(person: Person, kind: str, *, is_locked: bool = False) -> Authenticator | None:
    rows = Authenticator.objects.filter(user=person, type=kind)
    return (rows.select_for_update() if is_locked else rows).first()


def _note_use(row: Authenticator, at: datetime, counter: int) -> None:
    row.data["counter"], row.last_used_at = counter, at
    row.save(update_fields=["data", "last_used_at"])


def _bound(person: Person, secret: str) -> str:
    return f"{person.pseudonym}:{secret}"
