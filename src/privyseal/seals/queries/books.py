"""The register of seals: every seal of a company under its place, with who keeps it and since when it is in use."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, QuerySet

from privyseal.identity.keys import among
from privyseal.identity.models import Company, Person
from privyseal.kernel.errors import NotFound
from privyseal.seals.models import Custody, Permit, Seal, SealRemark, SealVersion
from privyseal.seals.queries.register import visible_to


@dataclass(frozen=True, slots=True)
class SealLine:
    """One seal as its register has it: ``made`` is its present making, ``since`` when it was first in use."""

    seal: Seal
    made: SealVersion | None
    keeper: Person | None
    since: datetime | None
    remarks: Sequence[SealRemark] = ()


def seals_in_book(actor: Person, at: datetime, company: Company) -> QuerySet[Seal]:
    """Return a company's seals in the order of their places, as far as an actor may see them."""
    return visible_to(actor, at).filter(company=company).select_related("created_by").order_by("place")


def lines_of_seals(actor: Person, at: datetime, seals: Iterable[Seal]) -> list[SealLine]:
    """Return these seals with what their rows say: as many questions for one as for many."""
    found = list(seals)
    asked = visible_to(actor, at).filter(pk__in=[seal.pk for seal in found])
    seen = set(asked.order_by().values_list("pk", flat=True))
    versions = SealVersion.objects.filter(among("seal_id", seen)).order_by("version")
    made = {version.seal_id: version for version in versions}
    first = dict(versions.order_by("seal_id").values_list("seal_id").annotate(Min("made_at")))
    custodies = Custody.objects.filter(among("seal_id", seen)).select_related("keeper").order_by("since", "pk")
    kept = {custody.seal_id: custody.keeper for custody in custodies if custody.until is None}
    accepted = {custody.seal_id: custody.since for custody in reversed(custodies)}
    remarks: dict[int, list[SealRemark]] = defaultdict(list)
    for remark in SealRemark.objects.filter(among("seal_id", seen)).select_related("author").order_by("at", "pk"):
        remarks[remark.seal_id].append(remark)
    return [
        SealLine(
            seal,
            made.get(seal.pk),
            kept.get(seal.pk),
            accepted.get(seal.pk) or first.get(seal.pk),
            remarks.get(seal.pk, ()),
        )
        for seal in found
        if seal.pk in seen
    ]


def permit_visible_to(actor: Person, at: datetime, uid: str) -> Permit:
    """Return a permit to do something to a seal that an actor may see, or refuse."""
    seals = visible_to(actor, at).order_by()
    permits = Permit.objects.filter(uid=uid, seal__in=seals).select_related(
        "seal__company", "seal__unit", "seal__own_type"
    )
    permit = permits.prefetch_related("parts__person").first()
    if permit is None:
        raise NotFound(permit=uid)
    return permit
