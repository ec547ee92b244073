"""Files built to keep a reader busy: each is small, and each must be answered soon and within little memory."""

import zlib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from tests.engine.handmade import PAYEE_SHOWN, contents, paper
from tests.engine.papers import contract, deflated_spaces, file_of, stream
from tests.engine.parties import root

_DEEP: Final = 100_000
_KEY: Final = root("Bombs").party("Bomber").key


@cache
def _unfolding() -> bytes:
    """Return what unfolds to 2 GB."""
    return deflated_spaces(2_000_000_000)


def _with(objects: Mapping[int, bytes], *, catalog: bytes = b"") -> bytes:
    return contract(pages=1, catalog_entries=catalog, more=objects)


def _field(entries: bytes) -> bytes:
    return b"<</Type/Annot/Subtype/Widget/FT/Tx/T(x)/Rect[0 0 9 9]%b>>" % entries


def _form(objects: Mapping[int, bytes]) -> bytes:
    return _with({20: b"<</Fields[21 0 R]>>", **objects}, catalog=b"/AcroForm 20 0 R")


def _signed(*, container: bytes) -> bytes:
    """Return a signed paper whose container is replaced."""
    data = paper().declared("A").signed("A", _KEY).data
    start, end = contents(data)
    return data[:start] + container.hex().encode().ljust(end - start, b"0")[: end - start] + data[end:]


def _cross_reference(entries: bytes, rows: bytes) -> bytes:
    data = contract(pages=1)
    table = stream(rows, b"/Type/XRef/Root 1 0 R" + entries)
    return data + b"30 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, len(data))


def _chain_of_sections(count: int) -> bytes:
    data = contract(pages=1)
    previous = int(data.rpartition(b"startxref")[2].split()[0])
    for _ in range(count):
        here = len(data)
        data += b"xref\n0 0\ntrailer\n<</Size 1/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (previous, here)
        previous = here
    return data


def _object_stream(inner: bytes, entries: bytes = b"", count: int = 1, first: int = 5) -> bytes:
    data = contract(pages=1)
    at = len(data)
    data += b"30 0 obj\n%b\nendobj\n" % stream(inner, b"/Type/ObjStm/N %d/First %d%b" % (count, first, entries))
    rows = b"\1" + at.to_bytes(4, "big") + b"\0" + b"\2" + (30).to_bytes(4, "big") + b"\0"
    table = stream(rows, b"/Type/XRef/Root 31 0 R/Size 32/W[1 4 1]/Index[30 2]")
    return data + b"32 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, len(data))


def _kids(count: int, loop: bytes) -> bytes:
    nodes = {100 + n: b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (101 + n) for n in range(count)}
    return _with({**nodes, 2: b"<</Type/Pages/Kids[100 0 R]/Count 1>>", 100 + count: loop})


def _der_of(depth: int) -> bytes:
    body = b""
    for _ in range(depth):
        length = len(body)
        head = bytes((0x30, length)) if length < 128 else b"\x30\x82" + length.to_bytes(2, "big")
        body = head + body
    return body


def _wide_form(count: int) -> bytes:
    kids = b" ".join(b"21 0 R" for _ in range(count))
    return _with({20: b"<</Fields[%b]>>" % kids, 21: _field(b"")}, catalog=b"/AcroForm 20 0 R")


def _branching() -> bytes:
    """Return a form whose fields each have two kids that are the same one."""
    nodes = {21 + n: b"<</T(a)/Kids[%d 0 R %d 0 R]>>" % (22 + n, 22 + n) for n in range(60)}
    return _form({**nodes, 81: _field(b"")})


def _look(content: bytes, entries: bytes = b"") -> bytes:
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]" + entries
    return _form({21: _field(b"/V(1)/AP<</N 22 0 R>>"), 22: stream(content, form)})


def _mapped(mapping: bytes, shown: bytes) -> bytes:
    """Return a signed paper with a field whose look is in a font of these codes."""
    look = stream(shown, b"/Type/XObject/Subtype/Form/Resources<</Font<</F 16000 0 R>>>>")
    font = {16_000: b"<</Subtype/Type0/ToUnicode 16001 0 R>>", 16_001: stream(mapping)}
    return paper(payee="a").revised({PAYEE_SHOWN: look, **font}).declared("A").signed("A", _KEY).data


def _store(entries: bytes) -> bytes:
    unsigned = paper()
    signed = unsigned.declared("A").signed("A", _KEY)
    return signed.revised({1: signed.catalog(b"/DSS 16000 0 R"), 16_000: entries}).data


def _references(data: bytes) -> bytes:
    """Return a signed paper that names the next object again and again before it comes."""
    unsigned = paper()
    many = unsigned.revised({16_500: b"[" + b"16501 0 R " * 300_000 + b"]"})
    signed = many.declared("A").signed("A", _KEY)
    return signed.revised({16_501: data}).data


def _certificate_bomb() -> bytes:
    signed = paper().declared("A").signed("A", _KEY)
    store = {1: signed.catalog(b"/DSS<</Certs[16000 0 R]>>")}
    return signed.revised({**store, 16_000: stream(_unfolding(), b"/Filter/FlateDecode")}).data


BOMBS: Final[Mapping[str, Callable[[], bytes]]] = {
    "a page that unfolds to 2 GB": lambda: _with({10_001: stream(_unfolding(), b"/Filter/FlateDecode")}),
    "cross-references that unfold to 2 GB": lambda: _cross_reference(
        b"/Size 9/W[1 4 1]/Filter/FlateDecode", _unfolding()
    ),
    "an object stream that unfolds to 2 GB": lambda: _object_stream(_unfolding(), b"/Filter/FlateDecode"),
    "a look that unfolds to 2 GB": lambda: _look(_unfolding(), b"/Filter/FlateDecode"),
    "a certificate that unfolds to 2 GB": _certificate_bomb,
    "streams folded many times": lambda: _look(
        zlib.compress(zlib.compress(_unfolding())), b"/Filter[/FlateDecode/FlateDecode/FlateDecode]"
    ),
    "arrays in arrays": lambda: _with({20: b"[" * _DEEP + b"]" * _DEEP}, catalog=b"/AcroForm 20 0 R"),
    "arrays without an end": lambda: _with({20: b"[" * _DEEP}, catalog=b"/AcroForm 20 0 R"),
    "dictionaries in dictionaries": lambda: _with(
        {20: b"<</A" * _DEEP + b"1" + b">>" * _DEEP}, catalog=b"/AcroForm 20 0 R"
    ),
    "parentheses in parentheses": lambda: _form({21: _field(b"/V" + b"(" * _DEEP + b")" * _DEEP)}),
    "parentheses without an end": lambda: _form({21: _field(b"/V" + b"(" * _DEEP)}),
    "a name without an end": lambda: _form({21: b"<</" + b"A" * 2_000_000}),
    "a number without an end": lambda: _form({21: _field(b"/V " + b"9" * 2_000_000)}),
    "a comment without an end": lambda: _form({21: b"<<%" + b"A" * 2_000_000}),
    "comments without number": lambda: _form({21: b"<<" + b"%\n" * 500_000 + b">>"}),
    "escapes without number": lambda: _form({21: _field(b"/V(" + b"\\" * 1_000_001 + b")")}),
    "a reference to itself": lambda: _with({20: b"20 0 R"}, catalog=b"/AcroForm 20 0 R"),
    "references in a ring": lambda: _with({20: b"21 0 R", 21: b"20 0 R"}, catalog=b"/AcroForm 20 0 R"),
    "a length that is its own stream": lambda: _look(b"").replace(b"/Length 0", b"/Length 22 0 R"),
    "pages in a ring": lambda: _kids(3, b"<</Type/Pages/Kids[100 0 R]/Count 1>>"),
    "pages a thousand deep": lambda: _kids(1_000, b"<</Type/Page>>"),
    "pages without number that are one": lambda: _with(
        {2: b"<</Type/Pages/Count 300000/Kids[%b]>>" % b" ".join([b"11 0 R"] * 300_000)}
    ),
    "fields in a ring": lambda: _form({21: b"<</T(a)/Kids[22 0 R]>>", 22: b"<</T(b)/Kids[21 0 R]>>"}),
    "fields that branch": _branching,
    "a field a hundred thousand times": lambda: _wide_form(100_000),
    "a map from every code": lambda: _mapped(b"<0000> <FFFF> <0041>\n" * 4_000, b"/F 9 Tf <0041> Tj"),
    "a look of many strings in a wide map": lambda: _mapped(b"<0000> <FFFE> <0041>", b"/F 9 Tf " + b"<0041>" * 9_000),
    "a look that names its font without end": lambda: _mapped(b"<0000> <FFFE> <0041>", b"/F 9 Tf " * 2_000),
    "a map of codes longer than it says": lambda: _mapped(b"<41> <FFFF> <0041>", b"/F 9 Tf <41> Tj"),
    "cross-references that point to themselves": lambda: contract().replace(
        b"/Root 1 0 R", b"/Root 1 0 R/Prev %d" % contract().index(b"xref\n0")
    ),
    "ten thousand cross-references": lambda: _chain_of_sections(10_000),
    "a table of a billion rows": lambda: contract().replace(b"xref\n0 10003", b"xref\n0 9999999999", 1),
    "a table of eight million rows": lambda: contract().replace(b"xref\n0 10003", b"xref\n0 8388000", 1),
    "a cross-reference stream of a billion rows": lambda: _cross_reference(b"/Size 999999999/W[0 0 0]", b""),
    "cross-references of no width": lambda: _cross_reference(b"/Size 8000000/W[0 1 0]", b"\0" * 8_000_000),
    "an object stream of a million": lambda: _object_stream(b"31 0 " * 200_000, count=1_000_000),
    "an object stream in itself": lambda: _object_stream(b"30 0 <</Type/Catalog/Pages 31 0 R>>"),
    "a container that nests": lambda: _signed(container=_der_of(900)),
    "a container of no definite length": lambda: _signed(container=b"\x30\x80" * 1_000),
    "a container of a length it has not": lambda: _signed(container=b"\x30\x84\xff\xff\xff\xff" + b"\0" * 100),
    "a container of a thousand empty things": lambda: _signed(container=b"\x30\x82\x0f\xa0" + b"\x05\x00" * 2_000),
    "a store that is a ring": lambda: _store(b"<</Certs 16000 0 R>>"),
    "a store of one certificate many times": lambda: _store(b"<</Certs[%b]>>" % (b"3 0 R " * 50_000)),
    "a missing object named without number": lambda: _references(b"null"),
    "two thousand pages": lambda: contract(pages=2_000),
    "nothing but a catalog": lambda: file_of({1: b"<</Type/Catalog>>"}),
}
