"""The signatures of a file as it is written: which bytes each covers, and which it leaves out."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final, NamedTuple

from privyseal.pdf.judgement import Reason
from privyseal.pdf.reading import sections, syntax, values
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.reading.sections import PLAIN
from privyseal.pdf.reading.syntax import Data, Entries
from privyseal.pdf.verifying import fields
from privyseal.pdf.verifying.algorithms import HashAlgorithm
from privyseal.pdf.verifying.fields import Field

_DIGITS: Final = (b"0123456789ABCDEF", b"0123456789abcdef")
_NUMBERS: Final = re.compile(rb"\[\s*+(\d{1,12})\s++(\d{1,12})\s++(\d{1,12})\s++(\d{1,12})\s*+\]")
_DATE: Final = re.compile(r"(?:D:)?(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:([-+Z])(?:(\d{2})'?(?:(\d{2})'?)?)?)?")


class Kind(Enum):
    """How a signature is made, by its SubFilter."""

    CADES = b"/ETSI.CAdES.detached"
    PKCS7 = b"/adbe.pkcs7.detached"
    TIME_STAMP = b"/ETSI.RFC3161"


@dataclass(frozen=True, slots=True)
class Signature:
    """A filled signature field. Without ``kind`` its format is not known; ``container`` ends with its padding."""

    field: Field
    value: Entries
    kind: Kind | None
    hole: tuple[int, int] = (0, 0)
    end: int = 0
    container: bytes = b""
    reasons: tuple[Reason, ...] = ()

    @property
    def is_whole(self) -> bool:
        return not self.reasons


class Digests(NamedTuple):
    """A file hashed: what each signature covers, by its hole, and all of it."""

    covered: Mapping[tuple[int, int], bytes]
    whole: bytes


def find(file: PdfFile, form: Iterable[Field]) -> tuple[Signature, ...]:
    """Return the filled signature fields of a form, unknown formats included, by the end of what they cover."""
    filled = [one for one in form if one.kind == fields.SIGNATURE and file.resolved(one.get(b"/V"))]
    return tuple(sorted((_signature(file, one) for one in filled), key=lambda one: one.end))


def digests(data: Data, signatures: Sequence[Signature], algorithm: HashAlgorithm) -> Digests:
    """Return the file hashed; what several signatures cover from the beginning is hashed once."""
    found = {}
    view, state, done = memoryview(data), hashlib.new(algorithm.name), 0
    for one in sorted(signatures, key=lambda one: one.hole):
        before, after = one.hole
        state.update(view[done:before])
        done = before
        own = state.copy()
        own.update(view[after : one.end])
        found[one.hole] = own.digest()
    state.update(view[done:])
    return Digests(found, state.digest())


def _signature(file: PdfFile, field: Field) -> Signature:
    value = file.entries(field.get(b"/V"))
    kind = next((kind for kind in Kind if kind.value == file.resolved(value.get(b"/SubFilter"))), None)
    numbers = _NUMBERS.fullmatch(file.resolved(value.get(b"/ByteRange")) or b"")
    broken = Signature(field, value, kind, reasons=(Reason.BYTE_RANGE_BROKEN if kind else Reason.UNKNOWN_FORMAT,))
    if numbers is None:
        return broken
    start, before, after, length = (int(number) for number in numbers.groups())
    hole = file.data[before:after]
    digits = _digits(hole)
    is_own = hole == value.get(b"/Contents") and _stands_in(file, field, before, after)
    if start or after + length > len(file.data) or digits is None or not is_own:
        return broken
    reasons = () if kind else (Reason.UNKNOWN_FORMAT,)
    container = bytes.fromhex(digits)
    return Signature(field, value, kind, (before, after), after + length, container, reasons)


def _digits(hole: bytes) -> str | None:
    """Return the digits between the brackets, whole bytes in one case of letters; None for anything else."""
    digits = hole[1:-1]
    is_plain = any(not digits.translate(None, known) for known in _DIGITS)
    if hole[:1] + hole[-1:] != b"<>" or len(digits) % 2 or not digits or not is_plain:
        return None
    return digits.decode("ascii")


def _stands_in(file: PdfFile, field: Field, before: int, after: int) -> bool:
    """Tell whether these bytes stand inside the object that holds the signature, and not in a copy of it."""
    reference = syntax.reference(field.get(b"/V")) or field.reference
    entry = file.entry(reference[0])
    if entry is None or entry.kind != PLAIN:
        return False
    _, _, start = sections.header(file.data, entry.place)
    return start < before and after < start + len(file.raw(reference))


def stated_at(signature: Signature) -> datetime | None:
    """Return the time that the signer wrote into the dictionary, None where there is none that can be read."""
    written = signature.value.get(b"/M", b"null")
    value = values.parsed(written)[0]
    found = _DATE.fullmatch(values.text_of(value)) if isinstance(value, bytes) else None
    if found is None:
        return None
    sign, hours, minutes = found[7], int(found[8] or 0), int(found[9] or 0)
    offset = timedelta(hours=hours, minutes=minutes)
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        return moment + offset if sign == "-" else moment - offset
    except (ValueError, OverflowError):
        return None
