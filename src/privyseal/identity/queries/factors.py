"""Second factors, as far as an actor has to do with them."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator

from privyseal.identity.models import Person, ProviderLink
from privyseal.identity.rules import Means


@dataclass(frozen=True, slots=True)
class Factor:
    """A passkey or an authenticator app of somebody."""

    id: int
    means: Means
    name: str
    enrolled_at: datetime
    used_at: datetime | None


_MEANS = {Authenticator.Type.WEBAUTHN.value: Means.PASSKEY, Authenticator.Type.TOTP.value: Means.TOTP}


def factors_visible_to(actor: Person, at: datetime) -> list[Factor]:  # noqa: ARG001  every read says for when
    """Return the actor's own factors, the oldest first; nobody sees another person's."""
    rows = Authenticator.objects.filter(user=actor, type__in=_MEANS).order_by("pk")
    return [
        Factor(row.pk, _MEANS[row.type], row.data.get("name", ""), row.created_at, row.last_used_at) for row in rows
    ]


def is_linked_to_provider(person: Person) -> bool:
    return ProviderLink.objects.filter(person=person).exists()


def has_second_factor(person: Person) -> bool:
    return bool(Authenticator.objects.filter(user=person, type__in=_MEANS).exists())
