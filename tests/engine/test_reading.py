"""The reading layer: every way a file can say where its objects are, and what it refuses to follow."""

import zlib
from contextlib import suppress
from functools import lru_cache
from io import BytesIO
from typing import Final

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privyseal.pdf.accepted import NotSealable
from privyseal.pdf.reading import filters, pages, syntax, values
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.reading.values import Reference, Stream
from tests.engine.papers import contract, file_of, revision, stream

SETTINGS: Final = {
    "tables": {"object_stream_mode": pikepdf.ObjectStreamMode.disable},
    "object-streams": {"object_stream_mode": pikepdf.ObjectStreamMode.generate},
    "linearized": {"linearize": True, "object_stream_mode": pikepdf.ObjectStreamMode.disable},
    "linearized-streams": {"linearize": True, "object_stream_mode": pikepdf.ObjectStreamMode.generate},
}


@lru_cache
def written_by_qpdf(document: bytes, how: str) -> bytes:
    output = BytesIO()
    with pikepdf.open(BytesIO(document)) as pdf:
        pdf.save(output, static_id=True, **SETTINGS[how])
    return output.getvalue()


def refused(data: bytes) -> str:
    """Return why a file is refused when all of it is read."""
    with pytest.raises(NotSealable) as refusal:
        read_whole(data)
    return str(refusal.value.facts["reason"])


def read_whole(data: bytes) -> None:
    file = PdfFile.open(data)
    pages.find(file)
    for written in file.revisions:
        for number, entry in written.changed.items():
            written.file.value(Reference(number, entry.detail if entry.kind == 1 else 0))


@pytest.mark.parametrize("how", SETTINGS)
def test_pages_are_found_however_the_file_is_written(how: str) -> None:
    file = PdfFile.open(written_by_qpdf(contract(pages=60), how))

    found = pages.find(file)
    content = file.content(syntax.reference(found[60].entries[b"/Contents"]) or (0, 0))

    assert sorted(found) == list(range(1, 61))
    assert pages.find(file, {2, 60}) == {2: found[2], 60: found[60]}
    assert b"Contract, page 60" in content
    assert len(file.revisions) == 1


def test_a_page_that_is_not_there_is_not_found() -> None:
    assert pages.find(PdfFile.open(contract(pages=2)), {0, 3}) == {}


def test_a_count_that_hides_a_node_does_not_move_the_pages() -> None:
    document = file_of(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R 6 0 R]/Count 2>>",
            3: b"<</Type/Pages/Parent 2 0 R/Kids[4 0 R 5 0 R]/Count 2>>",
            4: b"<</Type/Page/Parent 3 0 R>>",
            5: b"<</Type/Page/Parent 3 0 R>>",
            6: b"<</Type/Page/Parent 2 0 R>>",
        }
    )

    file = PdfFile.open(document)

    assert pages.find(file, {1})[1].reference == Reference(4)
    with pytest.raises(NotSealable):
        pages.find(file)


def test_what_each_revision_changed_is_known() -> None:
    first = contract()
    second = revision(first, {10_001: stream(b"changed"), 12_000: b"(new)"})

    file = PdfFile.open(second)
    before, after = file.revisions

    assert (before.end, after.start, after.end) == (len(first), len(first), len(second))
    assert sorted(after.changed) == [10_001, 12_000]
    assert b"Contract" in before.file.content((10_001, 0))
    assert after.file.content((10_001, 0)) == b"changed"
    assert before.file.value((12_000, 0)) is None


def test_a_revision_on_a_linearized_file_is_told_apart() -> None:
    first = written_by_qpdf(contract(), "linearized")
    root = PdfFile.open(first).root

    written = PdfFile.open(revision(first, {15_000: b"1"}, root=b"%d 0 R" % root.number)).revisions

    assert [sorted(one.changed) for one in written[1:]] == [[15_000]]
    assert written[0].end == len(first)


def test_an_object_hidden_from_older_readers_is_found() -> None:
    data = b"%PDF-1.7\n9 0 obj\n(hidden)\nendobj\n"
    row = b"\x01" + data.index(b"9 0 obj").to_bytes(2, "big") + b"\0"
    stream_at = len(data)
    data += b"8 0 obj\n%b\nendobj\n" % stream(row, b"/Type/XRef/Size 10/W[1 2 1]/Index[9 1]/Root 1 0 R")
    table = b"xref\n9 1\n0000000000 65535 f \ntrailer\n<</Size 10/Root 1 0 R/XRefStm %d>>" % stream_at
    data += table + b"\nstartxref\n%d\n%%%%EOF" % len(data)

    file = PdfFile.open(data)

    assert file.is_hybrid
    assert file.value((9, 0)) == b"hidden"


def test_objects_are_found_in_a_table_of_many_parts_in_any_order() -> None:
    numbers = range(12_000, 12_060, 3)
    data = revision(contract(), {number: b"%d" % number for number in numbers})
    head, rows, trailer = table_of(data)

    backwards = PdfFile.open(head + b"".join(reversed(rows)) + trailer)

    assert [backwards.value((number, 0)) for number in numbers] == list(numbers)
    assert backwards.value((12_001, 0)) is None
    assert len(pages.find(backwards)) == 2


def test_many_parts_of_which_two_speak_of_one_object_are_refused() -> None:
    head, rows, trailer = table_of(revision(contract(), dict.fromkeys(range(12_000, 12_060, 3), b"1")))

    assert refused(head + b"".join([*rows, rows[0]]) + trailer) == "cross-reference-order"


def table_of(data: bytes) -> tuple[bytes, list[bytes], bytes]:
    """Return what stands before the parts of the newest table, the parts, and what stands behind them."""
    start, end = data.rindex(b"xref\n", 0, data.rindex(b"startxref")) + len(b"xref\n"), data.rindex(b"trailer")
    lines = data[start:end].splitlines(keepends=True)
    return data[:start], [b"".join(lines[at : at + 2]) for at in range(0, len(lines), 2)], data[end:]


def test_rows_of_nineteen_bytes_are_read() -> None:
    document = contract().replace(b" n \n", b" n\n").replace(b" f \n", b" f\n")

    assert len(pages.find(PdfFile.open(document))) == 2


def test_an_object_of_another_generation_is_missing() -> None:
    file = PdfFile.open(contract())

    assert file.value((3, 0)) == {"Type": "Font", "Subtype": "Type1", "BaseFont": "Helvetica"}
    assert file.value((3, 1)) is None


def test_a_stream_is_read_with_its_raw_bytes() -> None:
    packed = zlib.compress(b"0 g")
    file = PdfFile.open(contract(more={5: stream(packed, b"/Filter/FlateDecode")}))

    assert file.value((5, 0)) == Stream({"Length": len(packed), "Filter": "FlateDecode"}, packed)
    assert file.content((5, 0)) == b"0 g"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (b"[1 -2.5 +3 .5 true null/N#20a(s)]", [1, -2.5, 3, 0.5, True, None, "N a", b"s"]),
        (b"<</A<</B[<</C 1 0 R>>]>>>>", {"A": {"B": [{"C": Reference(1)}]}}),
        (rb"(a\(b\)\\(c)\n\101\7\r)", b"a(b)\\(c)\nA\x07\r"),
        (b"(one\\\ntwo\r\nthree)", b"onetwo\nthree"),
        (b"<4 14\n2a>", b"AB\xa0"),
        (b"% words\n[%]\n/A]", ["A"]),
        (b"<FEFF4E2D>", b"\xfe\xff\x4e\x2d"),
    ],
)
def test_values_are_read_as_the_standard_says(written: bytes, value: object) -> None:
    assert values.parsed(written) == (value, len(written))


@pytest.mark.parametrize(
    "written",
    [b"", b"[", b"[>>", b"<</A>>", b"<<1 2>>", b"(", b"<4G>", b"1.2.3", b"<</A 1/A 2>>", b"[" * 65 + b"]" * 65],
)
def test_what_is_not_a_value_is_refused(written: bytes) -> None:
    with pytest.raises(NotSealable):
        values.parsed(written)


def test_entries_are_kept_as_they_are_written() -> None:
    written = b"<</A 1.50/B[(])<41>]/#43 <</D(>>)>>/E 1 0 R/F/G>>"

    found, end = syntax.entries(written)

    assert found == {b"/A": b"1.50", b"/B": b"[(])<41>]", b"/C": b"<</D(>>)>>", b"/E": b"1 0 R", b"/F": b"/G"}
    assert end == len(written)
    assert syntax.entries(syntax.dictionary(found))[0] == found


@pytest.mark.parametrize(
    "written", [b"[1 0 R 23 4 R]", b"[\r\n1 0 R\t23 4 R\n]", b"[1%c 9 R\n0 R 23 4 R]", b"[1\x000 R\x0023 4R]"]
)
def test_references_are_read_however_they_are_spaced(written: bytes) -> None:
    assert syntax.references(written) == [(1, 0), (23, 4)]


@pytest.mark.parametrize("written", [b"[1 0 R 2]", b"[1 0 R2 0 R]", b"[1\x0b0 R]", b"[(R) 0 R]"])
def test_what_holds_more_than_references_is_refused(written: bytes) -> None:
    with pytest.raises(NotSealable):
        syntax.references(written)


@given(st.text(max_size=20))
def test_text_is_read_as_it_was_written(characters: str) -> None:
    string, _ = values.parsed(values.text(characters))

    assert isinstance(string, bytes)
    assert values.text_of(string) == characters.encode("utf-16", "replace").decode("utf-16")


@given(st.binary(min_size=1, max_size=400), st.integers(1, 7))
def test_rows_are_predicted_from_those_above(content: bytes, width: int) -> None:
    content = content[: len(content) // width * width]
    rows = [content[at : at + width] for at in range(0, len(content), width)]
    above = [bytes(width), *rows]
    differences = b"".join(
        b"\x02" + bytes((byte - up) & 255 for byte, up in zip(row, over, strict=True))
        for row, over in zip(rows, above, strict=False)
    )
    parameters = b"<</Predictor 12/Columns %d>>" % width

    entries = {b"/Filter": b"/FlateDecode", b"/DecodeParms": parameters}
    assert filters.unfolded(entries, zlib.compress(differences)) == content


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.7\n", "no-startxref"),
        (contract(trailer=b"/Prev %d" % contract().rindex(b"xref\n0")), "cross-reference-loop"),
        (contract(catalog_entries=b"/A" + b"[" * 70 + b"]" * 70), "nesting"),
        (contract(catalog_entries=b"/A 1/A 2"), "name-twice"),
        (contract().replace(b"10001 0 obj", b"10002 0 obj", 1), "another-object"),
        (contract(more={2: b"<</Type/Pages/Kids[2 0 R]/Count 1>>"}), "page-tree"),
        (contract(more={11: b"<</Type/Page/Parent 3 0 R>>"}), "page-tree"),
        (contract(more={11: b"<</Type/Template/Parent 2 0 R>>"}), "page-tree"),
        (contract(more={11: b"<</Type/Page/Parent 2 0 R/Rotate null>>"}), "page-tree"),
        (contract(more={2: b"2 0 R"}), "reference-loop"),
        (contract(more={10_001: b"<</Length 3>>stream\nlonger\nendstream"}), "stream-length"),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_refused(data: bytes, reason: str) -> None:
    assert refused(data) == reason


def test_a_stream_that_swells_is_refused() -> None:
    swollen = zlib.compress(bytes(filters.MOST_UNFOLDED + 1))
    file = PdfFile.open(contract(more={5: stream(swollen, b"/Filter/FlateDecode")}))

    with pytest.raises(NotSealable):
        file.content((5, 0))


@settings(max_examples=150, deadline=1_000)
@given(
    how=st.sampled_from(list(SETTINGS)),
    changes=st.lists(
        st.tuples(
            st.floats(0, 0.999),
            st.integers(0, 4),
            st.sampled_from([b"", b"<<", b">>", b"(", b"[", b"9" * 11, b" 1 0 R", b"%", b"\0"]),
        ),
        min_size=1,
        max_size=8,
    ),
)
def test_a_mangled_file_is_read_or_refused(how: str, changes: list[tuple[float, int, bytes]]) -> None:
    data = written_by_qpdf(contract(), how)
    for share, gone, instead in changes:
        at = int(share * len(data))
        data = data[:at] + instead + data[at + gone :]

    with suppress(NotSealable):
        read_whole(data)
