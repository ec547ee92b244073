"""Passkeys for approvals: from when one may say yes, and who lets it onto the roster."""

from datetime import datetime, timedelta
from typing import Final

from privyseal.approvals.rules import People
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotEntitled, Refused
from privyseal.signer.charters import APPROVERS, SECURITY

# Whoever took over an account for an hour finds that its owner was told, and had a day to have the passkey removed.
COOL_OFF: Final = timedelta(hours=24)
CONFIRMATIONS: Final = 2


class PasskeyNotOffered(Refused):
    """The passkey was confirmed by as many as it takes, or was removed."""

    code = "passkey-not-offered"


class PasskeyConfirmedByOwn(Refused):
    """Whoever's passkey it is, or confirmed it already, is no further pair of eyes on it."""

    code = "passkey-confirmed-by-own"


def counts_from(offered_at: datetime, *, is_demo: bool) -> datetime:
    """Return from when a passkey counts; nobody waits in a demonstration."""
    return offered_at if is_demo else offered_at + COOL_OFF


def roster_of(*, is_security: bool) -> str:
    """Return the roster that somebody's passkey comes onto: whoever keeps the rosters approves nothing."""
    return SECURITY if is_security else APPROVERS


def check_of_security(*, is_security: bool, others_of_security: int) -> None:
    """Return if this person's office lets them be the second, or refuse: the auditor stands in where one is missing.

    ``others_of_security`` counts those of security beside the owner.
    """
    if not is_security and others_of_security >= CONFIRMATIONS:
        raise NotEntitled(power=Power.SECURITY.value)


def check_confirms(confirmer: int, *, owner: int, confirmed: People) -> None:
    """Return if this person is one of the two who know the owner and their passkey, or refuse."""
    if len(confirmed) >= CONFIRMATIONS:
        raise PasskeyNotOffered
    if confirmer == owner or confirmer in confirmed:
        raise PasskeyConfirmedByOwn
