"""The key refuses while those who have to see its log have not seen it lately, whoever else says they have."""

import base64
import sqlite3
from contextlib import closing
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privyseal.cosigner import home
from privyseal.cosigner.answering import Cosigner
from privyseal.cosigner.home import Home
from privyseal.device.orders import Order
from privyseal.kernel.cosignature import cosign, cosigner_key
from privyseal.kernel.note import VerifierKey
from privyseal.kernel.quorum import CosignersStale, Needed, Quorum
from privyseal.signer import requests
from privyseal.signer.cosigned import NotCosigned
from privyseal.signer.database import CannotStart, Database, open_durably
from privyseal.signer.keys import CustodiansNeeded, Keys
from privyseal.signer.operations import Signer
from privyseal.signer.unlocking import PinCosigners
from tests.signer.cast import CONTRACT, FOUNDING, MASTER, to_make, to_seal
from tests.signer.conftest import Clock
from tests.signer.test_checkpoints import FACTS, to_sign
from tests.signer.test_devices import SEEN, allow, ask, enrolled, ordered

WITHIN = timedelta(minutes=10)
MANAGEMENT, AUDITOR, STRANGER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))
NAMES = {"management.example": MANAGEMENT, "audit.example": AUDITOR}
KEYS = tuple(cosigner_key(name, key) for name, key in NAMES.items())


def guarded(database: Database, clock: Clock, needed: Needed) -> Signer:
    signer = Signer(database, clock, Keys(database, MASTER), Quorum(KEYS, needed, WITHIN))
    signer.found(FOUNDING)
    signer.make(to_make())
    return signer


def shown(signer: Signer, clock: Clock, head: str, *names: str) -> None:
    for name in names:
        text = head.split("\n\n", maxsplit=1)[0] + "\n"
        line = cosign(text, name, NAMES.get(name, STRANGER), seconds=int(clock.at.timestamp()))
        signer.cosigned(requests.Cosigned(note=head + line))


@pytest.mark.parametrize(
    ("needed", "seen_by", "is_enough"),
    [
        (Needed.NONE, (), True),
        (Needed.ANY, (), False),
        (Needed.ANY, ("audit.example",), True),
        (Needed.ALL, ("audit.example",), False),
        (Needed.ALL, ("audit.example", "management.example"), True),
    ],
)
def test_as_many_have_to_see_the_log_as_its_owner_said(
    needed: Needed, seen_by: tuple[str, ...], database: Database, clock: Clock, *, is_enough: bool
) -> None:
    signer = guarded(database, clock, needed)
    shown(signer, clock, signer.checkpoint(to_sign(3, after=0)), *seen_by)

    if is_enough:
        assert signer.seal(to_seal(), CONTRACT).sealed_sha256
        return
    with pytest.raises(CosignersStale):
        signer.seal(to_seal(), CONTRACT)


def test_no_machine_is_opened_and_no_impression_agreed_to_while_nobody_sees_the_log(
    database: Database, clock: Clock
) -> None:
    signer = guarded(database, clock, Needed.ANY)
    enrolled(signer)
    head = signer.checkpoint(to_sign(3, after=0))
    asked, agreed = allow(minutes=60), ordered(Order.CONFIRM, SEEN)

    for request in (allow(), asked, agreed):
        with pytest.raises(CosignersStale):
            ask(signer, request)
    assert database.every("SELECT 1 FROM device_grant") == []

    shown(signer, clock, head, "audit.example")
    answer = ask(signer, allow())
    clock.at += 2 * WITHIN
    assert ask(signer, allow()) == answer  # answered before


def test_what_was_seen_too_long_ago_counts_no_more(database: Database, clock: Clock) -> None:
    signer = guarded(database, clock, Needed.ANY)
    shown(signer, clock, signer.checkpoint(to_sign(3, after=0)), "audit.example")
    clock.at += WITHIN + timedelta(seconds=1)

    with pytest.raises(CosignersStale):
        signer.seal(to_seal(), CONTRACT)
    shown(signer, clock, signer.checkpoint(to_sign(3, after=3)), "audit.example")

    assert signer.seal(to_seal(), CONTRACT).sealed_sha256


def test_a_fresh_time_over_an_old_head_does_not_open(database: Database, clock: Clock) -> None:
    signer = guarded(database, clock, Needed.ANY)
    old = signer.checkpoint(to_sign(3, after=0))
    signer.checkpoint(to_sign(7, after=3))
    clock.at += timedelta(minutes=2)
    newer = signer.checkpoint(to_sign(8, after=7))
    clock.at += WITHIN
    shown(signer, clock, old, "audit.example")

    with pytest.raises(CosignersStale):
        signer.seal(to_seal(), CONTRACT)
    shown(signer, clock, newer, "audit.example")

    assert signer.seal(to_seal(), CONTRACT).sealed_sha256


@pytest.mark.parametrize("bend", ["a stranger", "another head", "another log", "nobody"])
def test_only_a_head_of_its_own_that_a_cosigner_of_its_own_signed_counts(
    bend: str, database: Database, clock: Clock
) -> None:
    signer = guarded(database, clock, Needed.ANY)
    head = signer.checkpoint(to_sign(3, after=0))
    text = head.split("\n\n")[0] + "\n"
    seconds = int(clock.at.timestamp())
    note = {
        "a stranger": head + cosign(text, "audit.example", STRANGER, seconds=seconds),
        "another head": head + cosign(text.replace("\n3\n", "\n4\n"), "audit.example", AUDITOR, seconds=seconds),
        "another log": head.replace("\n3\n", "\n4\n")
        + cosign(text.replace("\n3\n", "\n4\n"), "audit.example", AUDITOR, seconds=seconds),
        "nobody": head,
    }[bend]

    with pytest.raises(NotCosigned):
        signer.cosigned(requests.Cosigned(note=note))
    with pytest.raises(CosignersStale):
        signer.seal(to_seal(), CONTRACT)


def test_nobody_goes_back_to_a_smaller_log(database: Database, clock: Clock) -> None:
    signer = guarded(database, clock, Needed.ANY)
    old = signer.checkpoint(to_sign(3, after=0))
    shown(signer, clock, signer.checkpoint(to_sign(7, after=3)), "audit.example")

    shown(signer, clock, old, "audit.example")

    assert database.one("SELECT size FROM cosigner") == (7,)


def test_of_many_heads_a_few_are_remembered(database: Database, clock: Clock) -> None:
    signer = guarded(database, clock, Needed.ANY)

    for size in range(1, 21):
        signer.checkpoint(to_sign(size, after=size - 1))
        clock.at += WITHIN / 12

    assert database.one("SELECT count(*) FROM head") == (7,)


@pytest.mark.parametrize(
    ("told", "starts"),
    [
        (Quorum(), True),
        (Quorum(KEYS, Needed.ANY, WITHIN), True),
        (Quorum(KEYS[::-1], Needed.ALL, WITHIN / 2), True),
        (Quorum(KEYS[:1], Needed.ANY, WITHIN), False),
        (Quorum((cosigner_key("audit.example", STRANGER),), Needed.ALL, WITHIN), False),
        (Quorum(KEYS, Needed.ANY, WITHIN * 2), False),
    ],
)
def test_what_was_pinned_is_asked_for_however_the_signer_is_started(
    told: Quorum, database: Database, clock: Clock, *, starts: bool
) -> None:
    guarded(database, clock, Needed.ANY)

    if not starts:
        with pytest.raises(CannotStart, match="pinned"):
            Signer(database, clock, Keys(database, MASTER), told)
        return
    signer = Signer(database, clock, Keys(database, MASTER), told)
    with pytest.raises(CosignersStale):
        signer.seal(to_seal(), CONTRACT)


def test_only_those_who_keep_the_keys_ask_for_less(database: Database, clock: Clock) -> None:
    signer, keys = guarded(database, clock, Needed.ALL), Keys(database, MASTER)
    nobody = Quorum((), Needed.NONE, WITHIN)
    shares = keys.entrust(needed=2, number=3, by=())
    keys.confirm(shares)
    signer = Signer(database, clock, keys)

    for by in ([], shares[:1], [shares[0], shares[0]]):
        with pytest.raises(CustodiansNeeded):
            signer.unlock(PinCosigners(quorum=nobody, by=tuple(by)))
    with pytest.raises(CosignersStale):
        signer.seal(to_seal(), CONTRACT)
    signer.unlock(PinCosigners(quorum=nobody, by=tuple(shares[:2])))

    assert signer.seal(to_seal(), CONTRACT).sealed_sha256
    assert Signer(database, clock, keys).seal(to_seal(), CONTRACT).sealed_sha256


def test_where_a_file_opens_the_keys_that_file_says_whose_cosignatures_count(database: Database, clock: Clock) -> None:
    signer, nobody = guarded(database, clock, Needed.ALL), Quorum((), Needed.NONE, WITHIN)

    with pytest.raises(CustodiansNeeded):
        signer.unlock(PinCosigners(quorum=nobody, by=(bytes(32).hex(),)))
    signer.unlock(PinCosigners(quorum=nobody, by=(MASTER.hex(),)))

    assert signer.seal(to_seal(), CONTRACT).sealed_sha256
    with pytest.raises(sqlite3.IntegrityError, match="quorum_is_kept"), database.writing() as connection:
        connection.execute("DELETE FROM quorum")


def test_of_two_signers_with_the_same_keys_cut_off_from_each_other_the_cosigner_lets_one_count(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    folder = tmp_path / "cosigner"
    quorum = Quorum((home.make(folder, "audit.example"),), Needed.ANY, WITHIN)
    one = Signer(database, clock, Keys(database, MASTER), quorum)
    one.found(FOUNDING)
    one.make(to_make())
    witness = Cosigner(Home(folder), VerifierKey.parse(one.public().log_key), lambda: int(clock.at.timestamp()))
    head = one.checkpoint(to_sign(3, after=0))
    seen(one, witness, head, to_sign(3, after=0))
    copied(database, tmp_path / "standby")
    other_file = Database(open_durably(tmp_path / "standby"))
    other = Signer(other_file, clock, Keys(other_file, MASTER), quorum)

    heads = [  # each goes on with facts of its own, as two databases would
        (one, to_sign(7, after=3)),
        (other, to_sign(7, after=3, facts=(*FACTS[:3], *FACTS[10:]))),
    ]
    answers = [seen(signer, witness, signer.checkpoint(said), said) for signer, said in heads]
    clock.at += WITHIN + timedelta(seconds=1)
    again = to_sign(8, after=7)
    answers.append(seen(one, witness, one.checkpoint(again), again))

    assert answers == [HTTPStatus.OK, HTTPStatus.CONFLICT, HTTPStatus.OK]
    assert one.seal(to_seal(), CONTRACT).sealed_sha256
    with pytest.raises(CosignersStale):
        other.seal(to_seal(), CONTRACT)
    other_file.close()


def copied(database: Database, file: Path) -> None:
    with database.reading() as connection, closing(sqlite3.connect(file)) as other:
        connection.backup(other)


def seen(signer: Signer, witness: Cosigner, head: str, said: requests.Checkpoint) -> int:
    """Offer a head to a real cosigner, and hand the signer what it answers."""
    proof = "".join(f"{base64.b64encode(node).decode()}\n" for node in said.proof)
    answer = witness.add_checkpoint(f"old {said.old_size}\n{proof}\n{head}".encode())
    if answer.status == HTTPStatus.OK:
        signer.cosigned(requests.Cosigned(note=head + answer.body))
    return int(answer.status)
