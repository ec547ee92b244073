"""What a cosigner says to every offer, C2SP tlog-witness v1."""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privyseal.cosigner import home
from privyseal.cosigner.answering import Cosigner
from privyseal.cosigner.home import CosignerCannotStart, Home
from privyseal.kernel.cosignature import CosignatureMissing, CosignerKey, cosign, cosigned_at, cosigner_key
from privyseal.kernel.note import KeyUnreadable, NoteBroken, VerifierKey
from tests.logs import Log, asked, facts

NOON = 1_795_665_600


def cosigner(folder: Path, log: Log) -> Cosigner:
    return Cosigner(Home(folder), log.key, lambda: NOON)


def test_a_first_head_and_one_that_extends_it_are_cosigned(folder: Path, key: CosignerKey, log: Log) -> None:
    answering = cosigner(folder, log)

    for old, new in ((0, 3), (3, 4), (4, 12), (12, 12)):
        answer = answering.add_checkpoint(asked(log, old, new))
        assert answer.status == HTTPStatus.OK
        assert cosigned_at(log.head(new) + answer.body, key) == NOON


@pytest.mark.parametrize(
    ("offer", "status", "body"),
    [
        (lambda log, _: asked(log, 0, 8), HTTPStatus.CONFLICT, "6\n"),
        (lambda log, _: asked(log, 4, 5), HTTPStatus.CONFLICT, "6\n"),
        (lambda log, _: asked(log, 8, 9), HTTPStatus.CONFLICT, "6\n"),
        (lambda _, forked: asked(forked, 6, 6), HTTPStatus.CONFLICT, "6\n"),
        (lambda _, forked: asked(forked, 6, 9), HTTPStatus.UNPROCESSABLE_ENTITY, ""),
        (lambda log, forked: asked(forked, 6, 9, proof=log.proof(6, 9)), HTTPStatus.UNPROCESSABLE_ENTITY, ""),
        (lambda log, _: asked(log, 6, 9, proof=[]), HTTPStatus.UNPROCESSABLE_ENTITY, ""),
        (lambda log, _: asked(log, 6, 5), HTTPStatus.BAD_REQUEST, ""),
        (lambda log, _: asked(log, 6, 9) + b"\n", HTTPStatus.BAD_REQUEST, ""),
        (lambda log, _: asked(log, 6, 9).replace(b"old 6", b"old 06"), HTTPStatus.BAD_REQUEST, ""),
        (lambda log, _: asked(log, 6, 9, proof=[bytes(32)] * 64), HTTPStatus.BAD_REQUEST, ""),
        (lambda _, __: b"\xff" * 9, HTTPStatus.BAD_REQUEST, ""),
        (lambda _, __: asked(Log(facts(9), origin="other.example/ledger"), 6, 9), HTTPStatus.NOT_FOUND, ""),
        (lambda _, __: asked(Log(facts(9), key=Ed25519PrivateKey.generate()), 6, 9), HTTPStatus.FORBIDDEN, ""),
    ],
)
def test_anything_else_gets_its_no_and_changes_nothing(
    offer: Callable[[Log, Log], bytes],
    status: HTTPStatus,
    body: str,
    folder: Path,
    key: CosignerKey,
    log: Log,
    forked: Log,
) -> None:
    answering = cosigner(folder, log)
    answering.add_checkpoint(asked(log, 0, 6))

    answer = answering.add_checkpoint(offer(log, forked))

    assert (answer.status, answer.body) == (status, body)
    assert cosigner(folder, log).add_checkpoint(asked(log, 6, 7)).status == HTTPStatus.OK


def test_a_proof_from_nothing_is_no_proof(folder: Path, key: CosignerKey, log: Log) -> None:
    answer = cosigner(folder, log).add_checkpoint(asked(log, 0, 6, proof=[bytes(32)]))

    assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY


def test_a_started_cosigner_remembers_what_it_cosigned(folder: Path, key: CosignerKey, log: Log, forked: Log) -> None:
    cosigner(folder, log).add_checkpoint(asked(log, 0, 9))

    again = cosigner(folder, log)

    assert again.add_checkpoint(asked(forked, 0, 12)).body == "9\n"
    assert again.add_checkpoint(asked(forked, 9, 12)).status == HTTPStatus.UNPROCESSABLE_ENTITY


def test_after_a_loss_it_follows_the_logs_new_name_by_its_holders_word_and_the_old_one_never_again(
    folder: Path, key: CosignerKey, log: Log, forked: Log
) -> None:
    anew = Log([*facts(4), *facts(8, word="after")], origin=f"{log.key.name}/2")
    with pytest.raises(CosignerCannotStart, match="nothing to end"):
        Home(folder).follow(anew.key)
    cosigner(folder, log).add_checkpoint(asked(log, 0, 9))

    with pytest.raises(CosignerCannotStart, match="begin anew"):
        cosigner(folder, anew)
    ended = Home(folder).follow(anew.key)

    assert ended == log.head(9)
    assert cosigner(folder, anew).add_checkpoint(asked(anew, 0, 12)).status == HTTPStatus.OK
    for back in (lambda: cosigner(folder, log), lambda: Home(folder).follow(forked.key)):
        with pytest.raises(CosignerCannotStart, match="has ended here"):
            back()


def test_what_cannot_be_kept_is_not_signed(folder: Path, key: CosignerKey, log: Log, forked: Log) -> None:
    answering = cosigner(folder, log)
    (folder / "checkpoint.new").mkdir()  # a write finds no place

    with pytest.raises(OSError, match="directory"):
        answering.add_checkpoint(asked(log, 0, 9))

    (folder / "checkpoint.new").rmdir()
    assert answering.add_checkpoint(asked(forked, 0, 12)).status == HTTPStatus.OK


@pytest.mark.parametrize("lost", [b"", b"garbage"])
def test_a_cosigner_that_forgot_does_not_begin_anew(lost: bytes, folder: Path, key: CosignerKey, log: Log) -> None:
    cosigner(folder, log).add_checkpoint(asked(log, 0, 9))
    if lost:
        (folder / "checkpoint").write_bytes(lost)
    else:
        (folder / "checkpoint").unlink()

    with pytest.raises(CosignerCannotStart):
        cosigner(folder, log)


def test_a_folder_has_one_key_and_one_cosigner_at_a_time(folder: Path, key: CosignerKey) -> None:
    assert home.make(folder, "another.example") == key

    with home.occupied(folder), pytest.raises(CosignerCannotStart, match="Another cosigner"), home.occupied(folder):
        pass


def test_the_example_of_the_specification_is_a_cosigners_line() -> None:
    note = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE"
        "+xeMcTOAYQ8=\n"
        "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0x"
        "Ue+mbIUBkBIfZ+qnA==\n"
    )

    with pytest.raises(CosignatureMissing):
        cosigned_at(note, cosigner_key("witness.example.com/w1", Ed25519PrivateKey.generate()))


@pytest.mark.parametrize("bend", ["another text", "another time", "cut", "twice, once bad", "no time"])
def test_a_bent_cosignature_counts_for_nothing(bend: str, log: Log) -> None:
    key = Ed25519PrivateKey.generate()
    known, head = cosigner_key("c.example", key), log.head(3)
    text = head.split("\n\n")[0] + "\n"
    good = cosign(text, "c.example", key, seconds=NOON)
    other = cosign(log.head(4).split("\n\n")[0] + "\n", "c.example", key, seconds=NOON)
    line = {
        "another text": other,
        "another time": good.replace(good.split(" ")[2][8:12], "AAAA", 1),
        "cut": good[:-9] + "\n",
        "twice, once bad": good + other,
        "no time": cosign(text, "c.example", key, seconds=0),
    }[bend]

    with pytest.raises(NoteBroken):
        cosigned_at(head + line, known)


def test_a_cosigners_key_is_no_logs_key_and_the_other_way_round(key: CosignerKey, log: Log) -> None:
    assert CosignerKey.parse(key.text) == key

    with pytest.raises(KeyUnreadable):
        VerifierKey.parse(key.text)
    with pytest.raises(KeyUnreadable):
        CosignerKey.parse(log.key.text)
