"""What is fed with bytes: each takes anything, and refuses in one of the ways it says."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from privyseal.kernel.errors import Refused
from privyseal.pdf import imprints
from privyseal.pdf.accepted import NotSealable
from privyseal.pdf.imprint import face_of
from privyseal.pdf.intake import accept
from privyseal.pdf.judge import judge
from privyseal.pdf.judgement import Verdict
from privyseal.pdf.placement import Size
from privyseal.pdf.reading import pages, syntax, values
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.reading.sections import PLAIN
from privyseal.pdf.reading.values import Reference
from privyseal.pdf.template import ShapeOfFace
from privyseal.pdf.verifying import certificates, container, evidence, fields
from privyseal.pdf.verifying.algorithms import NotKnown, TooWeak
from privyseal.pdf.verifying.container import NotReadable

_AT: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_HEAD: Final = b"%PDF-1.7\n"

_OF_IMPRINTS: Final = (
    imprints.ImprintUnreadable,
    imprints.ImprintTooLarge,
    imprints.ImprintTooSmall,
    imprints.ImprintWithoutInk,
    imprints.ImprintBlurred,
    imprints.ImprintCutOff,
    imprints.SeveralImprints,
    imprints.ImprintSlanted,
)

Target = Callable[[bytes], None]


def tokenizer(data: bytes) -> None:
    for read in (values.parsed, syntax.entries, syntax.items, syntax.references):
        with suppress(NotSealable):
            read(data)
    with suppress(NotSealable):
        syntax.span(data, 0)


def cross_references(data: bytes) -> None:
    """Read a file whole: its sections, its pages, its form and every object of every revision."""
    with suppress(NotSealable):
        file = PdfFile.open(_HEAD + data)
        pages.find(file)
        fields.every(file)
        for revision in file.revisions:
            for number, entry in revision.changed.items():
                with suppress(NotSealable):
                    revision.file.value(Reference(number, entry.detail if entry.kind == PLAIN else 0))


def signature_container(data: bytes) -> None:
    with suppress(NotReadable, TooWeak, NotKnown):
        read = container.read(data)
        container.token_info(read)
    certificates.read(data)
    evidence.is_evidence(data)


def judging(data: bytes) -> None:
    if judge(data, trust=[], at=_AT).verdict is Verdict.VALID:
        raise AssertionError("valid, and nobody is trusted")


def imprint(data: bytes) -> None:
    with suppress(*_OF_IMPRINTS):
        face_of(data, shape=ShapeOfFace.ROUND, size=Size(42_000, 42_000), colour="#C8102E")


def intake(data: bytes) -> None:
    with suppress(Refused):
        accept(_HEAD + data, password="user")


TARGETS: Final[Mapping[str, Target]] = {
    "tokenizer": tokenizer,
    "cross-references": cross_references,
    "container": signature_container,
    "judge": judging,
    "imprint": imprint,
    "intake": intake,
}
