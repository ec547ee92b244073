"""Codes on paper: signed over the use that is sealed in the same act, by a key that is for nothing else."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Final

import pytest
import zxingcpp
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from PIL import Image

from privyseal.kernel import paper_code
from privyseal.kernel.paper_keys import PURPOSE
from privyseal.pdf.placement import Placement
from privyseal.pdf.render import page_png
from privyseal.signer import answers
from privyseal.signer.checks import SealSuspended
from privyseal.signer.documents import Code
from privyseal.signer.operations import Signer
from privyseal.signer.paper_codes import Use
from privyseal.signer.requests import Suspend
from privyseal.signer.unlocking import Confirm, Entrust
from tests.signer.cast import CONTRACT, MAKING, NOON, SEAL, USE, approved, document, pdf, to_seal, uid
from tests.signer.conftest import Clock

CODE: Final = Code(f"https://seals.example/r/{uid('code')}/", Placement(1, 150_000, 200_000), 25_000, is_signed=True)
PAGES: Final = pdf("of three pages", pages=3)
SIGNED_USE: Final = replace(USE, amount="100000.00", documents=(replace(document(PAGES), codes=(CODE,)),))


def sealed(signer: Signer, intent: str = "intent 1") -> answers.Sealed:
    return signer.seal(to_seal(approved(SIGNED_USE), intent=intent, data=PAGES), PAGES)


def read(signer: Signer, answer: answers.Sealed, document: bytes = PAGES) -> paper_code.PaperCode:
    """Return the code that is drawn on the sealed file, checked by the certificate that it names."""
    picture = Image.open(BytesIO(page_png(document + answer.appended, page=1, dpi=150)))
    (text,) = (code.text for code in zxingcpp.read_barcodes(picture))
    found, public = paper_code.read_text(text), signer.public()
    (certificate,) = [
        one
        for one in public.paper
        if paper_code.reference(authority=public.ca, certificate=one) == found.said.certificate
    ]
    known = x509.load_der_x509_certificate(certificate)
    known.verify_directly_issued_by(x509.load_der_x509_certificate(public.ca))
    key = known.public_key()
    assert isinstance(key, EllipticCurvePublicKey)
    found.check(key)
    return found


def test_a_code_says_what_was_sealed_and_for_how_much_and_by_whom(sealing: Signer) -> None:
    said = read(sealing, sealed(sealing)).said

    assert (said.use, said.at, said.pages, said.amount) == (uid("code"), NOON, 3, "100000.00")
    assert (said.company, said.uscc, said.seal) == (MAKING.organization, MAKING.uscc, MAKING.name)
    assert document(PAGES).sha256.startswith(said.document)


def test_asked_again_the_code_is_the_same(sealing: Signer) -> None:
    assert sealed(sealing) == sealed(sealing)


def test_nothing_is_signed_for_a_use_that_is_refused(sealing: Signer) -> None:
    sealing.suspend(Suspend(seal=SEAL))

    with pytest.raises(SealSuspended):
        sealed(sealing)
    assert sealing.public().paper == ()


def test_the_key_is_for_codes_alone_is_renewed_in_time_and_stays_known(sealing: Signer, clock: Clock) -> None:
    first = read(sealing, sealed(sealing))
    codes = sealing._paper_codes  # noqa: SLF001  a use in three years would need another seal version
    drawn = replace(document(CONTRACT), codes=(CODE,))
    ca = sealing.public().ca

    later = codes.signed(drawn, Use(ca, MAKING.uscc, "", 1, clock.at + timedelta(days=731)))

    before, now = sealing.public().paper
    usages = x509.load_der_x509_certificate(before).extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert (usages.critical, list(usages.value)) == (True, [PURPOSE])
    assert first.said.certificate == paper_code.reference(authority=ca, certificate=before)
    assert paper_code.read_text(later.codes[0].text).said.certificate == paper_code.reference(
        authority=ca, certificate=now
    )


def test_the_key_lasts_through_a_new_master_key(sealing: Signer) -> None:
    first = read(sealing, sealed(sealing)).said.certificate
    shares = sealing.unlock(Entrust(needed=2, shares=3, by=()))["shares"]
    assert isinstance(shares, list)
    sealing.unlock(Confirm(tuple(map(str, shares))))
    again = replace(SIGNED_USE, application=uid("application 70"))
    made = sealing.seal(to_seal(approved(again), intent="intent 2", data=PAGES), PAGES)

    assert read(sealing, made).said.certificate == first
