"""Honest papers: what many tools write, signed in many ways by us and by others."""

# pyHanko types its classes only in part.
# mypy: allow-untyped-calls

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from typing import Any, Final

import pikepdf
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.fields import append_signature_field as append_field
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper, SimpleSigner
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator import ValidationContext

from privyseal.pdf.face import Face
from privyseal.pdf.placement import Placement
from privyseal.pdf.seal import Awaited, Following, Parties, seal
from privyseal.pdf.spots import Edge, Range, Seam
from tests.engine.handmade import OTHER_PLACE, PAYEE, PAYEE_SHOWN, paper, payee_appearance, payee_field
from tests.engine.papers import contract as contract_of
from tests.engine.papers import file_of, revision, stream
from tests.engine.parties import NOON, Party, as_asn1, as_asn1_crl, root, rsa_key, time_stamping

_FACE: Final = Face(ring="上海示例贸易有限公司")
_PLACES: Final = ((300, 20, 380, 80), (200, 20, 280, 80), (100, 20, 180, 80), (10, 20, 90, 80))


@dataclass(frozen=True)
class Cast:
    """A root, an authority below it, and who signs under them."""

    root: Party = field(default_factory=lambda: root("Root"))

    @cached_property
    def below(self) -> Party:
        return self.root.authority("Below")

    @cached_property
    def ours(self) -> tuple[Party, ...]:
        return tuple(self.root.party(f"合同专用章 {number}") for number in range(4))

    @cached_property
    def theirs(self) -> Party:
        return self.below.party("Other")

    @cached_property
    def rsa(self) -> Party:
        return self.below.party("RSA", rsa_key())

    @cached_property
    def p384(self) -> Party:
        return self.root.party("P-384", ec.generate_private_key(ec.SECP384R1()))

    @cached_property
    def clock(self) -> DummyTimeStamper:
        return time_stamping(self.root).stamping(self.root)

    @cached_property
    def knowledge(self) -> ValidationContext:
        """What pyHanko needs to collect validation data."""
        lists = [as_asn1_crl(self.root.crl()), as_asn1_crl(self.below.crl())]
        return ValidationContext(
            trust_roots=[as_asn1(self.root)], other_certs=[as_asn1(self.below)], crls=lists, moment=NOON
        )


Box = tuple[int, int, int, int]
Producer = Callable[[], bytes]
Story = Callable[[bytes, Cast], bytes]


# --- producers


def contract(
    *, page: bytes = b"", catalog: bytes = b"", more: Mapping[int, bytes] | None = None, newline: bytes = b"\n"
) -> bytes:
    """Return a contract of two pages with a short table: pages 4 and 6, contents 5 and 7."""
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R%b>>" % catalog,
        2: b"<</Type/Pages/Kids[4 0 R 6 0 R]/Count 2>>",
        3: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    }
    for number in (4, 6):
        objects[number] = (
            b"<</Type/Page/Parent 2 0 R/Resources<</Font<</F 3 0 R>>>>/MediaBox[0 0 595.28 841.89]/Contents %d 0 R%b>>"
            % (number + 1, page if number == 4 else b"")
        )
        objects[number + 1] = stream(b"BT /F 12 Tf 72 600 Td (Contract) Tj ET")
    return file_of({**objects, **(more or {})}, newline=newline)


def form(value: bytes = b"100") -> bytes:
    """Return a contract with a filled text field and a choice, each with its look."""
    entries = b"/Type/XObject/Subtype/Form/BBox[0 0 100 20]/Resources<</Font<</F 3 0 R>>>>"
    field = b"<</Type/Annot/Subtype/Widget/F 4/P 4 0 R/DA(/F 12 Tf 0 g)/AP<</N %d 0 R>>/Rect[72 %d 172 %d]%b>>"
    return contract(
        page=b"/Annots[8 0 R 10 0 R]",
        catalog=b"/AcroForm<</Fields[8 0 R 10 0 R]/DA(/F 12 Tf 0 g)>>",
        more={
            8: field % (9, 500, 520, b"/FT/Tx/T(amount)/V(%b)" % value),
            9: stream(b"/Tx BMC BT /F 12 Tf 2 5 Td (%b) Tj ET EMC" % value, entries),
            10: field % (11, 470, 490, b"/FT/Ch/Ff 131072/T(currency)/Opt[[(1)(CNY)][(2)(EUR)]]/V(1)"),
            11: stream(b"BT /F 12 Tf 2 5 Td (CNY) Tj ET", entries),
        },
    )


def _by_pikepdf(**options: Any) -> Producer:  # noqa: ANN401  any option of save
    def produce() -> bytes:
        result = BytesIO()
        with pikepdf.open(BytesIO(contract())) as document:
            document.save(result, **options)
        return result.getvalue()

    return produce


def _with_stream_table() -> bytes:
    """Return a contract with a cross-reference stream, which a table's reader would not find."""
    data = contract().partition(b"xref\n")[0]
    places = {number: data.index(b"\n%d 0 obj" % number) + 1 for number in range(1, 8)} | {8: len(data)}
    rows = b"".join(b"\1" + places[number].to_bytes(3, "big") + b"\0" for number in sorted(places))
    table = stream(rows, b"/Type/XRef/Size 9/W[1 3 1]/Index[1 8]/Root 1 0 R")
    return data + b"8 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, places[8])


def _with_shared_annotations() -> bytes:
    link = b"<</Type/Annot/Subtype/Link/Rect[10 10 20 20]/Border[0 0 0]/Dest[6 0 R/Fit]>>"
    return contract(page=b"/Annots 8 0 R", more={8: b"[9 0 R]", 9: link})


PRODUCERS: Final[Mapping[str, Producer]] = {
    "by hand": contract,
    "by hand, last line open": lambda: contract(newline=b""),
    "by hand, turned and cropped": lambda: contract(page=b"/Rotate 90/CropBox[20 20 575 820]"),
    "by hand, annotations shared": _with_shared_annotations,
    "by hand, with a form": form,
    "by hand, saved twice": lambda: revision(contract(), {5: stream(b"BT /F 12 Tf (b) Tj ET")}, size=8),
    "by hand, cross-reference stream": _with_stream_table,
    "pikepdf": _by_pikepdf(object_stream_mode=pikepdf.ObjectStreamMode.disable),
    "pikepdf, object streams": _by_pikepdf(object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "pikepdf, linearized": _by_pikepdf(linearize=True),
    "pikepdf, linearized, object streams": _by_pikepdf(
        linearize=True, object_stream_mode=pikepdf.ObjectStreamMode.generate
    ),
    "qpdf's plain form": _by_pikepdf(qdf=True),
    "PDF 2.0": _by_pikepdf(force_version="2.0", object_stream_mode=pikepdf.ObjectStreamMode.generate),
}


# --- signing


def _sealed(data: bytes, party: Party, name: str, *, following: Following = Following.OTHERS, at: int = 150) -> bytes:
    place = Placement(page=1, x=at * 1000, y=60_000)
    return data + seal(data, face=_FACE, spots=(place,), following=following, key=party.key, field=name, at=NOON)


def _signed(
    data: bytes,
    signer: SimpleSigner,
    name: str,
    *,
    box: Box | None = None,
    **metadata: Any,  # noqa: ANN401  any setting of pyHanko's
) -> bytes:
    """Return the data as pyHanko signs it."""
    clock = metadata.pop("timestamper", None)
    settings = {"subfilter": SigSeedSubFilter.PADES, "md_algorithm": "sha256", **metadata}
    new = None if name in _declared(data) else SigFieldSpec(name, box=box)
    pen = PdfSigner(PdfSignatureMetadata(field_name=name, **settings), signer, timestamper=clock, new_field_spec=new)
    result: BytesIO = pen.sign_pdf(IncrementalPdfFileWriter(BytesIO(data)))
    return result.getvalue()


def signed_elsewhere(data: bytes, party: Party, **metadata: Any) -> bytes:  # noqa: ANN401  as above
    """Return the data as pyHanko signs it for this party."""
    return _signed(data, party.elsewhere(), "Elsewhere", **metadata)


def _declared(data: bytes) -> set[str]:
    root = IncrementalPdfFileWriter(BytesIO(data)).root
    found = root["/AcroForm"]["/Fields"] if "/AcroForm" in root else ()
    return {str(one.get_object()["/T"]) for one in found}


def _declare(data: bytes, *names: str, lock: tuple[str, ...] = ()) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(data))
    for name, box in zip(names, _PLACES, strict=False):
        spec = FieldMDPSpec(FieldMDPAction.INCLUDE, fields=list(lock)) if lock and name == names[0] else None
        append_field(writer, SigFieldSpec(name, box=box, field_mdp_spec=spec))
    result = BytesIO()
    writer.write(result)
    return result.getvalue()


def _filled(data: bytes, value: str) -> bytes:
    """Return the data with its first text field filled in, as pyHanko's writer does it."""
    writer = IncrementalPdfFileWriter(BytesIO(data))
    found = next(one.get_object() for one in writer.root["/AcroForm"]["/Fields"] if one.get_object()["/FT"] == "/Tx")
    found["/V"] = generic.TextStringObject(value)
    shown = generic.StreamObject(stream_data=b"/Tx BMC BT /F 12 Tf 2 5 Td (%b) Tj ET EMC" % value.encode())
    shown["/Type"], shown["/Subtype"] = pdf_name("/XObject"), pdf_name("/Form")
    shown["/BBox"] = generic.ArrayObject(generic.NumberObject(corner) for corner in (0, 0, 100, 20))
    found["/AP"] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(shown)})
    writer.update_container(found)
    result = BytesIO()
    writer.write(result)
    return result.getvalue()


# --- stories


def _ours(parties: int, *, last: Following = Following.OTHERS) -> Story:
    def story(data: bytes, cast: Cast) -> bytes:
        for number, party in enumerate(cast.ours[:parties]):
            following = last if number == parties - 1 else Following.OTHERS
            data = _sealed(data, party, f"Ours{number}", following=following, at=30 + 40 * number)
        return data

    return story


def _theirs(*, who: str = "theirs", prefer_pss: bool = False, box: Box | None = None, **how: Any) -> Story:  # noqa: ANN401  as above
    def story(data: bytes, cast: Cast) -> bytes:
        signer = getattr(cast, who).elsewhere(prefer_pss=prefer_pss)
        return _signed(data, signer, "Theirs", box=box, **how)

    return story


def _then(*stories: Story) -> Story:
    def story(data: bytes, cast: Cast) -> bytes:
        for one in stories:
            data = one(data, cast)
        return data

    return story


def _certified(data: bytes, cast: Cast) -> bytes:
    """Return a paper certified for three declared fields, the second and third of them signed since."""
    data = _declare(data, "A", "B", "C")
    how: dict[str, Any] = {"certify": True, "docmdp_permissions": MDPPerm.FILL_FORMS}
    data = _signed(data, cast.ours[0].elsewhere(), "A", **how)
    data = _signed(data, cast.theirs.elsewhere(), "B")
    return _signed(data, cast.rsa.elsewhere(), "C")


def _stamped(**how: Any) -> Story:  # noqa: ANN401  as above
    def story(data: bytes, cast: Cast) -> bytes:
        return _signed(data, cast.theirs.elsewhere(), "Theirs", timestamper=cast.clock, **how)

    return story


def _lasting(data: bytes, cast: Cast) -> bytes:
    how: dict[str, Any] = {"embed_validation_info": True, "use_pades_lta": True, "validation_context": cast.knowledge}
    return _signed(data, cast.theirs.elsewhere(), "Theirs", timestamper=cast.clock, **how)


def _renewed(data: bytes, cast: Cast) -> bytes:
    result: BytesIO = PdfTimeStamper(cast.clock).update_archival_timestamp_chain(
        IncrementalPdfFileWriter(BytesIO(data)).prev, cast.knowledge, in_place=False
    )
    return result.getvalue()


def _stamped_alone(data: bytes, cast: Cast) -> bytes:
    result: BytesIO = PdfTimeStamper(cast.clock, field_name="Time").timestamp_pdf(
        IncrementalPdfFileWriter(BytesIO(data)), "sha256", cast.knowledge
    )
    return result.getvalue()


STORIES: Final[Mapping[str, Story]] = {
    "ours, the last": _ours(1, last=Following.NOBODY),
    "ours, open": _ours(1),
    "two of ours": _ours(2),
    "three of ours": _ours(3),
    "four of ours": _ours(4),
    "theirs": _theirs(),
    "theirs, seen": _theirs(box=(300, 20, 380, 80)),
    "theirs, of the older form": _theirs(subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED),
    "theirs, RSA": _theirs(who="rsa"),
    "theirs, certified for nobody": _theirs(certify=True, docmdp_permissions=MDPPerm.NO_CHANGES),
    "theirs, then ours": _then(_theirs(), _ours(1)),
    "ours, then theirs": _then(_ours(1), _theirs(box=(10, 20, 90, 80))),
    "ours, theirs, with a time": _then(_ours(1), _stamped()),
    "certified for three": _certified,
    "lasting": _lasting,
    "ours, then lasting": _then(_ours(1), _lasting),
    "ours, then a time alone": _then(_ours(1), _stamped_alone),
}


def _on_a_form(story: Story) -> Story:
    return lambda _, cast: story(_declare(form(), "A", "B"), cast)


def _certified_and_filled(*, signs: bool, level: MDPPerm = MDPPerm.FILL_FORMS) -> Story:
    def story(data: bytes, cast: Cast) -> bytes:
        how: dict[str, Any] = {"certify": True, "docmdp_permissions": level}
        data = _filled(_signed(data, cast.ours[0].elsewhere(), "A", **how), "250")
        return _signed(data, cast.theirs.elsewhere(), "B") if signs else data

    return story


def _locked(data: bytes, cast: Cast) -> bytes:
    data = _declare(form(), "A", "B", lock=("amount",))
    data = _signed(data, cast.ours[0].elsewhere(), "A", certify=True, docmdp_permissions=MDPPerm.FILL_FORMS)
    return _signed(data, cast.theirs.elsewhere(), "B")


def _by_hand(certify: int | None, parties: int) -> Story:
    def story(_: bytes, cast: Cast) -> bytes:
        signed = paper(payee="Bob").declared("A").declared("B", OTHER_PLACE)
        for name, party in zip("AB"[:parties], cast.ours, strict=False):
            signed = signed.signed(name, party.key, certify=certify if name == "A" else None)
        return signed.data

    return story


def _filled_by_hand(_: bytes, cast: Cast) -> bytes:
    first = paper(payee="Bob").declared("A").declared("B", OTHER_PLACE).signed("A", cast.ours[0].key, certify=2)
    filled = {PAYEE: payee_field("Alice"), PAYEE_SHOWN: payee_appearance("Alice")}
    return first.revised(filled).signed("B", cast.ours[1].key).data


def _across(parties: int, *, is_laid_out: bool, pages: int = 4) -> Story:
    """Return what parties sealed on the first page and across all edges, laid out beforehand for three or not."""
    spots = tuple(
        (
            Placement(1, 30_000 + 50_000 * number, 30_000),
            Seam(Edge.RIGHT, (Range(1, pages),), 80_000 + 45_000 * number, each=10),
        )
        for number in range(3)
    )
    awaited = tuple(Awaited(f"Ours{number}", spots[number], _FACE.size) for number in (1, 2))

    def story(_: bytes, cast: Cast) -> bytes:
        data = contract_of(pages=pages)
        for number, party in enumerate(cast.ours[:parties]):
            following = Parties(awaited) if is_laid_out and not number else Following.OTHERS
            how: dict[str, Any] = {"face": _FACE, "following": following, "key": party.key, "at": NOON}
            data += seal(data, spots=spots[number], field=f"Ours{number}", **how)
        return data

    return story


SPECIAL: Final[Mapping[str, Story]] = {
    "a form filled in as certified": _on_a_form(_certified_and_filled(signs=True)),
    "a form filled in as certified for comments": _on_a_form(_certified_and_filled(signs=True, level=MDPPerm.ANNOTATE)),
    "a form with a locked field": _locked,
    "a form filled in by hand": _filled_by_hand,
    **{
        f"by hand, {parties} signed, {certify or 'approved'}": _by_hand(certify, parties)
        for certify in (None, 1, 2, 3)
        for parties in (1, 2)
        if (certify, parties) != (1, 2)
    },
    "theirs, RSA-PSS": _theirs(who="rsa", prefer_pss=True),
    "theirs, SHA-512": _theirs(md_algorithm="sha512"),
    "theirs, P-384": _theirs(who="p384", md_algorithm="sha384"),
    "theirs, a reason and a place": _theirs(reason="合同", location="上海"),
    "theirs, on two pages' edges": _then(_theirs(box=(0, 20, 20, 80)), _ours(2)),
    **{
        f"across edges, {parties} sealed, {'laid out' if is_laid_out else 'open'}": _across(
            parties, is_laid_out=is_laid_out
        )
        for is_laid_out in (True, False)
        for parties in (1, 2, 3)
    },
    "lasting, renewed": _then(_lasting, _renewed),
}
