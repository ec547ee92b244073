"""Intake gives back what can be sealed, or says what is wrong with the file."""

import re
from collections.abc import Callable
from io import BytesIO

import pikepdf
import pypdfium2  # type: ignore[import-untyped]  # pypdfium2 ships no types
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privyseal.kernel.errors import Refused
from privyseal.pdf import accepted
from privyseal.pdf.intake import accept
from privyseal.pdf.judge import Verdict, judge
from privyseal.pdf.marks import shown
from privyseal.pdf.placement import PageSize
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.seal import Following, check_sealable
from tests.engine.conftest import NOON, Authority, Sealing
from tests.engine.honest import PRODUCERS
from tests.engine.outside import Outside
from tests.engine.papers import bomb, box, contract, file_of, form, revision, stream

A4_SIZE = PageSize(width=210_002, height=297_000)


def test_a_plain_contract_is_accepted_and_every_run_gives_the_same_bytes() -> None:
    first, second = accept(contract(pages=3)), accept(contract(pages=3))

    assert first == second
    assert (first.pages, first.changes, first.signed) == ((A4_SIZE,) * 3, (), False)


def test_what_was_accepted_is_accepted_again_unchanged() -> None:
    once = accept(contract())

    assert accept(once.data) == once


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", accepted.FileEmpty),
        (b"\0" * 60_000_000, accepted.FileTooLarge),
        (contract() + b" " * 60_000_000, accepted.FileTooLarge),
        (b"From: a letter", accepted.NotAPdf),
        (b"%PDF-1.7\nand nothing else", accepted.PdfDamaged),
        (contract(pages=0), accepted.PdfWithoutPages),
        (contract(pages=5_001), accepted.TooManyPages),
        (contract(catalog_entries=b"/NeedsRendering true"), accepted.NotSealable),
    ],
    ids=["empty", "60 MB of zeros", "60 MB PDF", "no PDF", "header alone", "no pages", "many pages", "dynamic form"],
)
def test_each_bad_file_is_refused_by_name(data: bytes, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        accept(data)


@settings(max_examples=120, deadline=None)
@given(share=st.floats(0.02, 0.999))
def test_a_file_cut_off_anywhere_is_refused_and_never_repaired_to_fewer_pages(share: float) -> None:
    whole = contract(pages=5)
    cut = whole[: int(len(whole) * share)]

    try:
        result = accept(cut)
    except accepted.PdfDamaged:
        return

    assert len(result.pages) == 5


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_a_linearized_file_cut_off_is_refused(share: float) -> None:
    linearized = BytesIO()
    with pikepdf.open(BytesIO(contract(pages=40))) as document:
        document.save(linearized, linearize=True)
    whole = linearized.getvalue()

    assert len(accept(whole).pages) == 40
    with pytest.raises(accepted.PdfDamaged):
        accept(whole[: int(len(whole) * share)])


def test_a_second_revision_cut_off_is_refused_though_the_first_one_is_whole() -> None:
    whole = contract()
    longer = revision(whole, {10_001: stream(b"BT /F 12 Tf 72 600 Td (Amended) Tj ET")})

    with pytest.raises(accepted.PdfDamaged):
        accept(longer[: len(whole) + 60])


def test_a_wrong_cross_reference_table_is_repaired_and_said() -> None:
    broken = re.sub(rb"\d{10} 00000 n", b"0000000007 00000 n", contract())

    result = accept(broken)

    assert (len(result.pages), result.changes) == (2, ("repaired",))


def test_a_repair_that_would_lose_a_page_is_refused() -> None:
    broken = re.sub(rb"\d{10} 00000 n", b"0000000007 00000 n", contract()).replace(b"12 0 obj", b"12 0 xxx")

    with pytest.raises(accepted.PdfDamaged):
        accept(broken)


def test_a_repair_that_would_empty_a_page_is_refused() -> None:
    broken = re.sub(rb"\d{10} 00000 n", b"0000000007 00000 n", contract()).replace(b"10002 0 obj", b"10002 0 xxx")

    with pytest.raises(accepted.PdfDamaged):
        accept(broken)


def test_a_small_file_that_unfolds_to_gigabytes_is_refused() -> None:
    with pytest.raises(accepted.PdfTooHard):
        accept(bomb())


ACTIVE: dict[str, tuple[Callable[[], bytes], str, bytes]] = {
    "script on opening": (
        lambda: contract(catalog_entries=b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"),
        "scripts-removed",
        b"JavaScript",
    ),
    "named script": (
        lambda: contract(catalog_entries=b"/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(x)>>]>>>>"),
        "scripts-removed",
        b"JavaScript",
    ),
    "program on opening": (
        lambda: contract(catalog_entries=b"/OpenAction<</S/Launch/F(calc.exe)>>"),
        "actions-removed",
        b"Launch",
    ),
    "action of a page": (
        lambda: contract(page_entries=b"/AA<</O<</S/JavaScript/JS(x)>>>>"),
        "actions-removed",
        b"JavaScript",
    ),
    "script behind a link": (
        lambda: contract(page_entries=b"/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</S/JavaScript/JS(x)>>>>]"),
        "scripts-removed",
        b"JavaScript",
    ),
    "second action behind a link": (
        lambda: contract(
            page_entries=b"/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://a.example)/Next<</S/Launch>>>>>>]"
        ),
        "actions-removed",
        b"Launch",
    ),
    "script in the outline": (
        lambda: contract(
            catalog_entries=b"/Outlines 4 0 R",
            more={
                4: b"<</First 5 0 R/Last 5 0 R>>",
                5: b"<</Title(a)/Parent 4 0 R/A<</S/JavaScript/JS(x)>>/Next 5 0 R>>",
            },
        ),
        "scripts-removed",
        b"JavaScript",
    ),
    "attached file": (
        lambda: contract(
            catalog_entries=b"/Names<</EmbeddedFiles<</Names[(a)<</Type/Filespec/F(a)/EF<</F 4 0 R>>>>]>>>>",
            more={4: stream(b"attached", b"/Type/EmbeddedFile")},
        ),
        "attachments-removed",
        b"EmbeddedFile",
    ),
    "attachment on a page": (
        lambda: contract(page_entries=b"/Annots[<</Subtype/FileAttachment/Rect[0 0 9 9]/FS<</EF<<>>>>>>]"),
        "attachments-removed",
        b"FileAttachment",
    ),
    "film": (
        lambda: contract(page_entries=b"/Annots[<</Subtype/RichMedia/Rect[0 0 9 9]>>]"),
        "multimedia-removed",
        b"RichMedia",
    ),
    "XFA": (
        lambda: contract(catalog_entries=b"/AcroForm<</Fields[]/XFA(x)>>"),
        "xfa-removed",
        b"XFA",
    ),
}


@pytest.mark.parametrize("name", ACTIVE)
def test_what_acts_is_removed_and_said(name: str) -> None:
    make, change, trace = ACTIVE[name]
    document = make()

    result = accept(document)

    assert trace in document
    assert trace not in result.data
    assert change in result.changes


def test_links_that_a_reader_follows_knowingly_stay() -> None:
    link = b"/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://a.example)>>>>]"

    result = accept(contract(page_entries=link))

    assert result.data.count(b"https://a.example") == 2
    assert result.changes == ()


def test_a_form_becomes_what_it_shows(outside: Outside) -> None:
    before = form("1234567")

    result = accept(before)

    assert result.changes == ("forms-flattened",)
    assert b"/AcroForm" not in result.data
    assert b"/Widget" not in result.data
    assert outside.picture(result.data, dpi=72) == outside.picture(before, dpi=72)


def test_the_page_is_measured_as_a_reader_sees_it() -> None:
    entries = b"/Rotate 90/CropBox" + box((0, 0, 72, 144)) + b"/UserUnit 2"

    assert accept(contract(pages=1, page_entries=entries)).pages == (PageSize(width=101_600, height=50_800),)


def test_a_crop_outside_the_page_and_an_odd_rotation_are_taken_as_viewers_take_them() -> None:
    entries = b"/Rotate 44/CropBox" + box((9_000, 9_000, 9_100, 9_100))

    assert accept(contract(pages=1, page_entries=entries)).pages == (A4_SIZE,)


@pytest.mark.parametrize(
    "geometry",
    [
        *(b"/MediaBox[0 0 0 0]", b"/MediaBox[12 34]", b"/MediaBox null", b"/MediaBox[0 0 612 4 0 R]"),
        *(b"/CropBox<<>>", b"/CropBox[9000 9000 9100 9100]", b"/CropBox[-9 -9 612 792]"),
        *(b"/Rotate 99999999999", b"/Rotate(90)", b"/UserUnit 0"),
    ],
)
def test_what_readers_do_not_see_alike_is_written_so_that_they_do(geometry: bytes) -> None:
    taken = accept(contract(pages=1, more={11: b"<</Type/Page/Parent 2 0 R%b>>" % geometry, 4: b"792"}))

    check_sealable(taken.data)
    assert taken.changes == ("repaired",)
    with pypdfium2.PdfDocument(taken.data) as document:
        assert document[0].get_size() == (612, 792)


def test_a_page_tree_that_counts_what_is_no_page_is_refused_as_damaged() -> None:
    node = b"<</Type/Pages/Parent 2 0 R/Kids[11 0 R 4 0 R]/Count 2>>"
    more = {2: b"<</Type/Pages/Kids[11 0 R 5 0 R]/Count 1>>", 4: b"null", 5: node}

    with pytest.raises(accepted.PdfDamaged):
        accept(contract(pages=1, more=more))


@pytest.mark.parametrize(("rotation", "is_on_its_side"), [(b"60", False), (b"89.6", False), (b"90.0", True)])
def test_a_page_is_turned_for_its_seal_as_for_its_approvers(rotation: bytes, *, is_on_its_side: bool) -> None:
    taken = accept(contract(pages=1, page_entries=b"/Rotate " + rotation))

    size = shown(PdfFile.open(taken.data), [1])[1].frame.size
    assert (size,) == taken.pages
    assert (size.width > size.height) is is_on_its_side
    with pypdfium2.PdfDocument(taken.data) as document:
        assert (document[0].get_width() > document[0].get_height()) is is_on_its_side


def test_a_signed_file_comes_back_as_it_is(sealing: Sealing) -> None:
    signed = sealing(contract(), following=Following.OTHERS)

    result = accept(signed)

    assert (result.data, result.changes, result.signed) == (signed, (), True)


def test_a_signed_file_that_takes_no_more_seals_is_refused(sealing: Sealing) -> None:
    with pytest.raises(accepted.NotSealable):
        accept(sealing(contract(), following=Following.NOBODY))


def test_a_signature_that_cannot_be_read_is_refused_before_anybody_approves(sealing: Sealing) -> None:
    signed = sealing(contract(), following=Following.OTHERS)
    unreadable = re.sub(rb"(/Contents\s*<)[0-9a-fA-F]{8}", rb"\g<1>30020500", signed)
    assert unreadable != signed

    with pytest.raises(accepted.NotSealable) as refused:
        accept(unreadable)

    assert refused.value.facts == {"reason": "signature-unreadable"}


def test_a_signed_and_broken_file_is_never_repaired(sealing: Sealing) -> None:
    signed = sealing(contract(), following=Following.OTHERS)

    with pytest.raises(accepted.PdfDamaged):
        accept(re.sub(rb"\d{10} 00000 n", b"0000000007 00000 n", signed))


def test_a_deep_page_tree_becomes_flat_and_sealable(sealing: Sealing, authority: Authority) -> None:
    depth = 60
    nodes = {
        number: b"<</Type/Pages/Count 1/Kids[%d 0 R]/Parent %d 0 R>>" % (number + 1, number - 1)
        for number in range(3, depth)
    }
    document = file_of(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 600 800]>>",
            **nodes,
            depth: b"<</Type/Page/Parent %d 0 R>>" % (depth - 1),
        }
    )

    sealed = sealing(accept(document).data)

    assert judge(sealed, trust=[authority.der], at=NOON).verdict is Verdict.VALID


def field(*, place: bytes = b"/Rect[9 9 200 40]", kind: bytes = b"/Widget", says: bytes = b"(yes)") -> bytes:
    """Return a contract with a field that no program drew."""
    widget = b"<</Type/Annot/Subtype%b/FT/Tx/T(a)/V%b/DA(/Helv 12 Tf 0 g)%b>>" % (kind, says, place)
    return contract(page_entries=b"/Annots[%b]" % widget, catalog_entries=b"/AcroForm<</Fields[]>>")


@pytest.mark.parametrize("place", [b"", b"/Rect 7", b"/Rect[1 2 3]", b"/Rect[0 0 null 9]", b"/Rect/\xdc"])
def test_a_field_without_a_place_is_left_out_like_any_that_shows_nothing(place: bytes) -> None:
    assert accept(field(place=place)).pages


def test_a_page_in_whose_place_a_repair_finds_something_else_is_damage() -> None:
    whole = PRODUCERS["by hand, annotations shared"]()

    with pytest.raises(accepted.PdfDamaged):
        accept(whole.replace(b"8 0 obj\n[9 0 R]", b"4 0 obj\n[9 0 R]"))


def test_names_and_words_in_no_encoding_are_passed_over_or_refused_by_what_they_are() -> None:
    odd = stream(b"0 0 m", b"/Filter/\xdc\xe5")

    assert accept(field(kind=b"/\xdc\xe5")).pages
    assert accept(contract(more={90: odd})).pages
    with pytest.raises(accepted.NotSealable) as refusal:
        accept(field(says=b"<efbbbfff>"))
    assert refusal.value.facts == {"reason": "form-value"}


@settings(max_examples=80, deadline=None)
@given(at=st.integers(0, len(field()) - 1), value=st.binary(min_size=1, max_size=8))
def test_no_damage_gets_anything_but_an_answer(at: int, value: bytes) -> None:
    whole = field()
    damaged = whole[:at] + value + whole[at + len(value) :]

    try:
        result = accept(damaged)
    except Refused:
        return

    assert result.pages


@pytest.mark.parametrize("counts", [(3, 2, 1), (1, 1, 2), (2, 1, 2)], ids=str)
def test_a_signed_file_that_says_wrongly_how_many_pages_are_where_is_no_paper(
    counts: tuple[int, int, int], sealing: Sealing, authority: Authority
) -> None:
    whole, one, two = counts
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"
    pages = b"<</Type/Pages/Kids[%b]/Count %d>>"
    objects = {2: pages % (b"3 0 R 4 0 R", whole), 3: pages % (b"5 0 R", one), 4: pages % (b"6 0 R 7 0 R", two)}
    tree = file_of({1: b"<</Type/Catalog/Pages 2 0 R>>", **objects, 5: page, 6: page, 7: page})
    signed = sealing(tree, following=Following.OTHERS)

    with pytest.raises(accepted.NotSealable):
        accept(signed)
    assert judge(signed, trust=[authority.der], at=NOON).verdict is not Verdict.VALID
