"""Many documents in one call: each is counted, refused and repeated by itself."""

from dataclasses import replace

import pytest

from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import Refused
from privyseal.pdf.judge import Verdict, judge
from privyseal.signer import answers, engine, requests
from privyseal.signer.batches import One, SealEach
from privyseal.signer.bodies import Finished
from privyseal.signer.client import Client
from privyseal.signer.database import Database
from privyseal.signer.keys import Keys, SignerSealed
from privyseal.signer.operations import Signer
from privyseal.signer.requests import RequestUnreadable
from tests.signer.cast import CONTRACT, INVOICE, NOON, SEAL, USE, WANG, approved, document, pdf, to_seal, uid

THIRD = pdf("not approved")
BOTH = approved(replace(USE, impressions=2, documents=(document(CONTRACT), document(INVOICE))))


def batch(*documents: bytes) -> tuple[SealEach, bytes]:
    each = tuple(
        One(intent=uid(f"intent {number}"), document_sha256=sha256(data), field=f"Seal{number}", size=len(data))
        for number, data in enumerate(documents, start=1)
    )
    return SealEach(operator=WANG, approved=(BOTH,), each=each), b"".join(documents)


def codes(outcomes: list[answers.Outcome]) -> list[str]:
    return [one.code if isinstance(one, Refused) else "sealed" for one in outcomes]


def counted(database: Database) -> tuple[int, int]:
    row = database.one("SELECT (SELECT coalesce(sum(used), 0) FROM counter), (SELECT count(*) FROM intent)")
    return (0, 0) if row is None else (row[0], row[1])


def test_what_is_refused_in_a_batch_says_why_and_stops_none_of_the_others(sealing: Signer, database: Database) -> None:
    outcomes = sealing.seal_each(*batch(CONTRACT, THIRD, INVOICE, CONTRACT))

    assert codes(outcomes) == ["sealed", "document-not-approved", "sealed", "impressions-spent"]
    assert counted(database) == (2, 2)
    for one, data in zip(outcomes, (CONTRACT, THIRD, INVOICE, CONTRACT), strict=True):
        if isinstance(one, answers.Sealed):
            whole = data + one.appended
            assert judge(whole, trust=[sealing.public().ca], at=NOON).verdict is Verdict.VALID
            assert one.sealed_sha256 == sha256(whole)


def test_a_file_that_our_verifier_rejects_is_not_released_with_the_others(sealing: Signer, database: Database) -> None:
    sealed = sealing.seal(to_seal(approved(USE)), CONTRACT)
    tampered = bytearray(CONTRACT + sealed.appended)
    tampered[tampered.index(b"/MediaBox") + 14] ^= 1
    data, request = bytes(tampered), batch(CONTRACT, bytes(tampered), INVOICE)
    every = tuple(map(document, (CONTRACT, data, INVOICE)))
    use = approved(replace(USE, application=uid("application 8"), impressions=3, documents=every))
    each = tuple(replace(one, intent=uid(f"other {number}")) for number, one in enumerate(request[0].each))

    outcomes = sealing.seal_each(replace(request[0], approved=(use,), each=each), request[1])

    assert codes(outcomes) == ["sealed", "sealed-file-invalid", "sealed"]
    assert counted(database) == (3, 3)


def test_what_is_judged_together_fits_into_memory() -> None:
    sizes = (0, *[1] * 60, 15_000_000, 6_000_000)
    finished = [Finished(bytes(size), b"", document(CONTRACT), "Seal") for size in sizes]

    assert [len(portion) for portion in engine.portions(finished)] == [50, 12, 1]


def test_asked_again_alone_or_together_each_gets_the_same_bytes_and_is_counted_once(
    sealing: Signer, database: Database
) -> None:
    alone = sealing.seal(to_seal(BOTH), CONTRACT)

    together = sealing.seal_each(*batch(CONTRACT, INVOICE))

    assert together[0] == alone
    assert sealing.seal_each(*batch(CONTRACT, INVOICE)) == together
    assert sealing.seal(to_seal(BOTH, intent="intent 2", data=INVOICE, field="Seal2"), INVOICE) == together[1]
    assert counted(database) == (2, 2)


def test_a_sealed_signer_refuses_the_whole_call_and_counts_nothing(
    sealing: Signer, database: Database, keys: Keys
) -> None:
    keys.lock()

    with pytest.raises(SignerSealed):
        sealing.seal_each(*batch(CONTRACT, INVOICE))

    assert counted(database) == (0, 0)


def test_a_suspended_seal_refuses_each_document(sealing: Signer, database: Database) -> None:
    sealing.suspend(requests.Suspend(seal=SEAL))

    assert codes(sealing.seal_each(*batch(CONTRACT, INVOICE))) == ["seal-suspended", "seal-suspended"]
    assert counted(database) == (0, 0)


@pytest.mark.parametrize("body", [CONTRACT, CONTRACT + INVOICE + b"!"])
def test_a_body_that_is_not_the_documents_is_no_request(sealing: Signer, body: bytes) -> None:
    request, _ = batch(CONTRACT, INVOICE)

    with pytest.raises(RequestUnreadable):
        sealing.seal_each(request, body)


def test_one_intent_twice_is_no_request(sealing: Signer) -> None:
    request, _ = batch(CONTRACT, INVOICE)
    doubled = replace(request, each=(request.each[0], request.each[0]))

    with pytest.raises(RequestUnreadable):
        requests.parse_request(doubled.header())
    assert requests.parse_request(request.header()) == request


def test_over_the_socket_a_batch_is_answered_in_its_order(client: Client, database: Database) -> None:
    each = [(uid("intent 1"), "Seal1", CONTRACT), (uid("intent 2"), "Seal2", THIRD), (uid("intent 3"), "S3", INVOICE)]

    outcomes = client.seal_each(operator=WANG, approved=[BOTH], each=each)

    assert codes(outcomes) == ["sealed", "document-not-approved", "sealed"]
    assert isinstance(outcomes[2], answers.Sealed)
    assert outcomes[2].sealed_sha256 == sha256(INVOICE + outcomes[2].appended)
    assert counted(database) == (2, 2)
