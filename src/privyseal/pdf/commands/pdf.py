"""``privyseal pdf seal|batch|whole|watermark``: the engine alone, with a key from a PKCS#12 file."""

import sys
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import Refused
from privyseal.pdf import batch, confined, copies, marks, pack
from privyseal.pdf.accepted import MAX_BYTES, Accepted
from privyseal.pdf.asking import At, resolved
from privyseal.pdf.commands import additions, large, spots
from privyseal.pdf.commands.files import FileUnusable, face_in, holding, opened, password_in, told
from privyseal.pdf.confined import Task
from privyseal.pdf.face import Face, drawing
from privyseal.pdf.placement import PageSize, Placement, usual_place
from privyseal.pdf.reading import pages
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.revision import Hashed
from privyseal.pdf.seal import Following, Key, check_sealable, seal, software_key
from privyseal.pdf.together import Impression, seal_together

REFUSED: Final = 1
_SECONDS_BETWEEN_NEWS: Final = 1


def configure(parser: ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    one = what.add_parser("seal", help="put one seal on one document, repaired and cleaned first")
    one.add_argument("document", type=Path, metavar="IN")
    one.add_argument("sealed", type=Path, metavar="OUT")
    _add_opening(one)
    many = what.add_parser("batch", help="put a seal on every PDF of a folder, as it is; run again after a kill")
    many.add_argument("folder", type=Path, metavar="FOLDER")
    many.add_argument("out", type=Path, metavar="OUT", help="a folder, or with --parts a file")
    many.add_argument("--parts", action="store_true", help="keep only what is appended, all of it in one file")
    many.add_argument("--processes", type=int, default=2, metavar="N")
    for command in (one, many):
        _add_sealing(command)
    one.add_argument(
        "--as-it-is", action="store_true", help="append to the file as it lies, of any size: nothing is repaired"
    )
    one.add_argument(
        "--also",
        nargs=2,
        action="append",
        default=[],
        metavar=("F.json", "P,X,Y"),
        help="one more seal of the holder, by its face, pages and centre in mm; may be given again",
    )
    spots.configure(one)
    additions.configure(one)
    many.add_argument("--page", type=int, default=1, metavar="N")
    many.add_argument("--x-mm", type=spots.micrometres, metavar="X", help="centre, from the left")
    many.add_argument("--y-mm", type=spots.micrometres, metavar="Y", help="centre, from below")
    copy = what.add_parser("watermark", help="say on every page of a copy what it is for, and until when")
    copy.add_argument("document", type=Path, metavar="IN")
    copy.add_argument("sealed", type=Path, metavar="OUT")
    _add_opening(copy)
    copy.add_argument("--words", required=True, metavar="TEXT", help='such as "仅供投标使用"')
    copy.add_argument("--until", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the last day it is good for")
    whole = what.add_parser("whole", help="put an original and its part together")
    whole.add_argument("parts", type=Path, metavar="PARTS")
    whole.add_argument("original", type=Path, metavar="ORIGINAL")
    whole.add_argument("sealed", type=Path, metavar="OUT")


def _add_opening(command: ArgumentParser) -> None:
    what = "whose first line opens a protected IN, - for standard input; OUT is open to everybody"
    command.add_argument("--document-password-file", type=Path, metavar="F", help=f"a file {what}")


def _add_sealing(command: ArgumentParser) -> None:
    command.add_argument("--p12", type=Path, required=True, metavar="KEY.p12", help="P-256 or RSA key, PKCS#12")
    command.add_argument("--password-file", type=Path, metavar="F", help="a file whose first line is the password")
    command.add_argument(
        "--face", type=Path, metavar="F.json", help="the face (default: the holder's name in a round seal)"
    )
    command.add_argument("--following", type=Following, choices=list(Following), default=Following.NOBODY)


def run(arguments: Namespace) -> int:
    """Return 0 where everything asked for was written, 1 where some or all of it was refused."""
    try:
        with opened():
            return _done(arguments)
    except (Refused, ValueError) as error:
        sys.stderr.write(f"{told(error)}\n")
        return REFUSED


def _done(arguments: Namespace) -> int:
    match arguments.what:
        case "batch":
            return _seal_batch(arguments)
        case "whole":
            original = arguments.original.read_bytes()
            arguments.sealed.write_bytes(pack.whole(arguments.parts, arguments.original.name, original))
        case "watermark":
            _watermark(arguments)
        case _:
            _seal_one(arguments)
    return 0


def _seal_one(arguments: Namespace) -> None:
    if arguments.as_it_is:
        _seal_where_it_lies(arguments)
        return
    sealed, changes = _sealed(arguments)
    arguments.sealed.write_bytes(sealed)
    sys.stdout.write(f"{arguments.sealed}: sha256 {sha256(sealed)}{''.join(f', {change}' for change in changes)}\n")


def _seal_where_it_lies(arguments: Namespace) -> None:
    """Append to a file of any size, left on the disk; nothing of it is kept in memory but its structure."""
    if arguments.at_words or arguments.over_date or arguments.qr or arguments.also:
        raise ValueError("--as-it-is takes one seal, and no words, date or code to look for: give a place with --page.")
    key, face = _key_and_face(arguments)
    with large.mapped(arguments.document) as data:
        check_sealable(data)
        file = PdfFile.open(data)
        sizes = {number: on.frame.size for number, on in marks.shown(file, range(1, pages.count(file) + 1)).items()}
        document = Accepted(data=b"", pages=tuple(sizes[number] for number in sorted(sizes)), changes=(), signed=False)
        revision = seal(
            data,
            face=face,
            spots=spots.of_arguments(arguments, document, face.size),
            following=arguments.following,
            key=key,
            field=f"privyseal-{sha256(data)[:12]}",
            at=datetime.now(UTC),
            more=tuple(additions.of_arguments(arguments, document)),
        )
    large.write_whole(arguments.document, revision, arguments.sealed)
    sys.stdout.write(f"{arguments.sealed}: {len(revision)} bytes appended\n")


def _seal_batch(arguments: Namespace) -> int:
    """Seal a folder, tell each refusal and now and then how far it is, and return the exit code."""
    sources = sorted(arguments.folder.glob("*.pdf"))
    sealing = _sealing(arguments)
    if not arguments.parts:
        arguments.out.mkdir(exist_ok=True)
    job = batch.seal_parts if arguments.parts else batch.seal_files
    counts: Counter[str] = Counter()
    told = time.monotonic()
    for outcome in job(sources, arguments.out, sealing, processes=arguments.processes):
        counts["refused" if outcome.refused else "sealed" if outcome.is_new else "sealed before"] += 1
        if outcome.refused:
            sys.stderr.write(f"{outcome.source}: {outcome.refused}\n")
        if time.monotonic() - told >= _SECONDS_BETWEEN_NEWS:
            told = time.monotonic()
            sys.stderr.write(f"{counts.total()} of {len(sources)}\n")
    said = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
    sys.stdout.write(f"{arguments.out}: {said or 'no PDF in the folder'}\n")
    return REFUSED if counts["refused"] else 0


def _sealing(arguments: Namespace) -> batch.Sealing:
    """Return what seals one document of a batch; the face is drawn before the processes part."""
    key, face = _key_and_face(arguments)
    drawing(face)
    at = datetime.now(UTC)

    def sealing(document: Hashed) -> bytes:
        check_sealable(document.data)
        file = PdfFile.open(document.data)
        size = marks.shown(file, [arguments.page])[arguments.page].frame.size
        return seal(
            document,
            face=face,
            spots=(_placement(arguments, size, face),),
            following=arguments.following,
            key=key,
            field=f"privyseal-{document.sha256.hexdigest()[:12]}",
            at=at,
        )

    return sealing


def _taken_in(arguments: Namespace) -> Accepted:
    password = password_in(arguments.document_password_file)
    with arguments.document.open("rb") as stream:
        return confined.run(Task.ACCEPT, stream.read(MAX_BYTES + 1), password=password)


def _sealed(arguments: Namespace) -> tuple[bytes, tuple[str, ...]]:
    document = _taken_in(arguments)
    key, face = _key_and_face(arguments)
    field = f"privyseal-{sha256(document.data)[:12]}"
    first = Impression(face, spots.of_arguments(arguments, document, face.size), key, field)
    others = [
        _also(file, place, key, f"{field}-also{number}", document)
        for number, (file, place) in enumerate(arguments.also, start=1)
    ]
    revisions = seal_together(
        document.data,
        [first, *others],
        following=arguments.following,
        at=datetime.now(UTC),
        more=tuple(additions.of_arguments(arguments, document)),
    )
    return document.data + revisions, document.changes


def _also(file: str, place: str, key: Key, field: str, document: Accepted) -> Impression:
    face = face_in(Path(file))
    numbers, x, y = place.rsplit(",", 2)
    wish = At(numbers, spots.micrometres(x), spots.micrometres(y))
    return Impression(face, resolved(wish, face.size, document.pages, lambda _: ()), key, field)


def _key_and_face(arguments: Namespace) -> tuple[Key, Face]:
    key, holder = _key(arguments.p12, arguments.password_file)
    return key, face_in(arguments.face) if arguments.face else Face(ring=holder)


def _watermark(arguments: Namespace) -> None:
    document = _taken_in(arguments)
    words = copies.words_for_copy(arguments.words, arguments.until)
    arguments.sealed.write_bytes(document.data + copies.watermarked(document.data, words))


def _key(file: Path, password_file: Path | None) -> tuple[Key, str]:
    """Return the key and its holder's name."""
    password = password_file.read_bytes().splitlines()[0] if password_file else None
    with holding("key with its certificate that this password opens", file):
        key, certificate, others = pkcs12.load_key_and_certificates(file.read_bytes(), password)
    if certificate is None:
        raise FileUnusable(f"{file} holds no certificate for its key.")
    chain = (other.public_bytes(Encoding.DER) for other in others)
    return software_key(key, certificate.public_bytes(Encoding.DER), chain), _holder(certificate)


def _holder(certificate: x509.Certificate) -> str:
    for kind in (x509.NameOID.ORGANIZATION_NAME, x509.NameOID.COMMON_NAME):
        for attribute in certificate.subject.get_attributes_for_oid(kind):
            return str(attribute.value)
    raise ValueError("The certificate names no holder: give a face with --face.")


def _placement(arguments: Namespace, page: PageSize, face: Face) -> Placement:
    usual = usual_place(arguments.page, page, face.size)
    x = usual.x if arguments.x_mm is None else arguments.x_mm
    return Placement(page=arguments.page, x=x, y=usual.y if arguments.y_mm is None else arguments.y_mm)
