"""The PDF engine as the signer uses it: the only module here that costs a second to import."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from privyseal.kernel.canonical import Json, parse
from privyseal.pdf import face as faces
from privyseal.pdf import figures, judge, seal
from privyseal.pdf.cms import Key
from privyseal.pdf.face import Face
from privyseal.pdf.judgement import Judgement, Reason, Verdict
from privyseal.pdf.reading import pages
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.revision import Hashed
from privyseal.pdf.spots import whole
from privyseal.pdf.timestamps import StampedKey, TimestampAuthority
from privyseal.signer import authority
from privyseal.signer.bodies import Body, Finished, followed_by
from privyseal.signer.checks import SealedFileInvalid
from privyseal.signer.documents import WRITING_HEIGHT, Code, Document, Following, Writing
from privyseal.signer.store import SealVersion
from privyseal.signer.tokens import TokenKey

_AT_ONCE: Final = 50
_MOST_BYTES: Final = 20_000_000


def check_face(face: Mapping[str, Json]) -> None:
    """Return if the face can be drawn, or refuse."""
    faces.drawing(Face.from_json(face))


def pages_of(document: Body) -> int:
    """Return how many pages a document has, or refuse one that cannot be read."""
    return pages.count(PdfFile.open(document))


@dataclass(frozen=True, slots=True)
class Tool:
    """A seal's face and key as the engine takes them: read once, used for many documents.

    ``roots`` is what its certificate leads to, where that is another than our own authority.
    """

    face: Face
    key: Key
    roots: tuple[bytes, ...] = ()


def tool(version: SealVersion, elsewhere: TokenKey | None = None) -> Tool:
    """Return face and key of a seal's version; a key that is ``elsewhere`` signs there."""
    above, roots = version.chain[:-1], version.chain[-1:]
    key = elsewhere or seal.software_key(authority.private_key(version.key), version.certificate, above)
    return Tool(Face.from_json(parse(version.face)), key, roots)


def make(
    document: Hashed,
    *,
    approved: Document,
    tool: Tool,
    field: str,
    at: datetime,
    stamps: TimestampAuthority | None = None,
) -> bytes:
    """Return the appended revision, with all that was approved and no more, or refuse; nobody has accepted it yet.

    Equal arguments give equal bytes, but for what a time stamp authority says and what a key elsewhere signs. A root
    is not embedded, ours or another's: whoever judges has it already, and bytes that no signature covers are better
    left out.
    """
    return seal.seal(
        document,
        face=tool.face,
        spots=approved.placements,
        following=_following(approved),
        key=StampedKey(tool.key, stamps) if stamps else tool.key,
        field=approved.field or field,
        at=at,
        more=[*map(_code, approved.codes), *map(_writing, approved.writings)],
    )


def check_each(
    finished: Sequence[Finished], *, tool: Tool, ca_certificate: bytes, at: datetime
) -> list[SealedFileInvalid | None]:
    """Return for each finished file the no of our own verifier, which reads it anew; nothing where it accepts it."""
    found: list[SealedFileInvalid | None] = []
    for together in portions(finished):
        whole = [followed_by(one.document, one.revision) for one in together]
        judgements = judge.judge_each(whole, trust=[ca_certificate, *tool.roots], at=at)
        for one, judgement in zip(together, judgements, strict=True):
            is_sound = _is_sound(judgement, one.approved.field or one.field)
            found.append(None if is_sound else SealedFileInvalid(verdict=judgement.verdict))
    return found


def portions(finished: Sequence[Finished]) -> Iterator[list[Finished]]:
    """Return what is judged together: so many, and so much that it fits into memory once more."""
    together: list[Finished] = []
    size = 0
    for one in finished:
        more = len(one.document) + len(one.revision)
        if together and (len(together) == _AT_ONCE or size + more > _MOST_BYTES):
            yield together
            together, size = [], 0
        together.append(one)
        size += more
    if together:
        yield together


def _following(approved: Document) -> seal.Following | seal.Parties:
    return (
        seal.Parties(approved.awaited)
        if approved.following == Following.PARTIES
        else seal.Following(approved.following)
    )


def _code(code: Code) -> seal.Mark:
    figure = figures.code(code.text, side=code.side)
    return seal.Mark(figure, whole(code.at, figure.size))


def _writing(writing: Writing) -> seal.Mark:
    figure = figures.line(writing.text, height=WRITING_HEIGHT)
    return seal.Mark(figure, whole(writing.at, figure.size))


def _is_sound(judgement: Judgement, field: str) -> bool:
    """Tell whether our own signatures are wholly valid and the others at least intact, whoever issued them."""
    ours = [report for report in judgement.signatures if report.field.startswith(field)]
    others = {reason for report in judgement.signatures if report not in ours for reason in report.reasons}
    return (
        bool(ours)
        and not any(report.reasons for report in ours)
        and ours[-1].covers_whole_document
        and set(judgement.reasons) <= others <= {Reason.ISSUER_NOT_TRUSTED}
    ) or judgement.verdict is Verdict.VALID
