"""``privyseal pdf seal IN OUT``: the engine alone, with a key from a PKCS#12 file."""

import json
import sys
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import Refused
from privyseal.pdf import confined
from privyseal.pdf.accepted import MAX_BYTES, Accepted
from privyseal.pdf.confined import Task
from privyseal.pdf.face import Face
from privyseal.pdf.placement import NoSuchPage, Placement, usual_place
from privyseal.pdf.seal import Following, Key, seal, software_key

REFUSED: Final = 1
_MICROMETRES_PER_MILLIMETRE: Final = 1000


def configure(parser: ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    one = what.add_parser("seal", help="put one seal on one document")
    one.add_argument("document", type=Path, metavar="IN")
    one.add_argument("sealed", type=Path, metavar="OUT")
    one.add_argument("--p12", type=Path, required=True, metavar="KEY.p12", help="P-256 key and certificates, PKCS#12")
    one.add_argument("--password-file", type=Path, metavar="F", help="a file whose first line is the password")
    one.add_argument(
        "--face", type=Path, metavar="F.json", help="the face (default: the holder's name in a round seal)"
    )
    one.add_argument("--page", type=int, default=1, metavar="N")
    one.add_argument("--x-mm", type=_micrometres, metavar="X", help="centre, from the left (default: lower right)")
    one.add_argument("--y-mm", type=_micrometres, metavar="Y", help="centre, from below")
    one.add_argument("--following", type=Following, choices=list(Following), default=Following.NOBODY)


def run(arguments: Namespace) -> int:
    """Return 0 where the sealed file was written, 1 where that was refused."""
    try:
        sealed, changes = _sealed(arguments)
        arguments.sealed.write_bytes(sealed)
    except (OSError, Refused, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    sys.stdout.write(f"{arguments.sealed}: sha256 {sha256(sealed)}{''.join(f', {change}' for change in changes)}\n")
    return 0


def _sealed(arguments: Namespace) -> tuple[bytes, tuple[str, ...]]:
    with arguments.document.open("rb") as stream:
        document = confined.run(Task.ACCEPT, stream.read(MAX_BYTES + 1))
    key, holder = _key(arguments.p12, arguments.password_file)
    face = Face.from_json(json.loads(arguments.face.read_bytes())) if arguments.face else Face(ring=holder)
    revision = seal(
        document.data,
        face=face,
        placement=_placement(arguments, document, face),
        following=arguments.following,
        key=key,
        field=f"privyseal-{sha256(document.data)[:12]}",
        at=datetime.now(UTC),
    )
    return document.data + revision, document.changes


def _key(file: Path, password_file: Path | None) -> tuple[Key, str]:
    """Return the key and its holder's name."""
    password = password_file.read_bytes().splitlines()[0] if password_file else None
    key, certificate, others = pkcs12.load_key_and_certificates(file.read_bytes(), password)
    if certificate is None:
        raise ValueError(f"{file} holds no certificate for its key.")
    chain = (other.public_bytes(Encoding.DER) for other in others)
    return software_key(key, certificate.public_bytes(Encoding.DER), chain), _holder(certificate)


def _holder(certificate: x509.Certificate) -> str:
    for kind in (x509.NameOID.ORGANIZATION_NAME, x509.NameOID.COMMON_NAME):
        for attribute in certificate.subject.get_attributes_for_oid(kind):
            return str(attribute.value)
    raise ValueError("The certificate names no holder: give a face with --face.")


def _placement(arguments: Namespace, document: Accepted, face: Face) -> Placement:
    if not 1 <= arguments.page <= len(document.pages):
        raise NoSuchPage(page=arguments.page)
    usual = usual_place(arguments.page, document.pages[arguments.page - 1], face.size)
    x = usual.x if arguments.x_mm is None else arguments.x_mm
    return Placement(page=arguments.page, x=x, y=usual.y if arguments.y_mm is None else arguments.y_mm)


def _micrometres(text: str) -> int:
    try:
        return int(Decimal(text) * _MICROMETRES_PER_MILLIMETRE)
    except (InvalidOperation, OverflowError) as error:
        raise ValueError(text) from error
