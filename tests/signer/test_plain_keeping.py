"""What the signer keeps and where: files on the disk for good, keys each under its own name, bounds from both sides."""

import json
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privyseal.device.enrolment import DeviceKind
from privyseal.kernel.canonical import Json, canonical, parse
from privyseal.kernel.errors import Refused
from privyseal.kernel.receipt import ReceiptUnreadable
from privyseal.kernel.shapes import Misshapen
from privyseal.signer import agreements, answers, batches, bodies, device_requests, epochs, keyfile, protocol
from privyseal.signer import keys as kept
from privyseal.signer.bodies import Spooled
from privyseal.signer.copying import FILE, CannotContinue, copied
from privyseal.signer.database import CannotStart, Database, open_durably
from privyseal.signer.denials import Denial, What
from privyseal.signer.epochs import Epoch
from privyseal.signer.home import occupied
from privyseal.signer.keys import Keys, NothingEntrusted, ShareRefused, SignerSealed
from privyseal.signer.operations import Signer
from privyseal.signer.passkeys import Page, said_by_owner, web_octets, web_text
from privyseal.signer.protocol import Frame, FrameTooLong
from privyseal.signer.proving import ApprovalBroken, Yes, check, split, write
from privyseal.signer.requests import parse_request
from privyseal.signer.rosters import Grounds
from privyseal.signer.shares import Share
from privyseal.signer.statement import challenge
from privyseal.signer.store import CheckpointOutOfStep, FirstKeys, NotFounded, SignedCheckpoint, Store
from privyseal.signer.unlocking import Confirm, Entrust, Lock, Open
from tests.disk import full_after
from tests.signer.cast import FOUNDING, MASTER, NOON, SEAL, USE, WANG, approved, uid
from tests.signer.given import BY_LI, KEY_OF_ZHOU, WEB_DER, use
from tests.signer.test_plain_client import SIGNER

YES: Final = (approved(USE),)


# --- files -----------------------------------------------------------------------------------------------------


class Disk:
    """Notes what is on the disk whenever a file or a folder is waited for."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str | None]] = []
        self.descriptors: list[int] = []

    def fsync(self, descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        self.seen.append((path.name, path.read_text("ascii") if path.is_file() else None))
        self.descriptors.append(descriptor)

    @property
    def left_open(self) -> list[int]:
        return [one for one in self.descriptors if Path(f"/proc/self/fd/{one}").exists()]


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    monkeypatch.setattr(os, "fsync", disk.fsync)
    return disk


def test_a_new_key_file_is_whole_on_the_disk_before_it_has_its_name(tmp_path: Path, disk: Disk) -> None:
    path = tmp_path / "some" / "where" / "signer.key"
    database = Database(open_durably(tmp_path / "signer.sqlite"))

    assert keyfile.opened(database, path).is_open

    said = path.read_text("ascii")
    assert (len(bytes.fromhex(said)), said[-1:], path.parent.stat().st_mode & 0o777) == (32, "\n", 0o700)
    assert [text for _, text in disk.seen] == [said, None]
    assert (disk.seen[1][0], disk.left_open, [one.name for one in path.parent.iterdir()]) == (
        "where",
        [],
        ["signer.key"],
    )
    database.close()


def test_a_key_file_of_another_length_opens_nothing(tmp_path: Path) -> None:
    database = Database(open_durably(tmp_path / "signer.sqlite"))
    for said in ("00" * 31, "00" * 33, "no hex", ""):
        (tmp_path / "signer.key").write_text(said, "ascii")
        with pytest.raises(CannotStart, match="key file"):
            keyfile.opened(database, tmp_path / "signer.key")
    assert kept.kept_by(database) is None
    database.close()


def test_an_epoch_is_whole_on_the_disk_before_it_counts(tmp_path: Path, disk: Disk) -> None:
    assert epochs.read(tmp_path) == Epoch()
    epochs.write(tmp_path, Epoch(number=3, replaced_by=4))

    assert epochs.read(tmp_path) == Epoch(number=3, replaced_by=4)
    assert [text and json.loads(text) for _, text in disk.seen] == [{"number": 3, "replaced_by": 4}, None]
    assert (disk.seen[1][0], disk.left_open, len(list(tmp_path.iterdir()))) == (tmp_path.name, [], 1)


def test_a_folder_is_one_signers_and_its_owners_alone(tmp_path: Path) -> None:
    data = tmp_path / "some" / "data"
    for _ in range(2):
        with occupied(data) as folder:
            assert (folder, folder.stat().st_mode & 0o777) == (data, 0o700)
            with pytest.raises(CannotStart, match="Another signer"), occupied(data):
                pass
        data.chmod(0o755)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a folder away")
def test_a_folder_of_another_user_is_left_alone(tmp_path: Path) -> None:
    os.chown(tmp_path, 65_534, -1)
    with pytest.raises(CannotStart, match="another user"), occupied(tmp_path):
        pass


def test_what_is_no_database_is_not_copied(tmp_path: Path) -> None:
    with pytest.raises(CannotContinue, match="no signer"):
        copied(tmp_path)
    (tmp_path / FILE).write_bytes(b"garbage" * 1_000)
    with pytest.raises(CannotContinue, match="cannot be copied"):
        copied(tmp_path)


def test_the_signers_file_is_durable_and_overwrites_what_is_deleted(tmp_path: Path) -> None:
    connection = open_durably(tmp_path / "signer.sqlite")

    said = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")}
    said |= {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("foreign_keys", "secure_delete")}
    assert said == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    connection.close()


# --- bodies and frames -----------------------------------------------------------------------------------------


def test_a_document_in_a_file_is_followed_by_what_is_appended_and_given_up_afterwards(tmp_path: Path) -> None:
    file = bodies.file_in(tmp_path)
    file.write(b"document")
    assert os.fstat(file.fileno()).st_size == len(b"document")  # nothing waits in memory
    file.seek(3)

    spooled = Spooled(file)
    whole = bodies.followed_by(spooled, b" and more")

    assert (isinstance(whole, Spooled), whole[:], spooled[:]) == (True, b"document and more", b"document")
    assert bodies.followed_by(b"document", b"!") == b"document!"

    with full_after(20), pytest.raises(OSError, match="too large"):
        bodies.followed_by(spooled, b" and what fills the disk")
    with protocol.released(Frame({}, spooled)):
        assert not file.closed
    assert (file.closed, spooled[:]) == (True, b"document")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("header", "body", "fits"), [(1_000_000, 60, True), (1_000_001, 60, False), (9, 61, False)])
def test_a_frame_is_as_long_as_may_be_and_no_longer(header: int, body: int, *, fits: bool) -> None:
    if fits:
        protocol._check_lengths(header, body, most=60)  # noqa: SLF001  as long as these no frame is sent here
        return
    with pytest.raises(FrameTooLong) as refused:
        protocol._check_lengths(header, body, most=60)  # noqa: SLF001  as above
    assert refused.value.facts == {"header_bytes": header, "body_bytes": body}


@pytest.mark.parametrize(
    ("size", "has_folder", "is_spooled"), [(4_000_000, True, True), (3_999_999, True, False), (4_000_000, False, False)]
)
def test_a_body_goes_into_a_file_from_four_megabytes_on(
    size: int, tmp_path: Path, *, has_folder: bool, is_spooled: bool
) -> None:
    near, far = socket.socketpair()
    with near, far:
        sending = threading.Thread(target=protocol.send, args=(near, Frame({"op": "seal"}, bytes(size))))
        sending.start()
        frame = protocol.receive(far, tmp_path if has_folder else None)
        sending.join()

    assert frame is not None
    with protocol.released(frame):
        assert (isinstance(frame.body, Spooled), len(frame.body)) == (is_spooled, size)


def test_what_is_said_in_between_and_a_no_have_their_words() -> None:
    assert protocol.token(b"token") == Frame({"token": "time-stamp"}, b"token")
    assert protocol.ask_for_stamp(b"\x01") == Frame({"ask": "time-stamp", "imprint": "01"})
    assert protocol.answer({"a": 1}, b"b") == Frame({"ok": True, "result": {"a": 1}}, b"b")
    assert protocol.refusal(FrameTooLong(header_bytes=1)) == Frame(
        {"ok": False, "code": "frame-too-long", "facts": {"header_bytes": 1}}
    )
    assert epochs.with_epoch({"op": "status"}, 7) == {"op": "status", "epoch": 7}


# --- what is asked and answered, at its bounds -----------------------------------------------------------------


def one(size: int, number: int = 0) -> batches.One:
    return batches.One(intent=uid(f"intent {number}"), document_sha256="5" * 64, field="Seal1", size=size)


def test_what_may_be_nothing_is_read_and_what_may_not_is_not() -> None:
    enrol = device_requests.Enrol(frame="frame", company="91310000MA1FL0XX0A", gateway=SIGNER, broker="")
    read: tuple[Any, ...] = (
        Entrust(needed=0, shares=0, by=()),
        Entrust(needed=16, shares=16, by=()),
        batches.SealEach(operator=WANG, approved=YES, each=(one(0),)),
        enrol,
        device_requests.Bound("PS-0001", 1, "5" * 64),
    )
    for request in read:
        assert parse_request(request.header()) == request
    for unread in (
        batches.SealEach(operator=WANG, approved=YES, each=()),
        batches.SealEach(operator=WANG, approved=YES, each=(one(1), one(2))),
        Entrust(needed=17, shares=17, by=()),
        device_requests.Bound("PS-0001", 0, "5" * 64),
    ):
        with pytest.raises(Refused, match="request-unreadable"):
            parse_request(unread.header())
    said: dict[str, Json] = {"grant": uid("grant"), "sequence": 1, "used": 0, "head": 0}
    assert (answers.Closed.parse(said).head, answers.bits_of_head({"head": 0})) == (0, 0)
    with pytest.raises(Misshapen):
        answers.outcomes({"each": [{"code": "no", "facts": 7}]}, b"", refusal=lambda _code, _facts: Refused())


def test_what_somebody_agrees_to_is_said_in_these_bytes() -> None:
    unlock = agreements.Unlock(device="PS-0001", until=0, because="found")
    confirm = agreements.Confirm(
        device="PS-0001", ticket=uid("ticket"), seal=SEAL, impression=1, picture_sha256="5" * 64
    )
    mount = agreements.Mount(order=uid("o"), device="PS-0001", kind=DeviceKind.DESKTOP, slot=64, seal=SEAL, is_in=False)
    said: dict[str, Json] = {"v": 1, "agrees": "unlock", "device": "PS-0001", "until": 0, "because": "found"}

    assert unlock.to_bytes() == canonical(said)
    assert [agreements.parse(each.to_bytes()) for each in (unlock, confirm, mount)] == [unlock, confirm, mount]
    placed: dict[str, Json] = parse(mount.to_bytes())
    changes: tuple[dict[str, Json], ...] = ({"way": "by"}, {"slot": 65}, {"slot": 0}, {"seal": ""})
    others = [{**placed, **change} for change in changes]
    for wrong in ({**said, "v": 2}, {**said, "until": -1}, {**said, "agrees": "nothing"}, *others):
        with pytest.raises(agreements.AgreementUnreadable):
            agreements.parse(canonical(wrong))


# --- passkeys --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["", "A", "AA==", "A+==", "AB", "!!!!", "AAAAAAA", 7, None])
def test_bytes_are_read_in_one_spelling_and_no_longer_than_may_be(said: object) -> None:
    assert [web_octets(web_text(data), most=4) for data in (b"\xfb\xff", b"four")] == [b"\xfb\xff", b"four"]
    with pytest.raises(Misshapen):
        web_octets(said, most=4)


def test_a_passkey_counts_its_uses_in_four_bytes_and_says_who_was_there() -> None:
    said = USE.to_bytes()
    yes = KEY_OF_ZHOU.says_yes(said)
    counted = replace(yes, authenticator_data=yes.authenticator_data[:33] + bytes([1, 2, 3, 4, 5]))

    assert (counted.counter, Page("https://approve.example:8443").rp_id, Page("nowhere").rp_id) == (
        0x01020304,
        "approve.example",
        "",
    )
    for flags in (0x00, 0x01, 0x04):  # somebody was there, and was verified: one alone is not enough
        with pytest.raises(Refused, match="person-not-verified"):
            said_by_owner(replace(KEY_OF_ZHOU, flags=flags).says_yes(said), challenge(said), KEY_OF_ZHOU.key)


# --- yeses beside a receipt ------------------------------------------------------------------------------------


def test_a_yes_is_shown_with_all_that_is_known_of_it() -> None:
    yes = Yes(approver="li", decision="approve", stage=2, assurance="session", key_sha256="5" * 64)

    assert yes.to_json() == {
        "approver": "li",
        "decision": "approve",
        "stage": 2,
        "assurance": "session",
        "key_sha256": "5" * 64,
        "origin": "",
        "is_software": False,
    }


def test_lines_stand_before_the_receipt_and_are_no_more_and_no_longer_than_may_be() -> None:
    head = "privyseal/receipt-with-approvals@v1"
    text = write("receipt", [(BY_LI, WEB_DER)])
    (line,) = split(text)[1]

    assert text == f"{head}\n{line}\n\nreceipt"
    assert split("receipt") == ("receipt", ())
    longest = "x" * 200_000
    for lines, receipt in (([longest], "r"), (["x"] * 1_200, "r"), (["x"], "r" * 64_000)):
        assert split("\n".join([head, *lines]) + "\n\n" + receipt) == (receipt, tuple(lines))
    for lines, receipt in (([f"{longest}x"], "r"), (["x"] * 1_201, "r"), (["x"], "r" * 64_001), ([], "r")):
        with pytest.raises(ReceiptUnreadable):
            split("\n".join([head, *lines]) + "\n\n" + receipt)


def test_a_yes_that_was_vouched_for_by_another_key_proves_nothing() -> None:
    another = approved(USE, vouched_by=Ed25519PrivateKey.from_private_bytes(bytes([5]) * 32))
    _, (line,) = split(write("receipt", [(another, WEB_DER)]))

    with pytest.raises(ApprovalBroken):
        check(use(another), [line])
    with pytest.raises(ReceiptUnreadable):
        check(use(another), [line.replace(" {", "= {", 1)])


# --- keys ------------------------------------------------------------------------------------------------------


def test_what_a_key_is_for_is_part_of_what_it_lies_under() -> None:
    assert (kept.AUTHORITY, kept.LOG, kept.RESPONDER, kept.PAPER) == ("authority", "log", "responder", "paper")
    assert kept.DEVICE_KEYS == (
        ("device-authority", "ca_key"),
        ("device-frames", "frame_key"),
        ("device-codes", "master"),
    )
    assert kept.of_seal("s", 2) == "seal:s:2"
    assert (kept._PROTECTED, kept._NONCE_BYTES, kept._ABOUT, kept._MARK) == (  # noqa: SLF001  what lies in files for ever
        b"PSK1",
        12,
        b"privyseal/signer/key/v1\0",
        "mark",
    )


def test_every_key_of_the_file_goes_under_a_new_master_key(sealing: Signer, database: Database, keys: Keys) -> None:
    def every() -> dict[tuple[str, str, str], bytes]:
        with database.reading() as connection:
            return {
                (table, column, of): keys.reveal(lies, of)
                for table, column, _, of, lies in kept._every_key(connection)  # noqa: SLF001  all of them at once
            }

    with database.writing() as connection:
        connection.execute("INSERT INTO paper_key VALUES (?, x'00', '')", (keys.protect(b"paper", kept.PAPER),))
        connection.execute("INSERT INTO paper_key VALUES (x'', x'01', '')")
        of = kept.of_seal(SEAL, 2)
        connection.execute(
            "INSERT INTO awaited VALUES ('s', ?, 2, 'a', 'm', x'', ?, x'', x'', x'', x'')",
            (SEAL, keys.protect(b"awaited", of)),
        )
        connection.execute(
            "INSERT INTO device_home VALUES (1, ?, x'', ?, ?)",
            [keys.protect(of.encode(), of) for of, _ in kept.DEVICE_KEYS],
        )
    before = every()
    shares = answers.Entrusted.parse(sealing.unlock(Entrust(needed=2, shares=2, by=()))).shares
    sealing.unlock(Confirm(shares))

    assert every() == before
    assert {(table, of) for table, _, of in before} >= {
        ("paper_key", "paper"),
        ("awaited", kept.of_seal(SEAL, 2)),
        ("seal_version", kept.of_seal(SEAL, 1)),
        ("installation", "authority"),
        ("installation", "log"),
        *(("device_home", of) for of, _ in kept.DEVICE_KEYS),
    }


def test_shares_are_forgotten_when_the_signer_is_locked_and_once_they_opened_it(
    sealing: Signer, database: Database
) -> None:
    shares = answers.Entrusted.parse(sealing.unlock(Entrust(needed=2, shares=3, by=()))).shares
    sealing.unlock(Confirm(shares))
    keys = Keys(database)

    assert (keys.is_open, keys.needed, keys.missing) == (False, 2, 2)
    keys.open(shares[0], at=NOON)
    assert keys.missing == 1
    keys.lock()
    assert keys.missing == 2
    keys.open(shares[1], at=NOON)
    keys.open(shares[2], at=NOON + kept.COLLECTED_FOR)
    assert (keys.is_open, keys.missing, keys._collected) == (True, 0, {})  # noqa: SLF001  what a look into the memory finds


def test_what_opens_nothing_is_refused(sealing: Signer, database: Database, tmp_path: Path) -> None:
    fresh = Keys(Database(open_durably(tmp_path / "fresh.sqlite")))
    with pytest.raises(ShareRefused):
        fresh.open(MASTER.hex(), at=NOON)
    with pytest.raises(SignerSealed):
        fresh.protect(b"key", "log")
    with pytest.raises(SignerSealed):
        fresh.reveal(b"key", "log")

    assert sealing.unlock(Lock()) == {}
    for said in ("no hex", "00" * 32, "00" * 31):
        with pytest.raises(ShareRefused):
            sealing.unlock(Open(said))
    assert sealing.unlock(Open(f" {MASTER.hex()}\n")) == {}
    with pytest.raises(NothingEntrusted):
        sealing.unlock(Confirm(()))
    assert Keys(database, MASTER).is_open


def test_each_of_fifteen_shares_says_its_place(sealing: Signer) -> None:
    shares = answers.Entrusted.parse(sealing.unlock(Entrust(needed=2, shares=15, by=()))).shares

    assert [Share.parse(share).place for share in shares] == list(range(1, 16))
    assert [Share.parse(share).text for share in shares] == list(shares)


# --- what it has founded, and its heads ------------------------------------------------------------------------


def test_before_the_founding_nothing_is_there_and_a_head_follows_the_one_it_was_checked_against(
    database: Database, keys: Keys, signer: Signer
) -> None:
    store = Store(database, keys)
    empty: tuple[Callable[[], object], ...] = (store.checkpoint, store.founded)
    for nothing in empty:
        with pytest.raises(NotFounded):
            nothing()
    with pytest.raises(SignerSealed):
        store.shown()
    assert (store.authority_key(), store.log_key(), store.seal_key(SEAL, 1)) == (b"", b"", b"")
    assert store.is_untouched
    signer.found(FOUNDING)

    first, size = store.checkpoint(), SignedCheckpoint(2, bytes(32), "note")
    assert store.is_untouched
    store.follow(first, size)
    assert (store.checkpoint(), store.is_untouched) == (size, False)
    with pytest.raises(CheckpointOutOfStep) as refused:
        store.follow(first, SignedCheckpoint(3, bytes(32), "note"))
    assert refused.value.facts == {"size": 3}


def test_what_was_kept_first_is_kept_and_told(sealing: Signer, database: Database, keys: Keys) -> None:
    store = Store(database, keys)
    installation, made = store.founded(), store.seal_version(SEAL, 1)
    assert made is not None
    checkpoint = store.checkpoint()

    again = store.save_installation(
        replace(installation, ca_certificate=b"another"), FirstKeys(b"a", b"l"), SignedCheckpoint(0, bytes(32), "")
    )
    kept_one = store.save_seal_version(
        replace(made, serial="ff", key=b"another"), manager=WANG, kind="", company="", at=NOON, grounds=Grounds()
    )

    assert (again, store.checkpoint()) == (installation, checkpoint)
    assert (kept_one, store.seal_version(SEAL, 1)) == (made, made)


@pytest.mark.parametrize(
    "header",
    [
        {"op": "suspend", "seal": SEAL},
        {"op": "deny", "denied": [Denial(What.MANDATE, uid("mandate")).to_json()]},
        {"op": "lock"},
    ],
)
def test_what_is_done_is_answered_with_nothing_more(header: dict[str, Json], sealing: Signer) -> None:
    assert sealing.answer(Frame(header)) == Frame({"ok": True, "result": {}}, b"")


def test_a_signer_that_is_locked_is_not_founded(signer: Signer) -> None:
    signer.unlock(Lock())
    with pytest.raises(SignerSealed):
        signer.found(FOUNDING)
    assert not signer.status().is_founded
