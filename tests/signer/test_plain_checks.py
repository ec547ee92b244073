"""Checks of the signer on plain values, each where nothing else would stop what it stops."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from privyseal.kernel.errors import Refused
from privyseal.kernel.shapes import Misshapen
from privyseal.signer import requests
from privyseal.signer.awaiting import _refuse_used as refuse_used
from privyseal.signer.changes import ChangeUnreadable, Enter
from privyseal.signer.charters import SECURITY, Charter, InForce
from privyseal.signer.checks import SealDestroyed
from privyseal.signer.database import Database
from privyseal.signer.denials import Denial, PermitDenied, What, denials
from privyseal.signer.founding import FoundingDiffers, may_begin
from privyseal.signer.governing import Members, may_change
from privyseal.signer.keys import Keys
from privyseal.signer.operations import Signer
from privyseal.signer.outside import CertificateAlreadyUsed
from privyseal.signer.passkeys import Credential, Page
from privyseal.signer.protocol import Frame
from privyseal.signer.rosters import Grounds
from privyseal.signer.software_passkeys import SoftwarePasskey
from privyseal.signer.statement import Approved
from privyseal.signer.store import Store
from privyseal.signer.voices import Voices
from tests.signer.cast import (
    CHANGE,
    DESTROY,
    LI,
    NOON,
    RESUME,
    SEAL,
    USE,
    WEB_KEY,
    ZHAO,
    approved,
    to_destroy,
    to_make,
    to_resume,
    uid,
)
from tests.signer.test_founding import ALL, begun, said_to

PAGE: Final = Page("https://approve.example")
WEB: Final = WEB_KEY.public_key().public_bytes_raw()


def denied(of: str) -> Grounds:
    return Grounds(named=frozenset({Denial(What.PERMIT, of, SEAL)}))


def deny(signer: Signer, application: str) -> None:
    signer.deny(requests.Deny(denied=(Denial(What.PERMIT, application, SEAL),)))


# --- whose yes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("is_bound", "is_known", "counts"), [(True, True, False), (False, True, False), (True, False, False)]
)
def test_no_passkey_in_software_counts_as_one_that_cannot_leave_its_device(
    *, is_bound: bool, is_known: bool, counts: bool
) -> None:
    key = SoftwarePasskey(person=LI, page=PAGE, id=b"li's")
    held = Credential(id=key.id, person=LI, key=key.key, is_bound=is_bound, starts_at=NOON)
    voices = Voices(WEB, PAGE, {key.id: held} if is_known else {}, takes_software=True)

    assert voices.is_bound(key.says_yes(USE.to_bytes())) is counts


def test_whoever_is_vouched_for_has_no_passkey_that_could_leave_its_device() -> None:
    (vouched,) = approved(USE).assertions

    assert Voices(WEB).is_bound(vouched) is True


def test_a_passkey_counts_from_its_first_moment_up_to_its_end() -> None:
    held = Credential(
        id=b"1", person=LI, key=b"", is_bound=True, starts_at=NOON, ends_at=NOON + timedelta(microseconds=2)
    )

    assert [held.is_valid(NOON + timedelta(microseconds=after)) for after in (-1, 0, 1, 2)] == [
        False,
        True,
        True,
        False,
    ]


# --- denied between the check and the commit ----------------------------------------------------------------


def test_what_is_denied_meanwhile_is_neither_resumed_nor_destroyed_nor_made(
    sealing: Signer, database: Database, keys: Keys
) -> None:
    store = Store(database, keys)
    sealing.suspend(requests.Suspend(seal=SEAL))
    deny(sealing, uid("late"))
    grounds = denied(uid("late"))
    version = store.seal_version(SEAL, 1)
    assert version is not None

    with pytest.raises(PermitDenied):
        store.resume(SEAL, application=uid("late"), grounds=grounds)
    with pytest.raises(PermitDenied):
        store.destroy(SEAL, application=uid("late"), at=NOON, grounds=grounds)
    with pytest.raises(PermitDenied):
        store.save_seal_version(
            replace(version, version=2), manager=ZHAO, kind="", company="", at=NOON, grounds=grounds
        )

    assert database.every("SELECT is_active, destroyed_by, version FROM seal") == [(0, None, 1)]
    assert database.every("SELECT * FROM resumption") == []


def test_what_is_destroyed_meanwhile_is_neither_made_again_nor_destroyed_by_another(
    sealing: Signer, database: Database, keys: Keys
) -> None:
    store = Store(database, keys)
    version = store.seal_version(SEAL, 1)
    assert version is not None
    store.destroy(SEAL, application=uid("first"), at=NOON, grounds=Grounds())

    with pytest.raises(SealDestroyed):
        store.save_seal_version(
            replace(version, version=2), manager=ZHAO, kind="", company="", at=NOON, grounds=Grounds()
        )
    with pytest.raises(SealDestroyed):
        store.destroy(SEAL, application=uid("second"), at=NOON, grounds=Grounds())

    assert database.every("SELECT destroyed_by, version FROM seal") == [(uid("first"), 1)]


def test_a_denial_is_told_before_whatever_else_is_wrong(sealing: Signer) -> None:
    for statement in (RESUME, DESTROY, CHANGE):
        deny(sealing, statement.application)

    with pytest.raises(PermitDenied):
        sealing.resume(to_resume(approved(RESUME, by=())))
    with pytest.raises(PermitDenied):
        sealing.destroy(to_destroy(approved(DESTROY, by=())))
    with pytest.raises(PermitDenied):
        sealing.make(to_make(approved(CHANGE, by=())))


def test_one_thing_and_no_less_is_denied_at_a_time() -> None:
    said = Denial(What.PERMIT, USE.application, SEAL)

    assert denials([dict(said.to_json())]) == (said,)
    with pytest.raises(Misshapen):
        denials([])


# --- what nobody changes ------------------------------------------------------------------------------------


def test_what_an_installation_began_with_is_begun_with_and_never_changed_to() -> None:
    said, other = said_to(ALL), Enter(SECURITY, ALL.witness)
    no_beginning = replace(begun(ALL), rule=Approved(other.to_bytes(), said.assertions))

    with pytest.raises(ChangeUnreadable):
        may_begin(no_beginning, no_beginning.rule or said, at=NOON)
    with pytest.raises(ChangeUnreadable):
        may_change(
            ALL,
            said,
            by=Charter(1, "session", SECURITY),
            in_force=InForce(of="", version=1, charter=ALL.charter),
            voices=Voices(WEB, takes_software=True),
            members=Members(9, 9),
            at=NOON,
        )


@pytest.mark.parametrize("shared", ["id", "key"])
def test_two_people_have_two_passkeys_with_two_keys(shared: str) -> None:
    same = replace(ALL.witness, **{shared: getattr(ALL.entries[0].credential, shared)})
    begin = replace(ALL, witness=same)

    with pytest.raises(FoundingDiffers):
        may_begin(begun(begin), said_to(begin), at=NOON)


def test_heads_that_others_saw_are_looked_at(sealing: Signer) -> None:
    with pytest.raises(Refused):
        sealing.answer(Frame(requests.Cosigned(note="no note").header()))


def test_a_certificate_of_another_version_is_used_for_none_after_it(sealing: Signer, database: Database) -> None:
    ((certificate,),) = database.every("SELECT certificate FROM seal_version")

    with database.writing() as connection, pytest.raises(CertificateAlreadyUsed):
        refuse_used(connection, certificate)
