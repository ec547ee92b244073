"""The modules that are changed, each with the tests that are to notice: their own, and no others."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Target:
    """``apart`` says that its tests need neither Django nor a database: a change costs a second, and not ten."""

    module: str
    tests: tuple[str, ...]
    apart: bool = True


_SIGNER: Final = tuple(
    f"tests/signer/test_{name}.py"
    for name in (
        *("statement", "checks", "rosters", "passkeys", "sealing", "additions", "standing", "mandates", "own_yes"),
        *(
            "denials",
            "ending",
            "founding",
            "keys",
            "shares",
            "checkpoints",
            "cosigned",
            "replaying",
            "anew",
            "together",
        ),
        *("together", "proving", "protocol", "epochs", "database", "authority", "ocsp", "attacks"),
    )
)
_LEDGER: Final = tuple(
    f"tests/ledger/test_{name}.py"
    for name in ("integrator", "hostile_owner", "cosigning", "quorum", "tiles", "packing", "finding", "commands")
)
_OF_NOTES: Final = ("tests/kernel/test_note.py", "tests/cosigner/test_answering.py")

TARGETS: Final = (
    Target("privyseal.kernel.merkle", ("tests/kernel/test_merkle.py",)),
    Target("privyseal.kernel.canonical", ("tests/kernel/test_canonical.py",)),
    Target("privyseal.kernel.note", _OF_NOTES),
    Target("privyseal.kernel.cosignature", _OF_NOTES),
    Target("privyseal.kernel.receipt", _OF_NOTES),
    *(
        Target(f"privyseal.signer.{name}", _SIGNER)
        for name in (
            *("statement", "checks", "claims", "terms", "passkeys", "charters", "rosters", "governing", "changes"),
            *(
                "ruling",
                "impressions",
                "denials",
                "additions",
                "standing",
                "mandates",
                "own_yes",
                "membership",
                "heads",
            ),
            *("keys", "shares", "store", "epochs", "replaying", "anew", "cosigned"),
        )
    ),
    *(
        Target(f"privyseal.ledger.{name}", _LEDGER, apart=False)
        for name in ("integrator", "proofs", "nodes", "packing", "finding", "tiles", "cosigning", "cosigned", "naming")
    ),
)
