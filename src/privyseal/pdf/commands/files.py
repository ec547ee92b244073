"""Files that a command is given: what cannot be used is named, with what is wrong with it."""

import json
import os
import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from privyseal.kernel.canonical import NotCanonical, parse
from privyseal.kernel.errors import Refused
from privyseal.pdf.face import Face


class FileUnusable(Refused):
    """A file on the command line cannot be opened or written, or holds something else than was asked for."""

    code = "file-unusable"

    def __init__(self, sentence: str) -> None:
        super().__init__(reason=sentence)

    def __str__(self) -> str:
        return str(self.facts["reason"])


@contextmanager
def holding(what: str, path: Path) -> Iterator[None]:
    """Refuse with the file's name what inside cannot make sense of it; ``what`` says what it should hold."""
    try:
        yield
    except ValueError as error:
        raise FileUnusable(f"{path} holds no {what}.") from error


def password_in(path: Path | None) -> str:
    """Return the password in the first line of a file, or of standard input for ``-``; none where none is named."""
    if path is None:
        return ""
    with opened(), holding("password, as one line of UTF-8", path):
        said = sys.stdin.buffer.read() if path == Path("-") else path.read_bytes()
        return said.split(b"\n", 1)[0].removesuffix(b"\r").decode()


@contextmanager
def opened() -> Iterator[None]:
    """Refuse with its name a file that the system does not let be opened, read or written."""
    try:
        yield
    except OSError as error:
        raise FileUnusable(f"{error.filename or 'The file'} cannot be used: {error.strerror}.") from error


def public(name: str) -> Path:
    """Return where this installation lays out what strangers judge by, whether it is there or not."""
    return Path(os.environ.get("PRIVYSEAL_DATA", ".data")) / "public" / name


def certificates_in(path: Path) -> list[bytes]:
    """Return the certificates of a file in PEM, in DER, or refuse."""
    with holding("certificate in PEM", path):
        return [one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(path.read_bytes())]


def certificates_of_codes_in(path: Path) -> list[bytes]:
    """Return the certificates of codes on paper, in DER, the authority's last: of a file in PEM, or of the manifest."""
    data = path.read_bytes().strip()
    if not data.startswith(b"{"):
        return certificates_in(path)
    with holding("manifest of codes on paper", path):
        try:
            said = parse(data)
            kept = [*(key["x5c"][0] for key in said["keys"]), said["authority"]["certificate"]]
            return [x509.load_der_x509_certificate(b64decode(one)).public_bytes(Encoding.DER) for one in kept]
        except (NotCanonical, LookupError, TypeError) as error:
            raise ValueError from error


def face_in(path: Path) -> Face:
    """Return the face that a template describes, or refuse."""
    with holding("face of a seal", path):
        return Face.from_json(json.loads(path.read_bytes()))


def told(error: Refused | ValueError) -> str:
    """Put into one line what kept a command from its work, with the code where there is one."""
    return f"privyseal: {error} [{error.code}]" if isinstance(error, FileUnusable) else str(error)
