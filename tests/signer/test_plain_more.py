"""Defaults, second fences and small arithmetic of the signer, each where nothing else would show that it changed."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from privyseal.kernel.errors import Refused
from privyseal.pdf.placement import Placement
from privyseal.pdf.seal import Mark
from privyseal.signer import answers, authority, engine, keyfile, shares
from privyseal.signer.certificate_requests import _EllipticElsewhere, _RsaElsewhere
from privyseal.signer.certifying import Certify
from privyseal.signer.checks import SealDestroyed, SealUnknown
from privyseal.signer.database import Database, open_durably
from privyseal.signer.devices import Devices
from privyseal.signer.documents import Writing
from privyseal.signer.keys import Keys, ShareRefused
from privyseal.signer.operations import Signer
from privyseal.signer.requests import parse_request
from privyseal.signer.store import FirstKeys, SignedCheckpoint, Store
from privyseal.signer.unlocking import Confirm, Entrust
from privyseal.signer.voices import Voices
from tests.outside_ca import OutsideCa
from tests.signer.cast import MAKING, NOON, SEAL, USE, to_destroy, uid
from tests.signer.test_devices import ask, enrolled, mounted

MOUNT: Final = mounted(2, uid("another"))


def test_a_certificate_names_who_answers_for_it_only_where_that_is_asked_for() -> None:
    ca = authority.new_authority(is_demo=True, at=NOON)
    made = authority.new_seal(MAKING, authority_key=ca.key, authority=ca.certificate, pki_url="https://x", at=NOON)

    with pytest.raises(x509.ExtensionNotFound):
        x509.load_der_x509_certificate(made.certificate).extensions.get_extension_for_class(
            x509.AuthorityInformationAccess
        )


def test_a_key_elsewhere_gives_nothing_away() -> None:
    one, other = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65_537, 2048)
    keys = (_EllipticElsewhere(one.public_key(), bytes), _RsaElsewhere(other.public_key(), bytes))

    assert ([key.key_size for key in keys], keys[0].curve.name) == ([256, 2048], "secp256r1")
    for key in keys:
        with pytest.raises(TypeError):
            key.private_numbers()


def test_a_certificate_is_as_long_as_may_be_and_not_longer_nor_nothing() -> None:
    longest = Certify(SEAL, bytes(6_000), (bytes(6_000),) * 6)

    assert parse_request(longest.header()) == longest
    for wrong in (
        replace(longest, certificate=bytes(6_001)),
        replace(longest, certificate=b""),
        replace(longest, between=(b"",)),
        replace(longest, between=(bytes(1),) * 7),
    ):
        with pytest.raises(Refused, match="request-unreadable"):
            parse_request(wrong.header())


def test_an_order_is_one_and_the_same_even_where_it_is_asked_twice_at_once(
    founded: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrolled(founded)
    twins: list[object] = []
    told = Devices._told  # noqa: SLF001  between the look and the write

    def once_more(*said: object) -> object:
        monkeypatch.setattr(Devices, "_told", told)
        twins.append(ask(founded, MOUNT)["frame"])
        return told(*said)  # type: ignore[arg-type]  # what it was called with

    monkeypatch.setattr(Devices, "_told", once_more)

    assert [ask(founded, MOUNT)["frame"]] == twins
    with pytest.raises(Refused, match="intent-reused"):
        ask(founded, replace(MOUNT, said={"slot": 1}))


def test_a_key_file_is_made_beside_others(tmp_path: Path) -> None:
    database = Database(open_durably(tmp_path / "signer.sqlite"))

    assert keyfile.opened(database, tmp_path / "signer.key").is_open
    database.close()


def test_a_share_waits_a_quarter_of_an_hour_for_the_other(sealing: Signer, database: Database) -> None:
    made = answers.Entrusted.parse(sealing.unlock(Entrust(needed=2, shares=2, by=()))).shares
    sealing.unlock(Confirm(made))
    for seconds, is_open in ((15 * 60 + 1, False), (15 * 60, True)):
        keys = Keys(database)
        keys.open(made[0], at=NOON)
        keys.open(made[1], at=NOON + timedelta(seconds=seconds))
        assert keys.is_open is is_open
    with pytest.raises(ShareRefused):
        Keys(database).open("no share", at=NOON)


def test_the_field_of_256_elements_is_that_of_the_standard() -> None:
    assert (shares.times(0x57, 0x83), shares.times(0x57, 0x13), shares.inverse(0x53)) == (0xC1, 0xFE, 0xCA)
    assert [shares.times(0x57, 1 << power) for power in range(5)] == [0x57, 0xAE, 0x47, 0x8E, 0x07]
    assert all(shares.times(one, shares.inverse(one)) == 1 for one in (1, 2, 127, 128, 255))


def test_a_founding_on_which_nothing_rests_gives_way_only_where_that_is_said(
    founded: Signer, database: Database, keys: Keys
) -> None:
    store = Store(database, keys)
    first = store.founded()
    another, made = replace(first, ca_certificate=b"another"), FirstKeys(b"authority", b"log")
    nothing = SignedCheckpoint(0, bytes(32), "note")

    assert store.save_installation(another, made, nothing) == first
    assert store.save_installation(another, made, nothing, is_anew=True) == another == store.founded()
    assert (store.authority_key(), store.log_key(), store.checkpoint()) == (b"authority", b"log", nothing)


def test_a_seal_is_used_by_a_version_that_is_there_and_has_its_key(sealing: Signer) -> None:
    uses = sealing._uses  # noqa: SLF001  past all that would stop it before

    assert uses._tool(USE).roots == ()  # noqa: SLF001  as above
    with pytest.raises(SealUnknown):
        uses._tool(replace(USE, seal_version=2))  # noqa: SLF001  as above
    sealing.destroy(to_destroy())
    with pytest.raises(SealDestroyed):
        uses._tool(USE)  # noqa: SLF001  as above


def test_a_root_is_what_judges_and_is_not_carried_along(sealing: Signer, database: Database, keys: Keys) -> None:
    store, ca = Store(database, keys), OutsideCa(NOON)
    version = store.seal_version(SEAL, 1)
    assert version is not None
    version = replace(version, key=store.seal_key(SEAL, 1), chain=(*ca.between, ca.root))

    tool = engine.tool(version)

    assert (tool.roots, len(ca.between)) == ((ca.root,), 1)


def test_what_is_written_beside_a_seal_is_drawn_where_it_was_approved() -> None:
    at = Placement(1, 100_000, 100_000)

    assert isinstance(engine._writing(Writing("2026-11-23", at)), Mark)  # noqa: SLF001  what goes into the file


def test_a_passkey_in_software_counts_only_where_that_is_said() -> None:
    assert (Voices(b"").takes_software, Voices(b"").page, dict(Voices(b"").roster)) == (False, None, {})
