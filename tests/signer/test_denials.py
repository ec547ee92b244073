"""What was taken back is refused before anything else, for good, and nothing of it leaves the key."""

import sqlite3
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from privyseal.kernel.canonical import Json
from privyseal.signer import requests
from privyseal.signer.client import Client
from privyseal.signer.database import Database
from privyseal.signer.denials import ApplicationDenied, Denial, MandateDenied, PermitDenied, What, named_in
from privyseal.signer.impressions import Impressions
from privyseal.signer.operations import Signer
from privyseal.signer.protocol import SignerRefused
from privyseal.signer.statement import Approved, Decision
from privyseal.signer.terms import OwnYes
from tests.signer.cast import (
    CHANGE,
    CONTRACT,
    DESTROY,
    LI,
    NOON,
    RESUME,
    SEAL,
    USE,
    WANG,
    ZHOU,
    approved,
    to_destroy,
    to_make,
    to_resume,
    to_seal,
    uid,
)

MANDATE: Final = uid("mandate")
THE_PERMIT: Final = Denial(What.PERMIT, USE.application, SEAL)
ON_MANDATE: Final = replace(USE, own_yes=OwnYes(WANG, MANDATE))
GIVEN: Final = replace(
    USE,
    application=MANDATE,
    documents=(),
    impressions=9,
    expires_at=NOON + timedelta(days=30),
    decision=Decision.MANDATE,
    paper_sha256="5" * 64,
)


def deny(signer: Signer, *denied: Denial) -> None:
    signer.deny(requests.Deny(denied=denied))


def sealings(database: Database) -> list[tuple[object, ...]]:
    return database.every("SELECT uid FROM intent UNION ALL SELECT application FROM counter")


@pytest.mark.parametrize(
    ("denied", "stages", "refusal"),
    [
        (THE_PERMIT, (approved(USE),), PermitDenied),
        (Denial(What.APPLICATION, USE.application), (approved(USE),), ApplicationDenied),
        (Denial(What.MANDATE, MANDATE), (approved(ON_MANDATE), approved(GIVEN, by=(WANG,))), MandateDenied),
    ],
)
@pytest.mark.invariant("T23", column="rule")
def test_what_is_denied_is_not_sealed(
    denied: Denial, stages: tuple[Approved, ...], refusal: type[SignerRefused], sealing: Signer, database: Database
) -> None:
    deny(sealing, denied)
    deny(sealing, denied)

    with pytest.raises(refusal):
        sealing.seal(to_seal(*stages), CONTRACT)

    assert sealings(database) == []


def test_a_denial_is_the_first_thing_asked_for(sealing: Signer, database: Database) -> None:
    sealing.suspend(requests.Suspend(seal=SEAL))
    deny(sealing, THE_PERMIT)

    with pytest.raises(PermitDenied):
        sealing.seal(to_seal(approved(USE, by=())), b"another file")

    assert sealings(database) == []


def test_what_an_addition_rests_on_is_denied_with_it(sealing: Signer) -> None:
    first, more = approved(USE), approved(replace(USE, application=uid("more")))

    assert {Denial(What.APPLICATION, uid("more")), THE_PERMIT} <= named_in([first, more])


def test_the_denial_of_one_permit_leaves_the_others(sealing: Signer) -> None:
    deny(sealing, Denial(What.PERMIT, USE.application, uid("another seal")), Denial(What.MANDATE, USE.application))

    assert sealing.seal(to_seal(), CONTRACT).appended


def test_what_was_sealed_before_is_answered_again(sealing: Signer) -> None:
    before = sealing.seal(to_seal(), CONTRACT)
    deny(sealing, THE_PERMIT)

    assert sealing.seal(to_seal(), CONTRACT) == before


def test_a_denial_while_a_document_is_being_signed_is_in_time(
    sealing: Signer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserve = Impressions.reserve

    def denied_meanwhile(self: Impressions, *args: object, **named: object) -> None:
        reserve(self, *args, **named)  # type: ignore[arg-type]  # handed on as they came
        deny(sealing, THE_PERMIT)

    monkeypatch.setattr(Impressions, "reserve", denied_meanwhile)
    with pytest.raises(PermitDenied):
        sealing.seal(to_seal(), CONTRACT)

    assert sealings(database) == []


def test_a_denied_application_neither_makes_nor_wakes_nor_ends_a_seal(sealing: Signer, database: Database) -> None:
    sealing.suspend(requests.Suspend(seal=SEAL))
    deny(sealing, *(Denial(What.PERMIT, one.application, SEAL) for one in (CHANGE, RESUME, DESTROY)))

    for ask in (
        lambda: sealing.make(to_make(approved(CHANGE))),
        lambda: sealing.resume(to_resume()),
        lambda: sealing.destroy(to_destroy(approved(DESTROY, by=(LI, ZHOU)))),
    ):
        with pytest.raises(PermitDenied):
            ask()

    assert database.one("SELECT version, is_active, destroyed_by FROM seal") == (1, 0, None)


def test_a_resumption_that_came_first_is_answered_as_done(sealing: Signer) -> None:
    sealing.suspend(requests.Suspend(seal=SEAL))
    sealing.resume(to_resume())
    deny(sealing, Denial(What.PERMIT, RESUME.application, SEAL))

    sealing.resume(to_resume())
    sealing.suspend(requests.Suspend(seal=SEAL))

    with pytest.raises(SignerRefused, match="statement-spent"):
        sealing.resume(to_resume())


def test_nothing_undoes_a_denial(sealing: Signer, database: Database) -> None:
    deny(sealing, THE_PERMIT)

    for change in ("UPDATE denial SET uid = 'other'", "DELETE FROM denial"):
        with pytest.raises(sqlite3.IntegrityError, match=r"denied_for_good|denial_stays"), database.writing() as own:
            own.execute(change)
    with pytest.raises(PermitDenied):
        sealing.seal(to_seal(), CONTRACT)


def test_a_signer_that_was_never_told_of_it_keeps_a_denial(client: Client) -> None:
    unheard = [Denial(What.PERMIT, uid("not yet"), SEAL), Denial(What.APPLICATION, uid("neither"))]

    client.deny(unheard)
    client.deny(unheard)

    with pytest.raises(PermitDenied):
        client.seal(
            intent=uid("intent 1"),
            operator=WANG,
            approved=[approved(replace(USE, application=uid("not yet")))],
            document=CONTRACT,
            field="Seal1",
        )


@pytest.mark.parametrize(
    "denied",
    [
        [],
        [{"what": "seal", "uid": SEAL, "seal": ""}],
        [{"what": "permit", "uid": SEAL, "seal": ""}],
        [{"what": "mandate", "uid": SEAL, "seal": SEAL}],
        [{"what": "mandate", "uid": "x", "seal": ""}],
        [{"what": "mandate", "uid": SEAL}],
        [THE_PERMIT.to_json()] * 401,
    ],
)
def test_a_denial_of_nothing_known_is_not_read(denied: list[Json]) -> None:
    with pytest.raises(requests.RequestUnreadable):
        requests.parse_request({"op": "deny", "denied": denied})
