"""Attacks on signed papers, by class. Each makes a file of a scene: who signed what, under which permission."""

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Final

from privyseal.pdf.cms import Key
from tests.engine.handmade import (
    CATALOG,
    CONTENT,
    FONT,
    FORM,
    INK,
    OTHER_PLACE,
    PAGE,
    PAGES,
    PAYEE,
    PAYEE_SHOWN,
    Paper,
    byte_range,
    contents,
    paper,
    payee_appearance,
    payee_field,
    with_byte_range,
    words,
)
from tests.engine.papers import contract, stream

_NEW: Final = 16_000
_EVIL: Final = words("Pay 1000000")
_WHOLE_PAGE: Final = (0, 0, 595, 842)
_COVER: Final = b"1 1 1 rg 0 0 595 842 re f 0 g"


@dataclass(frozen=True)
class Scene:
    """One or two parties signed; the first certified with this permission, or only approved."""

    certify: int | None
    parties: int
    key: Key
    stranger: Key

    @property
    def name(self) -> str:
        return f"{'approved' if self.certify is None else f'P{self.certify}'}, {self.parties} signed"

    @cached_property
    def paper(self) -> Paper:
        return self.signed(blank())

    @property
    def data(self) -> bytes:
        return self.paper.data

    def signed(self, unsigned: Paper) -> Paper:
        first = unsigned.signed("A", self.key, certify=self.certify)
        return first.signed("B", self.key) if self.parties > 1 else first


Attack = Callable[[Scene], bytes]


def blank() -> Paper:
    return paper(payee="Bob").declared("A").declared("B", OTHER_PLACE)


def scenes(key: Key, stranger: Key) -> Iterator[Scene]:
    """Yield every scene that is honest before it is attacked: under P1 nobody signs second."""
    for certify, parties in product((None, 1, 2, 3), (1, 2)):
        if (certify, parties) != (1, 2):
            yield Scene(certify, parties, key, stranger)


# --- universal signature forgery: what the verification needs is missing or empty


def _digits(scene: Scene, digits: Callable[[bytes], bytes]) -> bytes:
    start, end = contents(scene.data)
    return scene.data[:start] + digits(scene.data[start:end]) + scene.data[end:]


def _last(data: bytes, old: bytes, new: bytes) -> bytes:
    before, _, after = data.rpartition(old)
    return before + new + after


def _borrowed(scene: Scene) -> bytes:
    other = paper(payee="Eve").declared("A").signed("A", scene.key).data
    start, end = contents(other)
    return _digits(scene, lambda _: other[start:end])


FORGERIES: Final[Mapping[str, Attack]] = {
    "contents of zeros": lambda scene: _digits(scene, lambda digits: b"0" * len(digits)),
    "contents empty": lambda scene: _digits(scene, lambda digits: b" " * len(digits)),
    "contents cut short": lambda scene: _digits(scene, lambda digits: digits[:100].ljust(len(digits), b"0")),
    "contents no digits": lambda scene: _digits(scene, lambda digits: b"Z" * len(digits)),
    "contents absent": lambda scene: _last(scene.data, b"/Contents<", b"/Contentz<"),
    "contents of another document": _borrowed,
    "byte range absent": lambda scene: _last(scene.data, b"/ByteRange", b"/ByteRangf"),
    "byte range null": lambda scene: with_byte_range(scene.data, b" null"),
    "byte range empty": lambda scene: with_byte_range(scene.data, b"[]"),
    "byte range of zeros": lambda scene: with_byte_range(scene.data, b"[0 0 0 0]"),
    "byte range negative": lambda scene: with_byte_range(scene.data, b"[0 -1 -1 9]"),
    "byte range of three": lambda scene: with_byte_range(scene.data, b"[0 9 99]"),
    "byte range beyond the end": lambda scene: with_byte_range(scene.data, b"[0 9999999999 9999999999 1]"),
    "byte range of the head alone": lambda scene: with_byte_range(scene.data, b"[0 9 9 9]"),
    "format of nobody": lambda scene: _last(scene.data, b"ETSI.CAdES", b"ETSI.CADES"),
    "value null": lambda scene: scene.paper.revised({scene.paper.values[-1]: b"null"}).data,
    "value without an entry": lambda scene: scene.paper.revised({scene.paper.values[-1]: b"<</Type/Sig>>"}).data,
}


# --- incremental saving: something is appended


def _unfinished(scene: Scene) -> bytes:
    return scene.data + b"%d 0 obj\n%b\nendobj\n" % (CONTENT, _EVIL)


def _other_root(scene: Scene) -> bytes:
    pages = b"<</Type/Pages/Kids[16001 0 R]/Count 1>>"
    page = b"<</Type/Page/Parent 16000 0 R/MediaBox[0 0 595 842]/Resources<<>>/Contents 16002 0 R>>"
    objects = {16_000: pages, 16_001: page, 16_002: _EVIL, 16_003: b"<</Type/Catalog/Pages 16000 0 R/AcroForm 8 0 R>>"}
    return _last(scene.paper.revised(objects).data, b"/Root 1 0 R", b"/Root 16003 0 R")


def _with_row(data: bytes, number: int, row: bytes) -> bytes:
    """Return the data with a table more, which says of one object where it is."""
    previous = int(data.rpartition(b"startxref")[2].split()[0])
    table = b"xref\n%d 1\n%b \ntrailer\n<</Size 16100/Root 1 0 R/Prev %d>>" % (number, row, previous)
    return data + table + b"\nstartxref\n%d\n%%%%EOF\n" % len(data)


def _by_stream(scene: Scene, *, is_compressed: bool) -> bytes:
    """Return the file with its page changed by a revision that has a cross-reference stream."""
    previous = int(scene.data.rpartition(b"startxref")[2].split()[0])
    new_page = scene.paper.page(content=_NEW)
    data = scene.data + b"%d 0 obj\n%b\nendobj\n" % (_NEW, _EVIL)
    at = len(data)
    if is_compressed:
        inner = zlib.compress(b"%d 0 %b" % (PAGE, new_page))
        entries = b"/Type/ObjStm/N 1/First %d/Filter/FlateDecode" % len(b"%d 0 " % PAGE)
        data += b"16001 0 obj\n%b\nendobj\n" % stream(inner, entries)
    else:
        data += b"%d 0 obj\n%b\nendobj\n" % (PAGE, new_page)
    where = len(data)
    entry = (2, 16_001, 0) if is_compressed else (1, at, 0)
    rows = {PAGE: entry, _NEW: (1, len(scene.data), 0), 16_001: (1, at, 0), 16_002: (1, where, 0)}
    table = b"".join(
        kind.to_bytes(1, "big") + place.to_bytes(4, "big") + third.to_bytes(1, "big")
        for kind, place, third in rows.values()
    )
    index = b" ".join(b"%d 1" % number for number in rows)
    entries = b"/Type/XRef/Size 16003/W[1 4 1]/Index[%b]/Root 1 0 R/Prev %d" % (index, previous)
    return data + b"16002 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (stream(table, entries), where)


def _second_copy(scene: Scene) -> bytes:
    """Return the file changed, with the first signature's value copied into a field of its own at the end."""
    value = scene.paper.objects[scene.paper.values[0]]
    widget = b"<</Type/Annot/Subtype/Widget/FT/Sig/T(C)/F 132/P 11 0 R/Rect[0 0 0 0]/V 16001 0 R>>"
    form = b"<</Fields[6 0 R 15000 0 R 15010 0 R 16000 0 R]/SigFlags 3/DA(/F 12 Tf 0 g)>>"
    return scene.paper.revised({CONTENT: _EVIL, 16_000: widget, 16_001: value, FORM: form}).data


def _page_more(scene: Scene) -> bytes:
    pages = b"<</Type/Pages/Kids[11 0 R 12 0 R 16000 0 R]/Count 3>>"
    page = b"<</Type/Page/Parent 2 0 R/Resources<</Font<</F 3 0 R>>>>/Contents 16001 0 R/MediaBox[0 0 595 842]>>"
    return scene.paper.revised({PAGES: pages, 16_000: page, 16_001: _EVIL}).data


def _changed(*, catalog: bytes = b"", form: bytes = b"", page: bytes = b"") -> Attack:
    def attack(scene: Scene) -> bytes:
        wanted = scene.paper
        entries = {CATALOG: (catalog, wanted.catalog), FORM: (form, wanted.form)}
        written = {number: write(added) for number, (added, write) in entries.items() if added}
        written |= {PAGE: wanted.page(entries=page)} if page else {}
        return wanted.revised(written).data

    return attack


def _between(scene: Scene) -> bytes:
    """Return a paper changed by the revision in which the next party signs."""
    return scene.paper.signed("C", scene.key, rectangle=(10, 20, 90, 80), more={CONTENT: _EVIL}).data


APPENDED: Final[Mapping[str, Attack]] = {
    "a page's content replaced": lambda scene: scene.paper.revised({CONTENT: _EVIL}).data,
    "a page's content pointed elsewhere": lambda scene: (
        scene.paper.revised({_NEW: _EVIL, PAGE: scene.paper.page(content=_NEW)}).data
    ),
    "a page added": _page_more,
    "a page removed": lambda scene: scene.paper.revised({PAGES: b"<</Type/Pages/Kids[11 0 R]/Count 1>>"}).data,
    "pages swapped": lambda scene: scene.paper.revised({PAGES: b"<</Type/Pages/Kids[12 0 R 11 0 R]/Count 2>>"}).data,
    "another catalog": _other_root,
    "the content freed": lambda scene: _with_row(scene.data, CONTENT, b"0000000000 00001 f"),
    "objects without a table": _unfinished,
    "the page changed by a cross-reference stream": lambda scene: _by_stream(scene, is_compressed=False),
    "the page changed inside an object stream": lambda scene: _by_stream(scene, is_compressed=True),
    "a copy of the signature at the end": _second_copy,
    "a script that opens": _changed(catalog=b"/OpenAction<</S/JavaScript/JS(app.alert)>>"),
    "another page layout": _changed(catalog=b"/PageLabels<</Nums[0<</P(9)>>]>>"),
    "a file attached": _changed(catalog=b"/Names<</EmbeddedFiles<</Names[(a)<</Type/Filespec/F(a)>>]>>>>"),
    "a form that viewers draw": _changed(form=b"/NeedAppearances true"),
    "a form of another kind": _changed(form=b"/XFA(x)"),
    "a page turned": _changed(page=b"/Rotate 180"),
    "a page cut": _changed(page=b"/CropBox[0 0 10 10]"),
    "a page's own action": _changed(page=b"/AA<</O<</S/URI/URI(http://localhost/)>>>>"),
    "changed as the next party signs": _between,
}


# --- signature wrapping: the signed bytes are kept, and read from elsewhere


def _wrapped(scene: Scene) -> bytes:
    """Return the file with its tail moved behind a block that puts a table where the tail says it is."""
    start, before, after, length = byte_range(scene.data)
    table_at = int(scene.data.rpartition(b"startxref")[2].split()[0])
    evil = b"%d 0 obj\n%b\nendobj\n" % (CONTENT, _EVIL)
    rows = scene.data[table_at : scene.data.index(b"trailer", table_at)] + b"%d 1\n" % CONTENT
    block = b">>\nendobj\n".ljust(table_at - after) + rows
    at = len(scene.data[:after] + block) + len(b"0000000000 00000 n \n") + len(scene.data[table_at:])
    block += b"%010d 00000 n \n" % at + scene.data[scene.data.index(b"trailer", table_at) :]
    block = block.ljust(at - after) + evil
    moved = scene.data[:after] + block + scene.data[after:]
    return with_byte_range(moved, b"[%d %d %d %d]" % (start, before, after + len(block), length))


def _wide_hole(scene: Scene) -> bytes:
    start, before, after, length = byte_range(scene.data)
    return with_byte_range(scene.data, b"[%d %d %d %d]" % (start, before - 40, after, length))


def _not_to_the_end(scene: Scene) -> bytes:
    start, before, after, length = byte_range(scene.data)
    return with_byte_range(scene.data, b"[%d %d %d %d]" % (start, before, after, length - 30))


def _from_the_middle(scene: Scene) -> bytes:
    _, before, after, length = byte_range(scene.data)
    return with_byte_range(scene.data, b"[9 %d %d %d]" % (before - 9, after, length))


def _hole_elsewhere(scene: Scene) -> bytes:
    """Return the file whose contents stand outside its own hole: a second dictionary holds the real one."""
    value = scene.paper.values[-1]
    text = scene.paper.objects[value]
    return scene.paper.revised({value: text}).data


def _hidden_in_padding(scene: Scene) -> bytes:
    start, end = contents(scene.data)
    digits = scene.data[start:end]
    return scene.data[:start] + digits[:-60] + b"25252045" * 7 + b"0000" + scene.data[end:]


WRAPPED: Final[Mapping[str, Attack]] = {
    "a block in the hole": _wrapped,
    "a hole too wide": _wide_hole,
    "a range that stops early": _not_to_the_end,
    "a range that starts late": _from_the_middle,
    "a value written anew": _hole_elsewhere,
    "bytes hidden in the padding": _hidden_in_padding,
}


# --- shadow: prepared before signing, shown after


def _layer(scene: Scene) -> bytes:
    unsigned = blank()
    shown = b"/OCProperties<</OCGs[16000 0 R]/D<</%b[16000 0 R]>>>>"
    group = b"<</Type/OCG/Name(cover)>>"
    signed = scene.signed(unsigned.revised({16_000: group, CATALOG: unsigned.catalog(shown % b"ON")}))
    return signed.revised({CATALOG: signed.catalog(shown % b"OFF")}).data


def _cover_removed(scene: Scene) -> bytes:
    unsigned = blank()
    form = stream(b"1 1 1 rg 0 0 300 40 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 300 40]")
    cover = b"<</Type/Annot/Subtype/Stamp/Rect[70 590 370 630]/F 4/AP<</N 16001 0 R>>>>"
    signed = scene.signed(unsigned.revised({16_000: cover, 16_001: form, PAGE: unsigned.page(16_000)}))
    return signed.revised({16_001: stream(b"", b"/Type/XObject/Subtype/Form/BBox[0 0 0 0]"), PAGE: signed.page()}).data


def _hidden_twin(scene: Scene) -> bytes:
    """Return a paper with a second content inside its signed bytes, which a later table puts in force."""
    unsigned = blank()
    twin = b"\n%d 0 obj\n%b\nendobj\n" % (CONTENT, _EVIL)
    objects = {16_000: stream(twin)}
    signed = scene.signed(unsigned.revised(objects))
    return _with_row(signed.data, CONTENT, b"%010d 00000 n" % (signed.data.index(twin) + 1))


def _dangling(scene: Scene) -> bytes:
    """Return a paper that shows an object it has not got, which a later revision brings."""
    unsigned = blank()
    both = unsigned.page().replace(b"/Contents 10001 0 R", b"/Contents[10001 0 R 16000 0 R]")
    page = {PAGE: both}
    first = unsigned.revised(page).signed("A", scene.key, certify=scene.certify)
    return first.revised({16_000: _EVIL}).data


def _dangling_ink(scene: Scene) -> bytes:
    """Return a paper that shows an object it has not got, which comes as the look of the next signature."""
    unsigned = blank()
    page = unsigned.page().replace(b"/Font<<", b"/XObject<</X 15012 0 R>>/Font<<")
    content = stream(b"BT /F 12 Tf 72 600 Td (Contract) Tj ET /X Do")
    first = unsigned.revised({PAGE: page, CONTENT: content}).signed("A", scene.key, certify=scene.certify)
    return first.signed("B", scene.key, ink=_COVER).data


_OTHER_FONT: Final = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</Differences[48/nine/eight]>>>>"

SHADOWS: Final[Mapping[str, Attack]] = {
    "hide: a layer switched off": _layer,
    "hide: a cover removed": _cover_removed,
    "replace: the font": lambda scene: scene.paper.revised({FONT: _OTHER_FONT}).data,
    "replace: the font found elsewhere": lambda scene: (
        scene.paper.revised({16_000: _OTHER_FONT, PAGE: scene.paper.page().replace(b"/F 3 0 R", b"/F 16000 0 R")}).data
    ),
    "replace: the form's default look": _changed(form=b"/DR<</Font<</F 3 0 R>>>>/Q 2"),
    "hide and replace: a twin in the signed bytes": _hidden_twin,
    "hide and replace: an object that was missing": _dangling,
    "hide and replace: a look that was missing": _dangling_ink,
}


# --- evil annotation


def _annotation(kind: bytes, entries: bytes = b"") -> Attack:
    def attack(scene: Scene) -> bytes:
        shown = stream(b"1 1 1 rg 0 0 300 40 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 300 40]")
        annotation = b"<</Type/Annot/Subtype/%b/Rect[70 590 370 630]/F 4/AP<</N 16001 0 R>>%b>>" % (kind, entries)
        return scene.paper.revised({16_000: annotation, 16_001: shown, PAGE: scene.paper.page(16_000)}).data

    return attack


def _field_of(scene: Scene, old: bytes, new: bytes) -> bytes:
    widget = scene.paper.fields["A"]
    text = scene.paper.objects[widget]
    return scene.paper.revised({widget: text.replace(old, new)}).data


def _covering_field(scene: Scene) -> bytes:
    cover = stream(b"1 1 1 rg 0 0 300 40 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 300 40]")
    field = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(x)/V(1)/F 4/Rect[70 590 370 630]/P 11 0 R/AP<</N 16001 0 R>>>>"
    form = scene.paper.form().replace(b"/Fields[", b"/Fields[16000 0 R ")
    written = {16_000: field, 16_001: cover, FORM: form, PAGE: scene.paper.page(16_000)}
    return scene.paper.revised(written).data


ANNOTATED: Final[Mapping[str, Attack]] = {
    **{
        f"a {kind.decode()} on the page": _annotation(kind)
        for kind in (b"FreeText", b"Stamp", b"Redact", b"Ink", b"Square", b"Watermark", b"FileAttachment")
    },
    "a Link on the page": _annotation(b"Link", b"/A<</S/URI/URI(http://localhost/)>>"),
    "a field that covers": _covering_field,
    "a seal's look replaced": lambda scene: scene.paper.revised({15_002: stream(_COVER, b"/BBox[0 0 80 60]")}).data,
    "a seal moved": lambda scene: _field_of(scene, b"/Rect[300 20", b"/Rect[100 20"),
    "a seal hidden": lambda scene: _field_of(scene, b"/F 132", b"/F 134"),
    "a seal renamed": lambda scene: _field_of(scene, b"/T(A)", b"/T(Z)"),
    "a seal without its value": lambda scene: _field_of(scene, b"/V 15001 0 R", b""),
    "a seal with another value": lambda scene: _field_of(scene, b"/V 15001 0 R", b"/V 16000 0 R"),
    "annotations removed": lambda scene: (
        scene.paper.revised({PAGE: scene.paper.page().partition(b"/Annots")[0] + b">>"}).data
    ),
}


# --- sneaky signature, and the form


def _signed_again(scene: Scene) -> bytes:
    """Return the file with its first field emptied and signed by a stranger."""
    signed = scene.paper
    text = signed.objects[signed.fields["A"]].partition(b"/V ")[0] + b">>"
    return (
        Paper(signed.data, {**signed.objects, signed.fields["A"]: text}, signed.fields).signed("A", scene.stranger).data
    )


def _in_parts(scene: Scene) -> bytes:
    """Return the file signed by a known party in a field of six widgets, which together cover the page."""
    parts = [(0, bottom, 595, bottom + 140) for bottom in range(0, 840, 140)]
    look = stream(_COVER, b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]")
    kids = {
        16_100 + number: b"<</Type/Annot/Subtype/Widget/F 132/P 11 0 R/Rect[%d %d %d %d]/AP<</N 16200 0 R>>>>" % part
        for number, part in enumerate(parts)
    }
    kids_written = b"/Kids[%b]" % b" ".join(b"%d 0 R" % number for number in kids)
    more = {**kids, 16_200: look}
    return scene.paper.signed("C", scene.key, rectangle=(0, 0, 0, 0), more=more, entries=kids_written).data


SNEAKY: Final[Mapping[str, Attack]] = {
    "a stranger signs beside": lambda scene: scene.paper.signed("C", scene.stranger, rectangle=(10, 20, 90, 80)).data,
    "a stranger signs unseen": lambda scene: scene.paper.signed("C", scene.stranger, rectangle=(0, 0, 0, 0)).data,
    "a stranger covers the page": lambda scene: (
        scene.paper.signed("C", scene.stranger, rectangle=_WHOLE_PAGE, ink=_COVER).data
    ),
    "a known party covers the page": lambda scene: (
        scene.paper.signed("C", scene.key, rectangle=_WHOLE_PAGE, ink=_COVER).data
    ),
    "a known party covers the page in parts": _in_parts,
    "a stranger in the place of the counterpart": lambda scene: (
        scene.signed(blank()).signed("B", scene.stranger, ink=_COVER).data
        if scene.parties == 1
        else scene.paper.signed("C", scene.stranger, ink=INK).data
    ),
    "a second value for a signed field": _signed_again,
    "certified by the second party": lambda scene: (
        scene.paper.signed("C", scene.key, certify=3, rectangle=(0, 0, 0, 0)).data
    ),
}


def filled(scene: Scene) -> Paper:
    """Return the paper with its form filled in as an honest reader would."""
    return scene.paper.revised({PAYEE: payee_field("Mallory"), PAYEE_SHOWN: payee_appearance("Mallory")})


FILLED: Final[Mapping[str, Attack]] = {
    "the value alone": lambda scene: scene.paper.revised({PAYEE: payee_field("Mallory")}).data,
    "the look alone": lambda scene: scene.paper.revised({PAYEE_SHOWN: payee_appearance("Mallory")}).data,
    "value and look disagree": lambda scene: (
        scene.paper.revised({PAYEE: payee_field("Alice"), PAYEE_SHOWN: payee_appearance("Mallory")}).data
    ),
    "value and look disagree as signed": lambda scene: (
        scene.signed(paper(payee="Bob", shown="Mallory").declared("A").declared("B", OTHER_PLACE)).data
    ),
    "an action on the field": lambda scene: (
        scene.paper.revised({PAYEE: payee_field("Bob", b"/AA<</K<</S/JavaScript/JS(x)>>>>")}).data
    ),
    "value and look agree, signed over": lambda scene: (
        Scene(None, 1, scene.key, scene.stranger)
        .paper.revised({PAYEE: payee_field("Mallory"), PAYEE_SHOWN: payee_appearance("Mallory")})
        .signed("B", scene.key)
        .data
    ),
}


# --- masking: one file that two readers read as two


def _twice_named(scene: Scene, number: int, old: bytes, new: bytes) -> bytes:
    unsigned = blank()
    return scene.signed(unsigned.revised({number: unsigned.objects[number].replace(old, new)})).data


def _elsewhere(scene: Scene) -> bytes:
    """Return a paper whose content the table finds where an object of another number stands."""
    unsigned = blank()
    other = unsigned.revised({_NEW: _EVIL})
    at = other.data.index(b"\n%d 0 obj" % _NEW) + 1
    misled = _with_row(other.data, CONTENT, b"%010d 00000 n" % at)
    return scene.signed(replace(other, data=misled)).data


MASKED: Final[Mapping[str, Attack]] = {
    "a page with two contents": lambda scene: _masked_page(scene, b"/Contents 16000 0 R/Contents 10001 0 R"),
    "a page with two spellings of its contents": lambda scene: _masked_page(
        scene, b"/C#6fntents 16000 0 R/Contents 10001 0 R"
    ),
    "a catalog with two page trees": lambda scene: _masked_catalog(scene, b"/Pages 2 0 R/Pages 16001 0 R"),
    "a content found under another number": _elsewhere,
    "bytes before the header": lambda scene: b"PK\x03\x04" + scene.data,
}


def _masked_page(scene: Scene, entries: bytes) -> bytes:
    both = b"/Contents 10001 0 R"

    def masked(signing: Paper) -> Paper:
        return signing.revised({_NEW: _EVIL, PAGE: signing.page().replace(both, entries)})

    first = masked(blank()).signed("A", scene.key, certify=scene.certify)
    return first.signed("B", scene.key).data if scene.parties > 1 else first.data


def _masked_catalog(scene: Scene, entries: bytes) -> bytes:
    unsigned = blank()
    pages = b"<</Type/Pages/Kids[11 0 R]/Count 1>>"
    catalog = unsigned.catalog().replace(b"/Pages 2 0 R", entries)
    first = unsigned.revised({16_001: pages, CATALOG: catalog}).signed("A", scene.key)
    return first.signed("B", scene.key).data if scene.parties > 1 else first.data


# --- bytes at the end

TRAILING: Final[Mapping[str, Attack]] = {
    "a line": lambda scene: scene.data + b"\n",
    "a comment": lambda scene: scene.data + b"% see above\n",
    "a second end": lambda scene: scene.data + b"%%EOF\n",
    "zeros": lambda scene: scene.data + bytes(512),
    "an archive": lambda scene: scene.data + b"PK\x05\x06" + bytes(18),
    "a second document": lambda scene: scene.data + contract(),
    "a table that changes nothing": lambda scene: scene.paper.revised({_NEW: b"null"}).data,
    "the file cut short": lambda scene: scene.data[:-7],
}

ATTACKS: Final[Mapping[str, Mapping[str, Attack]]] = {
    "forged": FORGERIES,
    "appended": APPENDED,
    "wrapped": WRAPPED,
    "shadow": SHADOWS,
    "annotated": ANNOTATED,
    "sneaky": SNEAKY,
    "filled": FILLED,
    "masked": MASKED,
    "trailing": TRAILING,
}
