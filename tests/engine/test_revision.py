"""What is appended, on files of every kind, in the eyes of those who did not write it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from privyseal.pdf.accepted import NotSealable
from privyseal.pdf.face import Face
from privyseal.pdf.figures import of_face
from privyseal.pdf.marks import Mark
from privyseal.pdf.placement import Placement
from privyseal.pdf.reading import pages
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.reading.values import Reference
from privyseal.pdf.revision import Revision, stream
from privyseal.pdf.seal import Awaited, FieldTaken, Following, Parties, check_sealable
from privyseal.pdf.spots import Stamp
from tests.engine.conftest import FACE, NOON, Authority, Sealing
from tests.engine.outside import Outside
from tests.engine.papers import CATALOG, contract, file_of, form
from tests.engine.papers import stream as stream_of
from tests.engine.test_reading import SETTINGS, written_by_qpdf

HERS = Placement(page=2, x=60_000, y=60_000)
RED = Face(ring="上海示例贸易有限公司", width=45_000, height=30_000, shape="oval")


def on_page(face: Face, place: Placement) -> Mark:
    left, bottom = place.x - face.size.width / 2, place.y - face.size.height / 2
    return Mark(of_face(face), Stamp(place.page, left, bottom, 0, face.size.width))


@pytest.fixture
def accepted(outside: Outside) -> Callable[[bytes], None]:
    """Asks poppler, qpdf and pyHanko; each says yes to every signature of the file."""

    def ask(sealed: bytes) -> None:
        assert {says.signature for says in outside.pdfsig(sealed)} == {"Signature is Valid."}
        assert "No syntax or stream encoding errors" in outside.qpdf(sealed)
        assert set(outside.pyhanko(sealed, at=NOON)) == {True}

    return ask


@pytest.mark.parametrize("how", SETTINGS)
def test_every_style_of_file_is_sealed_and_sealed_again(
    how: str, sealing: Sealing, accepted: Callable[[bytes], None]
) -> None:
    document = written_by_qpdf(contract(pages=3), how)

    once = sealing(document, following=Following.OTHERS)
    twice = sealing(once, field="second", placement=HERS, at=NOON + timedelta(minutes=1))

    accepted(once)
    accepted(twice)
    assert [written.file.sections[0].is_stream for written in PdfFile.open(twice).revisions] == 3 * ["streams" in how]


@pytest.mark.parametrize("version", [b"1.0", b"1.3", b"2.0"])
def test_every_version_is_sealed(version: bytes, sealing: Sealing, accepted: Callable[[bytes], None]) -> None:
    accepted(sealing(contract().replace(b"%PDF-1.7", b"%PDF-" + version)))


def test_an_object_keeps_its_generation(sealing: Sealing, outside: Outside) -> None:
    document = contract(pages=1).replace(b"11 0 obj", b"11 3 obj").replace(b"11 0 R", b"11 3 R")
    at = document.index(b"11 3 obj")
    document = document.replace(b"%010d 00000 n" % at, b"%010d 00003 n" % at)

    sealed = sealing(document)

    assert b"11 3 obj" in sealed[len(document) :]
    assert outside.pdfsig(sealed)[0].signature == "Signature is Valid."
    assert "No syntax or stream encoding errors" in outside.qpdf(sealed)


@pytest.mark.parametrize("bits", [2048, 3072])
def test_rsa_seals(bits: int, authority: Authority, sealing: Sealing, accepted: Callable[[bytes], None]) -> None:
    key = authority.rsa_key(bits)

    sealed = sealing(contract(), key=key)

    accepted(sealed)
    assert sealed == sealing(contract(), key=key)


def test_an_existing_form_keeps_its_fields(sealing: Sealing, accepted: Callable[[bytes], None]) -> None:
    sealed = sealing(form(), following=Following.OTHERS)

    assert PdfFile.open(sealed).catalog[b"/AcroForm"].startswith(b"<</Fields [6 0 R ")
    accepted(sealed)


def test_annotations_in_an_array_of_their_own_stay(sealing: Sealing, accepted: Callable[[bytes], None]) -> None:
    link = b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]>>"
    document = contract(pages=1, page_entries=b"/Annots 5 0 R", more={5: b"[6 0 R]", 6: link})

    sealed = sealing(document)

    file = PdfFile.open(sealed)
    assert file.raw((5, 0)).startswith(b"[6 0 R ")
    assert file.raw((11, 0)) == PdfFile.open(document).raw((11, 0))
    accepted(sealed)


def test_a_page_with_a_larger_unit_carries_the_face_to_scale(sealing: Sealing, outside: Outside) -> None:
    document = contract(pages=1, page_entries=b"/UserUnit 2")

    sealed = sealing(document, placement=Placement(page=1, x=150_000, y=60_000))

    left, _, right, _ = outside.picture(sealed).red_box()
    assert (right - left) * 2 * 595.28 * 25_400 / 72 == pytest.approx(FACE.size.width, rel=0.06)


def test_later_parties_seal_what_was_laid_out_for_them(
    sealing: Sealing, authority: Authority, accepted: Callable[[bytes], None], outside: Outside
) -> None:
    following = Parties((Awaited("buyer", (HERS,), FACE.size),))

    first = sealing(contract(), following=following)
    both = sealing(first, field="buyer", placement=HERS, key=authority.key("乙方合同章"), at=NOON + timedelta(hours=1))

    check_sealable(first)
    accepted(both)
    assert outside.pdfsig(both)[-1].is_whole


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"field": "stranger", "placement": HERS}, NotSealable),
        ({"field": "buyer", "placement": Placement(page=2, x=70_000, y=60_000)}, FieldTaken),
        ({"field": "buyer", "placement": Placement(page=1, x=60_000, y=60_000)}, FieldTaken),
        ({"field": "privyseal"}, FieldTaken),
    ],
)
def test_a_certified_document_is_sealed_nowhere_else(
    sealing: Sealing, changed: dict[str, object], refusal: type[Exception]
) -> None:
    first = sealing(contract(), following=Parties((Awaited("buyer", (HERS,), FACE.size),)))

    with pytest.raises(refusal):
        sealing(first, **changed)


def test_two_fields_of_one_name_are_refused(sealing: Sealing) -> None:
    with pytest.raises(FieldTaken):
        sealing(contract(), following=Parties((Awaited("privyseal", (HERS,), FACE.size),)))


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_more_faces_stand_under_one_signature(
    rotation: int, sealing: Sealing, accepted: Callable[[bytes], None], outside: Outside
) -> None:
    document = contract(media=(0, 0, 600, 600), page_entries=b"/Rotate %d" % rotation)

    sealed = sealing(document, more=[on_page(RED, HERS)])
    usual = sealing(document, face=RED, placement=HERS)

    accepted(sealed)
    assert len(outside.pdfsig(sealed)) == 1
    drawn, shown = outside.picture(sealed, page=2, dpi=72), outside.picture(usual, page=2, dpi=72)
    assert drawn.red_box() == pytest.approx(shown.red_box(), abs=0.003)
    assert sum(a != b for a, b in zip(drawn.pixels, shown.pixels, strict=True)) < 0.02 * len(drawn.pixels)


def test_nothing_is_drawn_into_a_signed_document(sealing: Sealing) -> None:
    first = sealing(contract(), following=Following.OTHERS)

    with pytest.raises(NotSealable) as refusal:
        sealing(first, field="second", more=[on_page(RED, HERS)])

    assert refusal.value.facts == {"reason": "signed"}


def test_drawing_keeps_what_a_page_and_its_parents_have(outside: Outside) -> None:
    document = file_of(
        {
            1: CATALOG,
            2: b"<</Type/Pages/Kids[4 0 R]/Count 1/MediaBox[0 0 100 100]/Resources 8 0 R>>",
            3: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            4: b"<</Type/Page/Parent 2 0 R/Contents[5 0 R]>>",
            5: stream_of(b"9 0 0 9 0 0 cm BT /F 3 Tf 2 2 Td (o) Tj ET"),
            6: stream_of(b"0 1 0 rg 0 0 9 9 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]"),
            7: b"<</Green 6 0 R>>",
            8: b"<</Font<</F 3 0 R>>/XObject 7 0 R>>",
        }
    )
    revision = Revision(PdfFile.open(document))
    page = pages.find(revision.file)[1]
    red = revision.add(stream(b"1 0 0 rg 0 0 10 10 re f", {b"/Subtype": b"/Form", b"/BBox": b"[0 0 10 10]"}))

    revision.draw(page, b"/Red Do\n", {b"/XObject": {b"/Red": b"%d 0 R" % red.number}})
    drawn = document + revision.written()

    picture = outside.picture(drawn, dpi=72)
    assert picture.red_box() == pytest.approx((0, 0, 0.1, 0.1), abs=0.011)
    assert b"/F" in PdfFile.open(drawn).raw(page.reference)
    assert b"/Green" in PdfFile.open(drawn).raw(page.reference)
    assert "No syntax or stream encoding errors" in outside.qpdf(drawn)


def test_a_name_that_a_page_uses_already_is_not_drawn_over() -> None:
    revision = Revision(PdfFile.open(contract(pages=1)))

    with pytest.raises(NotSealable):
        revision.draw(pages.find(revision.file)[1], b"", {b"/Font": {b"/F": b"3 0 R"}})


def test_an_object_is_changed_twice_in_one_revision() -> None:
    document = contract()
    revision = Revision(PdfFile.open(document))
    font = Reference(3)

    revision.edit(font)[b"/Name"] = b"/A"
    revision.edit(font)[b"/BaseFont"] = b"/Courier"
    file = PdfFile.open(document + revision.written())

    assert file.value(font) == {"Type": "Font", "Subtype": "Type1", "BaseFont": "Courier", "Name": "A"}
    assert list(file.revisions[-1].changed) == [3]
