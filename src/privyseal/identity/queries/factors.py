"""Second factors, as far as an actor has to do with them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet

from privyseal.identity.marks import is_marked
from privyseal.identity.models import FactorReset, Person, ProviderLink
from privyseal.identity.queries.powers import powers_of
from privyseal.identity.rules import Means
from privyseal.ledger.rewording import asked_with

TOLD_FOR: Final = timedelta(days=30)


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


def resets_about(actor: Person, at: datetime) -> QuerySet[FactorReset]:
    """Return what the actor has to know of their own second factors: a reset that is asked for, or lately done."""
    own = resets_visible_to(actor, at).filter(person=actor, stopped_at=None)
    return own.filter(Q(done_at=None) | Q(done_at__gt=at - TOLD_FOR))


def open_reset_of(actor: Person, at: datetime, pseudonym: str) -> FactorReset | None:
    known = None if powers_of(actor, at).knows_everybody else actor.pk
    return next(iter(asked_with(_open_reset_of, pseudonym, known)), None)


def _open_reset_of(pseudonym: str, known: int | None) -> QuerySet[FactorReset]:
    resets = FactorReset.objects.select_related("person", "asked_by", "done_by").order_by("-pk")
    asked = resets.filter(person__pseudonym=pseudonym, done_at=None, stopped_at=None)
    return (asked if known is None else asked.filter(person=known))[:1]


def resets_visible_to(actor: Person, at: datetime) -> QuerySet[FactorReset]:
    """Return the resets of second factors: everybody's for security and auditor, their own for the others."""
    resets = FactorReset.objects.select_related("person", "asked_by", "done_by").order_by("-pk")
    return resets if powers_of(actor, at).knows_everybody else resets.filter(person=actor)


def owners_of_strange_factors() -> list[Person]:
    """Return whoever has a second factor that this installation did not enrol for them.

    Nobody where no factor bears a mark yet: before those from an earlier version are adopted, all of them are strange.
    """
    strange, has_marked = dict[int, Person](), False
    for row in Authenticator.objects.select_related("user").order_by("user", "pk").iterator():
        if is_marked(row, row.user):
            has_marked = True
        else:
            strange[row.user.pk] = row.user
    return list(strange.values()) if has_marked else []


def has_strange_factor(person: Person) -> bool:
    return any(not is_marked(row, person) for row in Authenticator.objects.filter(user=person).order_by("pk"))


def is_linked_to_provider(person: Person) -> bool:
    return ProviderLink.objects.filter(person=person).exists()


def has_second_factor(person: Person) -> bool:
    return bool(Authenticator.objects.filter(user=person, type__in=_MEANS).exists())
