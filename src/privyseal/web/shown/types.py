"""Types and sets as people read them."""

from dataclasses import dataclass

from django.utils.functional import Promise

from privyseal.identity.models import Person
from privyseal.identity.queries import Powers
from privyseal.identity.rules import Office, Power
from privyseal.language.labels import OFFICE, SEAL_KIND, SEAL_TYPE
from privyseal.language.types import LEVEL
from privyseal.seals.models import KeeperSet, OwnType
from privyseal.seals.rules import Level, SealKind, SealType


@dataclass(frozen=True, slots=True)
class TypeRow:
    uid: str
    name_zh: str
    name_en: str
    company: str
    like: Promise
    kind: Promise | str
    level: Promise | str
    prefix: str
    barred: tuple[Promise, ...]
    is_retired: bool
    may_retire: bool


@dataclass(frozen=True, slots=True)
class SetRow:
    uid: str
    name: str
    company: str
    seals: tuple[str, ...]
    is_ending: bool
    may_propose: bool
    may_end: bool


def type_row(found: OwnType, powers: Powers) -> TypeRow:
    is_retired = found.retired_at is not None
    return TypeRow(
        uid=found.uid,
        name_zh=found.name_zh,
        name_en=found.name_en,
        company=found.company.name,
        like=SEAL_TYPE[SealType(found.like)],
        kind=SEAL_KIND[SealKind(found.kind)] if found.kind else "",
        level=LEVEL[Level(found.level)] if found.level else "",
        prefix=found.prefix,
        barred=tuple(OFFICE[Office(office)] for office in found.barred),
        is_retired=is_retired,
        may_retire=not is_retired and powers.has(Power.MANAGE, found.company_id),
    )


def set_row(found: KeeperSet, reader: Person, powers: Powers) -> SetRow:
    is_ending = found.ending_by_id is not None
    is_second = found.ending_by_id != reader.pk and powers.has(Power.APPROVE, found.company_id)
    return SetRow(
        uid=found.uid,
        name=found.name,
        company=found.company.name,
        seals=tuple(f"{seal.number} {seal.name}" for seal in found.seals.all()),
        is_ending=is_ending,
        may_propose=not is_ending and powers.has(Power.MANAGE, found.company_id),
        may_end=is_ending and is_second,
    )
