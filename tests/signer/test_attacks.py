"""A web application that was taken over asks for everything it was not given: nothing is signed, nothing changes."""

import random
from contextlib import suppress
from typing import Final

import pytest

from privyseal.kernel.errors import Refused
from privyseal.signer.database import Database
from privyseal.signer.operations import Signer
from privyseal.signer.statement import Approved
from tests.long import Run
from tests.signer.adversary import Adversary
from tests.signer.cast import CONTRACT, DESTROY, LI, SEAL, USE, to_seal
from tests.signer.test_devices import ask, mounted, to_enrol
from tests.signer.test_rosters import KEYS, PAGE, by_passkey, closed, said_by  # noqa: F401  the fixture
from tests.signer.test_sealing import raced

FEW: Final = 400
MANY: Final = 100_000
RACES: Final = 2_000
_CHUNK: Final = 5_000
_ROUNDS: Final = 50
_KEPT: Final = (
    *("seal", "seal_version", "intent", "counter", "resumption", "roster_entry", "charter", "page"),
    *("device", "device_grant", "device_order"),
)


def heard_by(signer: Signer) -> list[Approved]:
    """Return what the web application heard: a yes that was spent by right, and one that it keeps.

    Beside it a machine holds the seal, as far as the signer was told.
    """
    ask(signer, to_enrol())
    ask(signer, mounted(seal=SEAL, said=by_passkey(LI)))
    heard = [said_by(USE, LI), said_by(DESTROY, LI)]
    signer.seal(to_seal(heard[0]), CONTRACT)
    return heard


def attacked(signer: Signer, database: Database, heard: list[Approved], *, times: int, seed: int) -> int:
    """Return how many attempts were made, having seen each refused and all the signer keeps unchanged."""
    before = kept(database)
    adversary = Adversary(chance=random.Random(seed), keys=KEYS, heard=heard, page=PAGE)  # noqa: S311  not a secret
    for _ in range(times):
        with pytest.raises(Refused):
            signer.answer(adversary.frame())
    assert kept(database) == before
    return times


def kept(database: Database) -> list[object]:
    return [database.every(f"SELECT * FROM {table}") for table in _KEPT]


@pytest.mark.invariant("C1", "C5", column="stateful")
def test_nothing_is_signed_for_a_web_application_that_was_taken_over(closed: Signer, database: Database) -> None:  # noqa: F811
    assert attacked(closed, database, heard_by(closed), times=FEW, seed=7) == FEW
    assert database.one("SELECT is_active FROM seal WHERE uid = ?", SEAL) == (1,)


def test_the_same_web_application_seals_what_it_likes_where_it_may_vouch(sealing: Signer) -> None:
    adversary = Adversary(chance=random.Random(7), keys=KEYS, heard=[said_by(USE, LI)], page=PAGE)  # noqa: S311  likewise

    def is_answered() -> bool:
        with suppress(Refused):
            sealing.answer(adversary.frame())
            return True
        return False

    assert any(is_answered() for _ in range(FEW))


@pytest.mark.long("adversary")
def test_nothing_is_signed_however_often_it_asks(closed: Signer, database: Database) -> None:  # noqa: F811
    heard = heard_by(closed)
    with Run("adversary", goal=MANY, unit="attempts, nothing signed") as run:
        while run.left:
            run.add(attacked(closed, database, heard, times=min(_CHUNK, run.left), seed=run.left))


@pytest.mark.long("suspend-races")
def test_no_use_outruns_its_suspension_however_often_they_meet(sealing: Signer, database: Database) -> None:
    with Run("suspend-races", goal=RACES, unit="uses met by a suspension, none counted after it") as run:
        while run.left:
            for number in range(run.left, max(0, run.left - _ROUNDS), -1):
                raced(sealing, database, number)
            run.add(min(_ROUNDS, run.left))
