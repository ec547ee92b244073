"""The register of a seeded group."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from privyseal.config.seeding.organisation import Staff
from privyseal.config.seeding.sizes import Size
from privyseal.config.seeding.tables import Connection, Sheet
from privyseal.identity.names import skeleton
from privyseal.kernel.canonical import canonical
from privyseal.pdf import face as faces
from privyseal.pdf.face import Face
from privyseal.seals.models import Seal
from privyseal.seals.rules import SealKind, SealState, SealType

_KINDS: Final = tuple(SealType)
_SUSPENDED_IN: Final = 20  # every so manyth seal


@dataclass(frozen=True, slots=True)
class SeededSeal:
    key: int
    uid: str
    kind: SealType


class Seals:
    """Fills the register with rubber seals: an electronic one has a key, and keys come from the signer alone."""

    def __init__(self, connection: Connection, size: Size, dice: random.Random, *, at: datetime) -> None:
        self._connection, self._size, self._dice, self._at = connection, size, dice, at
        self._seals = Sheet(
            Seal, "id", "uid", "company_id", "unit_id", "number", "place", "name", "skeleton", "type", "kind", "state",
            "signer_state", "face", "face_sha256", "created_by_id", "created_at",
        )  # fmt: skip

    def fill(self, staff: Sequence[Staff]) -> dict[int, list[SeededSeal]]:
        """Return the seals of every company."""
        first = self._seals.first_free(self._connection)
        each = self._size.seals // self._size.companies
        found: dict[int, list[SeededSeal]] = {
            team.company: [
                SeededSeal(
                    first + number * each + offset, f"{self._dice.getrandbits(128):032x}", _KINDS[offset % len(_KINDS)]
                )
                for offset in range(each)
            ]
            for number, team in enumerate(staff)
        }
        self._seals.copy(self._connection, self._rows(staff, found))
        self._seals.keep_counting(self._connection)
        return found

    def _rows(self, staff: Sequence[Staff], found: dict[int, list[SeededSeal]]) -> Iterator[tuple[object, ...]]:
        face = Face.from_json({"ring": "示例集团有限公司", "code": "1101080000001"})
        drawn, digest = canonical(face.to_json()).decode(), faces.digest(face)
        for team in staff:
            for offset, seal in enumerate(found[team.company]):
                state = SealState.SUSPENDED if (offset + 1) % _SUSPENDED_IN == 0 else SealState.ACTIVE
                name = f"{seal.kind.value}-{offset + 1}"
                # every other seal is the company's own
                unit = team.units[offset // 2 % len(team.units)] if offset % 2 else None
                yield (
                    seal.key, seal.uid, team.company, unit, f"S{seal.key:05d}", offset + 1, name, skeleton(name),
                    seal.kind.value, SealKind.PHYSICAL.value, state.value, state.value, drawn, digest, team.managers[0],
                    self._at,
                )  # fmt: skip
