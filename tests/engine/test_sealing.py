import hashlib
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from privyseal.pdf.accepted import NotSealable
from privyseal.pdf.cms import Key, KeyNotSupported, software_key
from privyseal.pdf.judge import Verdict, judge
from privyseal.pdf.placement import NoSuchPage, Placement, PlacementOutsidePage
from privyseal.pdf.revision import Hashed
from privyseal.pdf.seal import FieldTaken, Following, check_sealable, seal
from tests.engine.conftest import FACE, NOON, SEALED_AT, Authority, Sealing
from tests.engine.outside import Outside
from tests.engine.papers import A4, box, contract, file_of

CROPPED = (50.0, 100.0, 550.0, 800.0)


def test_the_same_arguments_give_the_same_bytes(sealing: Sealing) -> None:
    document = contract()

    assert sealing(document) == sealing(document)


def test_the_same_arguments_give_the_same_bytes_where_the_file_names_itself(sealing: Sealing) -> None:
    document = contract(trailer=b"/ID[<00112233445566778899AABBCCDDEEFF><00112233445566778899AABBCCDDEEFF>]")

    sealed = sealing(document)

    assert sealed == sealing(document)
    assert b"00112233445566778899aabbccddeeff" in sealed[len(document) :].lower()


def test_a_document_that_was_hashed_already_gets_the_same_seal(sealing: Sealing, key: Key) -> None:
    document = contract()
    begun = hashlib.sha256(document)

    appended = seal(
        Hashed(document, begun),
        face=FACE,
        spots=(SEALED_AT,),
        following=Following.NOBODY,
        key=key,
        field="privyseal",
        at=NOON,
    )

    assert document + appended == sealing(document)
    assert begun.digest() == hashlib.sha256(document).digest()


def test_the_document_itself_is_not_touched(sealing: Sealing) -> None:
    document = contract()

    assert sealing(document).startswith(document)


def test_a_file_without_a_last_newline_is_sealed(sealing: Sealing, outside: Outside, authority: Authority) -> None:
    sealed = sealing(contract(newline=b""))

    assert judge(sealed, trust=[authority.der], at=NOON).verdict is Verdict.VALID
    assert "No syntax" in outside.qpdf(sealed)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270, -90, 450])
@pytest.mark.parametrize("crop", [None, CROPPED])
def test_the_face_stands_where_it_was_asked_for(
    sealing: Sealing, outside: Outside, rotation: int, crop: tuple[float, ...] | None
) -> None:
    entries = b"/Rotate %d" % rotation + (b"/CropBox" + box(crop) if crop else b"")
    left, bottom, right, top = crop or A4
    across, along = (right - left, top - bottom) if rotation % 180 == 0 else (top - bottom, right - left)

    sealed = sealing(contract(page_entries=entries), placement=Placement(page=2, x=130_000, y=45_000))

    point = 25_400 / 72
    expected = (
        (130_000 - 21_000) / point / across,
        (45_000 - 21_000) / point / along,
        (130_000 + 21_000) / point / across,
        (45_000 + 21_000) / point / along,
    )
    assert outside.picture(sealed, page=2).red_box() == pytest.approx(expected, abs=0.006)


def test_the_face_stands_upright_on_a_turned_page(sealing: Sealing, outside: Outside) -> None:
    placement = Placement(page=1, x=100_000, y=100_000)
    upright = outside.picture(sealing(contract(media=(0, 0, 600, 600)), placement=placement), dpi=72)

    turned = outside.picture(
        sealing(contract(media=(0, 0, 600, 600), page_entries=b"/Rotate 90"), placement=placement), dpi=72
    )

    assert _red(upright.pixels, upright.width) == _red(turned.pixels, turned.width)


def test_a_page_inherits_its_box_and_rotation(sealing: Sealing, outside: Outside) -> None:
    document = file_of(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 600 800]/Rotate 90>>",
            3: b"<</Type/Pages/Parent 2 0 R/Kids[4 0 R]/Count 1>>",
            4: b"<</Type/Page/Parent 3 0 R>>",
        }
    )

    sealed = sealing(document, placement=Placement(page=1, x=240_000, y=30_000))

    left, bottom, _, _ = outside.picture(sealed).red_box()
    assert (left, bottom) == pytest.approx((219_000 / (800 * 25_400 / 72), 9_000 / (600 * 25_400 / 72)), abs=0.006)


@pytest.mark.parametrize(
    "geometry",
    [b"/MediaBox[12 34]", b"/MediaBox[0 0 9 9]/CropBox[20 20 30 30]", b"/MediaBox[0 0 9 9]/Rotate 99999999999"],
)
def test_a_page_that_readers_do_not_see_alike_is_refused_as_it_is(geometry: bytes) -> None:
    with pytest.raises(NotSealable) as refusal:
        check_sealable(contract(more={11: b"<</Type/Page/Parent 2 0 R%b>>" % geometry}))

    assert refusal.value.facts == {"reason": "page-box"}


@pytest.mark.parametrize("number", [0, -1, 3])
def test_a_page_that_does_not_exist_is_refused(sealing: Sealing, number: int) -> None:
    with pytest.raises(NoSuchPage):
        sealing(contract(), placement=Placement(page=number, x=100_000, y=100_000))


@pytest.mark.parametrize(("x", "y"), [(20_999, 100_000), (100_000, 276_100), (300_000, 100_000), (-5, 100_000)])
def test_a_face_that_would_leave_the_page_is_refused(sealing: Sealing, x: int, y: int) -> None:
    with pytest.raises(PlacementOutsidePage):
        sealing(contract(), placement=Placement(page=1, x=x, y=y))


def test_nothing_is_added_to_a_document_closed_for_good(sealing: Sealing) -> None:
    closed = sealing(contract(), following=Following.NOBODY)

    with pytest.raises(NotSealable) as refusal:
        sealing(closed, field="another")

    assert refusal.value.facts == {"reason": "certified"}


def test_a_signed_document_gets_an_approval_signature_whoever_follows(sealing: Sealing, authority: Authority) -> None:
    first = sealing(contract(), following=Following.OTHERS)

    both = sealing(first, field="another", following=Following.NOBODY)

    assert b"/DocMDP" not in both
    assert judge(both, trust=[authority.der], at=NOON).verdict is Verdict.VALID


def test_a_field_name_is_used_once(sealing: Sealing) -> None:
    first = sealing(contract(), following=Following.OTHERS)

    with pytest.raises(FieldTaken):
        sealing(first)


def test_a_file_that_is_not_sealable_is_named_so() -> None:
    with pytest.raises(NotSealable):
        check_sealable(b"%PDF-1.7 and nothing")


def test_keys_of_another_kind_do_not_seal() -> None:
    for private_key in (rsa.generate_private_key(65537, 2056), ec.generate_private_key(ec.SECP384R1())):
        with pytest.raises(KeyNotSupported):
            software_key(private_key, b"")


def test_the_container_carries_no_signing_time_of_its_own(sealing: Sealing, outside: Outside) -> None:
    outside.openssl(sealing(contract()))

    text = subprocess.run(
        ["openssl", "cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", outside.folder / "container.der"],
        capture_output=True,
        check=True,
    ).stdout.decode()

    assert "signingTime" not in text
    assert "id-smime-aa-signingCertificateV2" in text


@settings(max_examples=25, deadline=None)
@given(
    x=st.integers(21_000, 210_000 - 21_005),
    y=st.integers(21_000, 297_000 - 21_005),
    rotation=st.sampled_from([0, 180]),
    following=st.sampled_from(list(Following)),
)
def test_wherever_it_stands_the_sealed_file_is_valid(
    sealing: Sealing, authority: Authority, x: int, y: int, rotation: int, following: Following
) -> None:
    document = contract(pages=1, page_entries=b"/Rotate %d" % rotation)

    sealed = sealing(document, placement=Placement(1, x, y), following=following, face=FACE)

    assert judge(sealed, trust=[authority.der], at=NOON).verdict is Verdict.VALID


def _red(pixels: bytes, width: int) -> list[bool]:
    """Return where the page is red, coarsely: renderers smooth edges differently on turned pages."""
    height = len(pixels) // 3 // width
    return [
        sum(pixels[3 * (row * width + column) + 1] < 128 for row in range(y, y + 30) for column in range(x, x + 30))
        > 90
        for y in range(0, height - 30, 30)
        for x in range(0, width - 30, 30)
    ]
