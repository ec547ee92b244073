"""Checks of the signer that a second random sample of changes found nobody to watch."""

import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privyseal.kernel import merkle, shapes
from privyseal.kernel.cosignature import cosigner_key
from privyseal.kernel.quorum import Needed, Quorum
from privyseal.signer import outside, passkeys, requests, shares, terms
from privyseal.signer.authority import Revoked
from privyseal.signer.bound import Secret
from privyseal.signer.charters import Charter
from privyseal.signer.database import Database
from privyseal.signer.documents import Code, Document
from privyseal.signer.governing import said_by
from privyseal.signer.keys import Keys
from privyseal.signer.ocsp import Standing
from privyseal.signer.operations import Signer
from privyseal.signer.outside import CertificateUnreadable
from privyseal.signer.own_yes import BEARS_A_NAME
from privyseal.signer.passkeys import AssertionInvalid, PasskeyNotBound, PasskeyUnknown, _client
from privyseal.signer.shares import Share, ShareMisread
from privyseal.signer.sockets import CannotListen, bind
from privyseal.signer.statement import EXTERNAL, SESSION, Approved, parse, parse_one, vouch
from privyseal.signer.store import Store
from privyseal.signer.terms import AtMachine
from privyseal.signer.voices import Voices
from tests.signer.cast import FOUNDING, LI, NOON, SEAL, USE, WEB_KEY, approved, to_destroy
from tests.signer.conftest import Clock, serving
from tests.signer.given import KEY_OF_ZHOU
from tests.signer.test_own_yes import KEY as KEY_OF_WANG
from tests.signer.test_own_yes import VOICES


def test_no_passkey_counts_where_no_page_is_pinned_or_it_is_on_no_roster() -> None:
    said = USE.to_bytes()

    for voices in (Voices(b""), Voices(b"", KEY_OF_ZHOU.page)):
        with pytest.raises(PasskeyUnknown):
            voices.check(KEY_OF_ZHOU.says_yes(said), said, at=NOON)


def test_a_share_is_read_in_its_form_and_with_its_check_alone() -> None:
    share = shares.split(bytes(32), needed=2, shares=2)[0]

    assert Share.parse(f" {share.text.lower()}\n") == share
    for wrong in (
        "",
        "PS1",
        share.text[:-1] + ("A" if share.text[-1] != "A" else "B"),
        share.text.replace("-1-", "-2-"),
    ):
        with pytest.raises(ShareMisread):
            Share.parse(wrong)


def test_what_a_browser_says_is_no_longer_than_may_be() -> None:
    longest = b'{"type":"' + b"x" * (2_000 - len(b'{"type":""}')) + b'"}'

    assert set(_client(longest)) == {"type"}
    for wrong in (longest.replace(b"x", b"xx", 1), b'{"a":1,"a":2}', b"[]", b"\xff", b"[" * 900):
        with pytest.raises(AssertionInvalid):
            _client(wrong)
    assert range(2_048, 4_097) == passkeys._RSA_BITS  # noqa: SLF001  a key of so many bits takes long to make


def test_a_key_is_read_from_a_certificate_or_refused() -> None:
    with pytest.raises(CertificateUnreadable):
        outside.public_of(b"garbage")
    assert outside.pem(()) == b""


def test_a_certificate_of_a_seal_that_was_destroyed_is_known_and_revoked(
    sealing: Signer, database: Database, keys: Keys
) -> None:
    store = Store(database, keys)
    made = store.seal_version(SEAL, 1)
    assert made is not None
    assert (store.standing(made.serial), store.standing("ff")) == (Standing(True), Standing(False))

    sealing.destroy(to_destroy())

    assert store.standing(made.serial) == Standing(True, Revoked(made.serial, NOON, is_superseded=False))
    assert store.revoked() == [Revoked(made.serial, NOON, is_superseded=False)]


def test_a_head_that_is_signed_is_remembered_to_tell_who_is_behind(
    database: Database, clock: Clock, keys: Keys
) -> None:
    key = cosigner_key("audit.example", Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32))
    signer = Signer(database, clock, keys, Quorum((key,), Needed.ALL, timedelta(minutes=10)))
    signer.found(FOUNDING)

    signer.checkpoint(requests.Checkpoint(size=1, root=merkle.leaf_hash(b"fact"), old_size=0, proof=()))

    assert database.every("SELECT size FROM head") == [(1,)]


def test_who_is_let_in_is_waited_for_by_threads_that_end_with_the_process(founded: Signer, socket_path: Path) -> None:
    with serving(founded, socket_path) as running:
        assert running._accepting.daemon  # noqa: SLF001  or a signer that is told to stop would stay
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(socket_path.with_name("other")))
        other.listen()
        with pytest.raises(CannotListen, match="answers on"):
            bind(socket_path.with_name("other"), is_shared=False)


def test_where_a_charter_asks_for_passkeys_that_stay_in_their_device_no_other_changes_it_or_agrees() -> None:
    said, by = USE.to_bytes(), Charter(1, SESSION, is_bound=True)

    assert said_by(approved(USE, by=(LI,)), by=by, voices=VOICES, at=NOON) == {LI}
    with pytest.raises(PasskeyNotBound):
        said_by(Approved(said, (KEY_OF_WANG.says_yes(said),)), by=by, voices=VOICES, at=NOON)


def test_how_a_machine_waits_is_said_within_its_bounds() -> None:
    for waits in (AtMachine(1, 0, 0), AtMachine(10, 100, 1_440)):
        statement = replace(USE, machine=waits)
        assert parse(statement.to_bytes()) == statement
    for wrong in (AtMachine(0, 0, 0), AtMachine(11, 0, 0), AtMachine(1, 101, 1), AtMachine(1, 1, 1_441)):
        with pytest.raises(shapes.Misshapen):
            terms.at_machine(wrong.to_json())


def test_what_is_bound_to_an_envelope_has_no_file_to_draw_on_or_seal() -> None:
    envelope = Document("5" * 64, "nobody", (), bound=Secret(pages=2, title="Minutes", envelope="7", impressions=1))

    assert Document.parse(envelope.to_json()) == envelope
    with pytest.raises(shapes.Misshapen):
        Document.parse({**envelope.to_json(), "field": "Seal2"})
    assert Code.parse({"text": "a", "page": 1, "x": 1, "y": 1, "side": 1}).side == 1


def test_an_outside_systems_word_is_read_and_both_kinds_of_seals_bear_a_name() -> None:
    said = USE.to_bytes()
    outsiders = Approved(said, (vouch(said, approver=LI, web_key=WEB_KEY, assurance=EXTERNAL),))

    assert parse_one(outsiders.to_json()) == outsiders
    assert {"personal", "legal-representative"} == BEARS_A_NAME
