import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from privyseal.kernel import merkle
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import DutiesNotSeparate, Refused
from privyseal.kernel.note import VerifierKey, open_checkpoint
from privyseal.pdf import face, glyphs, judge, placement, seal, spots
from privyseal.signer import operations, protocol, refusals, server
from privyseal.signer.checks import SealSuspended
from privyseal.signer.client import Client, SignerUnavailable
from privyseal.signer.impressions import ImpressionsSpent
from privyseal.signer.opening import AlreadyFounded
from privyseal.signer.operations import Signer
from privyseal.signer.protocol import Frame, FrameTooLong, SignerRefused
from privyseal.signer.sockets import ListenerIsStranger
from tests.signer.cast import (
    CONTRACT,
    FACE,
    FOUNDING,
    LI,
    MAKE,
    NOON,
    RESUME,
    SEAL,
    USE,
    WANG,
    ZHAO,
    approved,
    uid,
)
from tests.signer.conftest import serving


def found(client: Client, *, origin: str = FOUNDING.origin) -> object:
    return client.found(
        public_url=FOUNDING.public_url, origin=origin, web_key=FOUNDING.web_key, approvals=1, is_demo=True
    )


def test_the_whole_life_of_a_seal_goes_through_the_socket(signer: Signer, socket_path: Path) -> None:
    with serving(signer, socket_path):
        client = Client(socket_path)

        assert not client.status().is_founded
        assert found(client) == client.public()
        made = client.make(seal=SEAL, approved=[approved(MAKE)], face=FACE, manager=ZHAO)
        assert made == client.make(seal=SEAL, approved=[approved(MAKE)], face=FACE, manager=ZHAO)
        client.suspend(seal=SEAL)
        client.resume(seal=SEAL, approved=[approved(RESUME)])
        sealed = client.seal(
            intent=uid("intent 1"), operator=WANG, approved=[approved(USE)], document=CONTRACT, field="Seal1"
        )
        judgement = judge.judge(CONTRACT + sealed.appended, trust=[client.public().ca], at=NOON)
        assert judgement.verdict is judge.Verdict.VALID
        assert [report.serial for report in judgement.signatures] == [made.serial]
        note = client.checkpoint(size=1, root=merkle.leaf_hash(b"sealed"), old_size=0, proof=[])
        assert open_checkpoint(note, VerifierKey.parse(client.public().log_key)).size == client.status().log_size == 1


def test_a_refusal_comes_back_as_what_it_was(client: Client) -> None:
    by_the_applicant = approved(USE, by=(WANG,))

    with pytest.raises(DutiesNotSeparate) as refused:
        client.seal(intent=uid("intent"), operator=WANG, approved=[by_the_applicant], document=CONTRACT, field="Seal1")

    assert refused.value.facts == {"application": USE.application, "part": "applicant", "already": "approver"}


def test_refusals_of_the_signers_own_are_one_family(client: Client) -> None:
    with pytest.raises(AlreadyFounded) as refused:
        found(client, origin="other.example/ledger")
    client.suspend(seal=SEAL)
    with pytest.raises(SealSuspended):
        client.seal(intent=uid("intent"), operator=WANG, approved=[approved(USE)], document=CONTRACT, field="Seal1")

    assert isinstance(refused.value, SignerRefused)


def test_a_race_through_the_socket_has_one_winner(client: Client) -> None:
    outcomes: list[str] = []

    def race(number: int) -> None:
        try:
            client.seal(
                intent=uid(f"intent {number}"),
                operator=WANG,
                approved=[approved(USE)],
                document=CONTRACT,
                field="Seal1",
            )
            outcomes.append("sealed")
        except ImpressionsSpent:
            outcomes.append("spent")

    threads = [threading.Thread(target=race, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["sealed", "spent"]


def test_a_document_that_is_too_long_is_not_sent(client: Client) -> None:
    with pytest.raises(FrameTooLong):
        client.seal(
            intent=uid("intent"), operator=WANG, approved=[approved(USE)], document=bytes(60_000_001), field="Seal1"
        )


def test_a_signer_that_is_not_there_is_unavailable(socket_path: Path) -> None:
    with pytest.raises(SignerUnavailable):
        Client(socket_path).status()


@contextmanager
def answering(path: Path, answer: bytes) -> Iterator[None]:
    """Something that takes one call, answers these bytes and hangs up."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(os.fspath(path))
        listener.listen()

        def take_one_call() -> None:
            connection, _ = listener.accept()
            with connection:
                protocol.receive(connection)
                connection.sendall(answer)

        thread = threading.Thread(target=take_one_call)
        thread.start()
        yield
        thread.join()


def framed(header: dict[str, Json]) -> bytes:
    near, far = socket.socketpair()
    with near, far:
        protocol.send(near, Frame(header))
        return far.recv(65_536)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        framed({"ok": True})[:-1],
        framed({"ok": True}),
        framed({"ok": True, "result": {"is_founded": 1, "log_size": 0, "version": "0"}}),
        framed({"ok": True, "result": {"is_founded": True, "log_size": 0, "version": "0", "more": 1}}),
        framed({"ok": False}),
        framed({}),
    ],
)
def test_an_answer_that_is_cut_or_garbled_is_no_answer(socket_path: Path, answer: bytes) -> None:
    with answering(socket_path, answer), pytest.raises(SignerUnavailable):
        Client(socket_path).status()


def test_a_note_that_is_no_text_is_no_answer(socket_path: Path) -> None:
    with answering(socket_path, framed({"ok": True, "result": {"note": 1}})), pytest.raises(SignerUnavailable):
        Client(socket_path).checkpoint(size=1, root=bytes(32), old_size=0, proof=[])


def test_a_signer_that_does_not_answer_in_time_is_unavailable(socket_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(os.fspath(socket_path))
        listener.listen()

        with pytest.raises(SignerUnavailable):
            Client(socket_path, timeout_seconds=0.05).status()


def test_a_refusal_of_a_newer_signer_is_still_a_refusal(socket_path: Path) -> None:
    answer = framed({"ok": False, "code": "moon-is-full", "facts": {"moons": 1}})

    with answering(socket_path, answer), pytest.raises(SignerRefused) as refused:
        Client(socket_path).status()

    assert (refused.value.code, refused.value.facts) == ("signer-refused", {"signer_code": "moon-is-full"})


def refusals_of(*modules: str) -> set[type[Refused]]:
    found: set[type[Refused]] = set()
    ahead = [Refused]
    while ahead:
        ahead = [kind for parent in ahead for kind in parent.__subclasses__()]
        found |= {kind for kind in ahead if kind.__module__.startswith(modules)}
    return found


def test_every_refusal_of_the_signer_is_known_by_its_code() -> None:
    engine = (face.__name__, glyphs.__name__, placement.__name__, seal.__name__, spots.__name__)
    own = {kind for kind in refusals_of("privyseal.signer") if kind not in {SignerRefused, SignerUnavailable}}
    # Whoever checks a receipt, and whoever looks at who answers, says these; no signer does.
    own -= refusals_of("privyseal.signer.proving") | {ListenerIsStranger}

    assert operations.__name__.startswith("privyseal.signer")
    assert server.__name__.startswith("privyseal.signer")
    assert {type(refusals.refusal(kind.code, {})) for kind in own | refusals_of(*engine)} == own | refusals_of(*engine)


def test_every_code_belongs_to_one_refusal() -> None:
    own = refusals_of("privyseal.signer")

    assert len({kind.code for kind in own}) == len(own)


def test_an_approval_of_one_person_is_not_sent_as_anothers(client: Client) -> None:
    lent = replace(approved(USE), assertions=(replace(approved(USE).assertions[0], approver=ZHAO),))

    with pytest.raises(Refused, match="assertion-invalid"):
        client.seal(intent=uid("intent"), operator=LI, approved=[lent], document=CONTRACT, field="Seal1")
