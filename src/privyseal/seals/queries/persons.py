"""Whose name a seal bears, and their mandates, as far as an actor may see the seal."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Office
from privyseal.kernel.errors import NotFound
from privyseal.seals.models import Mandate, Seal, SealPerson
from privyseal.seals.queries.register import visible_to
from privyseal.seals.rules.life import SealType
from privyseal.seals.rules.persons import bears_a_name


def seals_of_a_name(actor: Person, at: datetime) -> QuerySet[Seal]:
    """Return the seals an actor may see, and those that bear the actor's own name."""
    post = identity.holdings_in_force(at).filter(
        person=actor,
        deputy_for=None,
        post__office=Office.LEGAL_REPRESENTATIVE.value,
        post__company=OuterRef("company_id"),
    )
    named = SealPerson.objects.filter(seal=OuterRef("pk"), person=actor)
    own = Q(Exists(named), type=SealType.PERSONAL.value) | Q(
        Exists(post.order_by()), type=SealType.LEGAL_REPRESENTATIVE.value
    )
    seen = Q(pk__in=visible_to(actor, at).order_by().values("pk"))
    return Seal.objects.select_related("company").filter(own | seen).order_by("number", "pk")


def named_seal_visible_to(actor: Person, at: datetime, uid: str) -> Seal:
    """Return a seal that bears a name, or refuse."""
    seal = seals_of_a_name(actor, at).filter(uid=uid).first()
    if seal is None or not bears_a_name(SealType(seal.type)):
        raise NotFound(seal=uid)
    return seal


def mandates_of(actor: Person, at: datetime, seal: Seal) -> QuerySet[Mandate]:
    """Return the mandates for a seal, the newest first."""
    seen = seals_of_a_name(actor, at).filter(pk=seal.pk).order_by().values("pk")
    return Mandate.objects.filter(seal__in=seen).select_related("given_by").order_by("-given_at", "-pk")


def mandate_visible_to(actor: Person, at: datetime, uid: str) -> Mandate:
    seen = seals_of_a_name(actor, at).order_by().values("pk")
    found = Mandate.objects.filter(uid=uid, seal__in=seen).select_related("seal", "given_by").first()
    if found is None:
        raise NotFound(mandate=uid)
    return found
