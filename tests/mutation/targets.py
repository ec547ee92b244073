"""The modules that are changed, by the part of the issue they belong to, and the tests that are asked."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
SOURCES: Final = ROOT / "src"
# What tests only ever run as processes of their own (commands, keys in hardware), or what is for demonstrations alone.
_ELSEWHERE: Final = frozenset({"__init__", "__main__", "apps", "software_passkeys", "custodians", "hardware", "tokens"})
_STATEMENTS: Final = frozenset(
    {"statement", "claims", "terms", "documents", "places", "alike", "own_yes", "standing", "additions", "mandates"}
)
_CHARTERS: Final = frozenset(
    {"charters", "rosters", "governing", "changes", "founding", "ruling", "membership", "bound", "pinned"}
)


@dataclass(frozen=True, slots=True)
class Target:
    """A module, and the part it is counted in."""

    part: str
    module: str

    @property
    def path(self) -> Path:
        return SOURCES / Path(*self.module.split(".")).with_suffix(".py")


@dataclass(frozen=True, slots=True)
class Suite:
    """Modules with the tests that are asked about them. ``apart``: these need neither Django nor a database.

    ``without`` names tests that only start processes of their own, in which nothing is changed.
    """

    name: str
    targets: tuple[Target, ...]
    tests: tuple[str, ...]
    without: tuple[str, ...] = ()
    apart: bool = True


def _names(package: str) -> list[str]:
    folder = SOURCES / "privyseal" / package
    return sorted(path.stem for path in folder.glob("*.py") if path.stem not in _ELSEWHERE)


def _part(name: str) -> str:
    if name in _STATEMENTS:
        return "statements"
    return "charters" if name in _CHARTERS else "signer"


SUITES: Final = (
    Suite(
        "apart",
        (
            Target("merkle", "privyseal.kernel.merkle"),
            Target("statements", "privyseal.kernel.canonical"),
            *(Target("ledger", f"privyseal.kernel.{name}") for name in ("note", "cosignature", "receipt", "quorum")),
            Target("ledger", "privyseal.kernel.tiles"),
            *(Target(_part(name), f"privyseal.signer.{name}") for name in _names("signer")),
        ),
        ("tests/signer", "tests/kernel", "tests/cosigner"),
        (
            *(f"tests/signer/test_{name}.py" for name in ("process", "power_cuts", "tokens")),
            *(f"tests/kernel/test_{name}.py" for name in ("egress", "vault", "storage", "webhooks", "drawing")),
            "tests/cosigner/test_process.py",
        ),
    ),
    Suite(
        "database",
        tuple(Target("ledger", f"privyseal.ledger.{name}") for name in _names("ledger")),
        (
            "tests/ledger",
            *(f"tests/edges/test_{name}.py" for name in ("tiles", "record", "receipts")),
            "tests/actions/test_roles.py",
        ),
        apart=False,
    ),
)
PARTS: Final = ("merkle", "statements", "charters", "signer", "ledger")
