"""Reads of the ledger: by index, by subject, and the latest head."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, F, Func, Max, Q, QuerySet, Value

from privyseal.ledger.book import SUBJECTS
from privyseal.ledger.finding import key
from privyseal.ledger.models import CheckpointRow, FactRow, Leaf
from privyseal.ledger.rewording import Most, Verbatim, asked_with

_NEAR: Final = 1_000
# The order of writing as no index has it. A plan that is kept for whatever subject would walk the record from its
# beginning, in the hope to meet enough of them soon; so they are looked up first, and put in order then.
_AS_WRITTEN: Final = F("pk") + 0
_KEYS: Final = ArrayField(BigIntegerField())


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact as people see it. ``index`` is None until the integrator has numbered it."""

    id: int
    index: int | None
    kind: str
    actor: str
    at: datetime
    subjects: Mapping[str, Any]
    data: Mapping[str, Any]

    def named(self, name: str) -> Any:  # noqa: ANN401  a fact's arguments, of every kind
        """Return what it says under this name, which may be a subject only since a later version wrote facts."""
        return self.subjects.get(name, self.data.get(name))


def facts_about(
    subject: str, value: str | int, *, kind: str = "", without: Collection[str] = (), limit: int = 500
) -> list[Fact]:
    """Return what is on record about one subject, in order of writing; of kinds that begin so, of none of these."""
    rows = asked_with(_about, key(subject, value), Verbatim(kind), Most(limit), *without)
    return [fact for fact in _facts(rows) if _is_about(fact, value, subject)]


def _about(found_by: int, kind: str, limit: int, *without: str) -> QuerySet[FactRow]:
    rows = FactRow.objects.filter(subjects__contains=_keys(found_by)).select_related("leaf")
    if kind:
        rows = rows.filter(kind__startswith=kind)
    if without:
        rows = rows.exclude(kind__in=without)
    return rows.order_by(_AS_WRITTEN.asc())[:limit]


def facts_beside(fact: Fact, kind: str) -> list[Fact]:
    """Return the facts of a kind that were written right behind one, at the same moment: what one command recorded."""
    near = FactRow.objects.filter(pk__gt=fact.id, pk__lt=fact.id + _NEAR, at=fact.at, kind=kind)
    return _facts(near.select_related("leaf").order_by("pk"))


def facts_at(kind: str, subject: str, value: str | int, at: datetime) -> list[Fact]:
    """Return the facts of a kind about one subject that were written at this very moment."""
    rows = FactRow.objects.filter(kind=kind, at=at, subjects__contains=_keys(key(subject, value)))
    return [fact for fact in _facts(rows.select_related("leaf").order_by("pk")) if _is_about(fact, value, subject)]


def times_recorded(kind: str, subject: str, value: str | int, *, by: str, since: datetime) -> int:
    """Return how often somebody has done this to one subject since then."""
    rows = FactRow.objects.filter(subjects__contains=_keys(key(subject, value)), kind=kind, actor=by, at__gt=since)
    return rows.count()


def times_about(kind: str, subject: str, value: str | int) -> tuple[int, datetime | None]:
    """Return how often this was done to one subject, and when last."""
    return next(iter(asked_with(_times_about, kind, key(subject, value))), (0, None))


def _times_about(kind: str, found_by: int) -> QuerySet[FactRow, tuple[int, datetime]]:
    rows = FactRow.objects.filter(subjects__contains=_keys(found_by), kind=kind).order_by().values("kind")
    return rows.annotate(times=Count("pk"), last=Max("at")).values_list("times", "last")


def first_facts(kind: str, *, among: int = 500) -> list[Fact]:
    """Return the facts of kinds that begin so among the very first ones: what an installation was founded with."""
    first = FactRow.objects.order_by("pk").values("pk")[:among]
    return _facts(FactRow.objects.filter(pk__in=first, kind__startswith=kind).select_related("leaf").order_by("pk"))


def fact_with_id(fact_id: int) -> Fact | None:
    return next(iter(_facts(FactRow.objects.filter(pk=fact_id).select_related("leaf"))), None)


def latest_facts(
    *,
    before: int | None = None,
    kind: str = "",
    actors: Collection[str] | None = None,
    about: str = "",
    limit: int = 50,
) -> list[Fact]:
    """Return the newest facts, newest first; ``before`` is the id to go on from, ``about`` the id of any subject."""
    rows = FactRow.objects.select_related("leaf").order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    if kind:
        rows = rows.filter(kind__startswith=kind)
    if actors is not None:
        rows = rows.filter(actor__in=actors)
    if about:
        found_by = _keys(*(key(subject, about) for subject in sorted(SUBJECTS)))
        rows = rows.filter(subjects__overlap=found_by).order_by(_AS_WRITTEN.desc())
    return [fact for fact in _facts(rows[:limit]) if not about or _is_about(fact, about, *SUBJECTS)]


def latest_facts_about(
    subject: str, values: Collection[str], *, before: int | None = None, without: Collection[str] = (), limit: int = 50
) -> list[Fact]:
    """Return the newest facts about one subject, which may have several names, newest first; of no kind of these."""
    found_by = _keys(*(key(subject, value) for value in values))
    rows = FactRow.objects.filter(subjects__overlap=found_by).exclude(kind__in=without).select_related("leaf")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    rows, named = rows.order_by(_AS_WRITTEN.desc()), set(values)
    return [fact for fact in _facts(rows[:limit]) if str(fact.subjects.get(subject)) in named]


def facts_between(begin: int, end: int, *, kinds: Sequence[str], ending: str) -> list[Fact]:
    """Return the facts from one index of the tree up to another, of these kinds or one that ends so, in its order."""
    rows = FactRow.objects.filter(leaf__index__gte=begin, leaf__index__lt=end).select_related("leaf")
    return _facts(rows.filter(Q(kind__in=kinds) | Q(kind__endswith=ending)).order_by("leaf__index"))


def facts_beyond(size: int, kinds: Collection[str]) -> list[Fact]:
    """Return the facts of these kinds that a head of this size does not cover, in the order of the record."""
    rows = FactRow.objects.filter(Q(leaf__index__gte=size) | Q(leaf=None), kind__in=kinds).select_related("leaf")
    return _facts(rows.order_by("leaf__index", "pk"))  # those without an index come last


def tree_size() -> int:
    """Return how many facts have their index."""
    last = Leaf.objects.order_by("-index").values_list("index", flat=True).first()
    return 0 if last is None else last + 1


def last_fact_about(kind: str, subject: str, value: str | int) -> Fact | None:
    rows = FactRow.objects.filter(kind=kind, subjects__contains=_keys(key(subject, value))).select_related("leaf")
    return next((fact for fact in _facts(rows.order_by("-pk")) if _is_about(fact, value, subject)), None)


def told_already(kind: str, subject: str, values: Collection[str]) -> set[str]:
    """Return of which of these a fact of this kind is on record."""
    if not values:
        return set()
    rows = FactRow.objects.filter(kind=kind, subjects__overlap=_keys(*(key(subject, value) for value in values)))
    return {str(fact.subjects.get(subject)) for fact in _facts(rows.select_related("leaf").order_by("pk"))}


def head_until(at: datetime) -> tuple[int, str, datetime] | None:
    """Return size, note and time of the last head that was signed by a moment."""
    heads = CheckpointRow.objects.filter(signed_at__lte=at).order_by("-size")
    return heads.values_list("size", "note", "signed_at").first()


def latest_checkpoint() -> str | None:
    return next(iter(asked_with(_latest_note)), None)


def _latest_note() -> QuerySet[CheckpointRow, str]:
    return CheckpointRow.objects.order_by("-size").values_list("note", flat=True)[:1]


def facts_behind() -> int:
    """Return how many facts still wait for their index."""
    return FactRow.objects.filter(leaf=None).order_by().count()


def _keys(*keys: int) -> Func:
    # Bare numbers would go to the database as such of 32 bits, cut short.
    said = (Value(one, BigIntegerField()) for one in keys)
    return Func(*said, template="ARRAY[%(expressions)s]::bigint[]", output_field=_KEYS)


def _is_about(fact: Fact, value: str | int, *subjects: str) -> bool:
    return any(str(fact.subjects.get(subject)) == str(value) for subject in subjects)


def _facts(rows: QuerySet[FactRow] | Iterable[FactRow]) -> list[Fact]:
    return [_fact(row) for row in rows]


def _fact(row: FactRow) -> Fact:
    said = json.loads(bytes(row.body))
    index = row.leaf.index if hasattr(row, "leaf") else None
    return Fact(row.pk, index, said["kind"], said["actor"], row.at, said["subjects"], said["data"])
