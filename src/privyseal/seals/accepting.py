"""What a maker made by a permit, and waits to be accepted."""

from typing import Final

from django.db.models import F, Q

from privyseal.seals.models import Permit
from privyseal.seals.rules import Act, SealKind, SealState
from privyseal.signer.statement import Purpose

_MADE: Final = (Purpose.MAKE.value, Purpose.CHANGE.value)


def act_by_words(permit: Permit) -> Act:
    """Return the act that the words on a permit carry out: what a maker made is accepted, anew as well."""
    return Act.ACCEPT if permit.purpose in _MADE else Act(permit.purpose)


def is_new_rubber_awaited() -> Q:
    """Return the condition that a permit's new rubber was ordered and has not taken the old one's place."""
    rubber = Q(purpose=Purpose.CHANGE.value, used=1, revoked_at=None, seal__kind=SealKind.PHYSICAL.value)
    return rubber & Q(seal__state=SealState.ACTIVE.value, seal_version=F("seal__version"))
