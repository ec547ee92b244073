"""What strangers' programs say of our files."""

import pytest

from privyseal.pdf.judge import Verdict, judge
from privyseal.pdf.seal import Following
from tests.engine.conftest import NOON, Authority, Sealing
from tests.engine.outside import NotAccepted, Outside, PopplerSays, byte_range, flipped
from tests.engine.papers import contract

VALID = PopplerSays("Signature is Valid.", "Certificate is Trusted.", is_whole=True)


@pytest.fixture(scope="module", params=list(Following))
def sealed(sealing: Sealing, request: pytest.FixtureRequest) -> bytes:
    return sealing(contract(), following=request.param)


def test_poppler_calls_the_seal_valid_and_the_whole_document_signed(sealed: bytes, outside: Outside) -> None:
    assert outside.pdfsig(sealed) == [VALID]


def test_qpdf_finds_nothing_wrong(sealed: bytes, outside: Outside) -> None:
    assert "No syntax or stream encoding errors found" in outside.qpdf(sealed)


def test_openssl_accepts_the_signature_against_the_authority(sealed: bytes, outside: Outside) -> None:
    assert "CAdES Verification successful" in outside.openssl(sealed)


def test_pyhanko_calls_the_seal_valid_and_trusted(sealed: bytes, outside: Outside) -> None:
    assert outside.pyhanko(sealed, at=NOON) == [True]


def test_mupdf_sees_no_change_since_signing(sealed: bytes, outside: Outside) -> None:
    assert "The document is unchanged since signing." in outside.mutool(sealed)


def test_our_judge_agrees(sealed: bytes, authority: Authority) -> None:
    assert judge(sealed, trust=[authority.der], at=NOON).verdict is Verdict.VALID


def test_a_flipped_byte_in_the_signed_range_turns_every_judge(
    sealed: bytes, outside: Outside, authority: Authority
) -> None:
    changed = flipped(sealed, sealed.index(b"Contract, page 1"))

    assert [says.signature for says in outside.pdfsig(changed)] == ["Digest Mismatch."]
    with pytest.raises(NotAccepted, match="erification failure"):
        outside.openssl(changed)
    assert outside.pyhanko(changed, at=NOON) == [False]
    assert judge(changed, trust=[authority.der], at=NOON).verdict is Verdict.INVALID


def test_a_flipped_digit_in_the_padding_turns_our_judge_alone(
    sealed: bytes, outside: Outside, authority: Authority
) -> None:
    changed = flipped(sealed, byte_range(sealed)[2] - 2)

    assert outside.pyhanko(changed, at=NOON) == [True]
    assert judge(changed, trust=[authority.der], at=NOON).verdict is Verdict.INVALID


def test_an_appended_byte_turns_our_judge(sealed: bytes, authority: Authority) -> None:
    assert judge(sealed + b"\n", trust=[authority.der], at=NOON).verdict is Verdict.INVALID


def test_a_second_seal_leaves_the_first_one_valid(sealing: Sealing, outside: Outside, authority: Authority) -> None:
    first = sealing(contract(), following=Following.OTHERS)

    both = sealing(first, field="counterpart", following=Following.OTHERS)

    assert [says.signature for says in outside.pdfsig(both)] == ["Signature is Valid."] * 2
    assert outside.pyhanko(both, at=NOON) == [True, True]
    assert judge(both, trust=[authority.der], at=NOON).verdict is Verdict.VALID
