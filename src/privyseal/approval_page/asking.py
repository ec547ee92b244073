"""What one approver is shown and asked: statements, what they name, and where the way back leads. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from privyseal.device.events import SERIAL
from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json, canonical, parse
from privyseal.kernel.errors import Refused
from privyseal.pdf import face
from privyseal.pdf.template import Face, FaceUnreadable
from privyseal.signer import agreements, changes, statement
from privyseal.signer.agreements import Agreement, Confirm
from privyseal.signer.changes import Change
from privyseal.signer.statement import Statement

MAX_ASK_BYTES: Final = 4_000_000
MAX_CREDENTIALS: Final = 20
MAX_NAMES: Final = 1_400
MAX_FACES: Final = statement.MAX_STATEMENTS

_FIELDS: Final = frozenset(
    {"approver", "credentials", "statements", "names", "faces", "language", "zone", "back", "context"}
)
LANGUAGE: Final = re.compile("zh-hans|en")
_ZONE: Final = re.compile(r"[A-Za-z0-9_+/-]{1,64}")
_NAMED: Final = re.compile(rf"[0-9a-f]{{32}}|[0-9a-f]{{64}}|{SERIAL.pattern}")
CREDENTIAL: Final = re.compile(r"[A-Za-z0-9_-]{1,1400}")
BACK: Final = re.compile(r"/(?:[a-z0-9-]+/)*")
CONTEXT: Final = re.compile(r"[!-~]{0,20000}")
_LONGEST_NAME: Final = 300


class ApprovalAskUnreadable(Refused):
    """The web application asks for something that the approval page does not know."""

    code = "approval-ask-unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """``names`` says what the web application calls a seal, a person, a machine or, by its digest, a document.

    In the place of statements there may be one change of a roster or a charter, or what is agreed to at a machine.
    ``back`` is a path of the web application; ``context`` is its own note, which it gets back as it was.
    """

    approver: str
    credentials: tuple[str, ...]
    statements: tuple[str, ...]
    names: Mapping[str, str]
    faces: tuple[Face, ...] = ()
    language: str
    zone: str
    back: str
    context: str

    @property
    def change(self) -> Change | None:
        """Return the change that is asked for in the place of statements, if it is one, or refuse."""
        said = self._alone("change")
        return changes.parse(said) if said else None

    @property
    def agreement(self) -> Agreement | None:
        """Return what is agreed to at a machine in the place of statements, if it is that, or refuse."""
        said = self._alone("agrees")
        return agreements.parse(said) if said else None

    @property
    def stated(self) -> tuple[Statement, ...]:
        if self.change or self.agreement:
            return ()
        return tuple(statement.parse(text.encode()) for text in self.statements)

    @property
    def picture(self) -> str:
        """Return the digest of the photograph that an agreement is about, nothing where it is about none."""
        return said.picture_sha256 if isinstance(said := self.agreement, Confirm) else ""

    @property
    def documents(self) -> tuple[str, ...]:
        """Return the digests that the statements name, each once and in their order."""
        return tuple(dict.fromkeys(one.sha256 for stated in self.stated for one in stated.documents))

    def _alone(self, field: str) -> bytes | None:
        """Return the text that says this field, alone, None where none does, or refuse one beside others."""
        texts = [text.encode() for text in self.statements]
        said = [text for text in texts if field in parse(text)]
        if said and len(texts) > 1:
            raise ApprovalAskUnreadable(statements=len(texts))
        return said[0] if said else None

    def to_bytes(self) -> bytes:
        return canonical(
            {
                "approver": self.approver,
                "credentials": list(self.credentials),
                "statements": list(self.statements),
                "names": dict(self.names),
                "faces": [one.to_json() for one in self.faces],
                "language": self.language,
                "zone": self.zone,
                "back": self.back,
                "context": self.context,
            }
        )


def read(data: bytes) -> Ask:
    """Return what is asked, or refuse: another form, more than one application, other faces than are named."""
    if len(data) > MAX_ASK_BYTES:
        raise ApprovalAskUnreadable(bytes=len(data))
    try:
        ask = _ask(parse(data))
        applications = {stated.application for stated in ask.stated}
        named = {stated.make.face_sha256 for stated in ask.stated if stated.make is not None}
        named |= {stated.face_sha256 for stated in ask.stated if stated.face_sha256}
        ZoneInfo(ask.zone)
    except (Refused, shapes.Misshapen, FaceUnreadable, UnicodeError, OSError, ValueError, KeyError) as error:
        raise ApprovalAskUnreadable from error
    if len(applications) != (0 if ask.change or ask.agreement else 1):
        raise ApprovalAskUnreadable(applications=len(applications))
    if {face.digest(one) for one in ask.faces} != named:
        raise ApprovalAskUnreadable(faces=len(ask.faces))
    return ask


def _ask(value: Json) -> Ask:
    entry = shapes.fields(value, _FIELDS)
    return Ask(
        approver=shapes.uid(entry["approver"]),
        credentials=tuple(
            shapes.word(one, CREDENTIAL) for one in shapes.items(entry["credentials"], least=1, most=MAX_CREDENTIALS)
        ),
        statements=tuple(
            _text(one) for one in shapes.items(entry["statements"], least=1, most=statement.MAX_STATEMENTS)
        ),
        names=_names(entry["names"]),
        faces=tuple(_face(one) for one in shapes.items(entry["faces"], most=MAX_FACES)),
        language=shapes.word(entry["language"], LANGUAGE),
        zone=shapes.word(entry["zone"], _ZONE),
        back=shapes.word(entry["back"], BACK),
        context=shapes.word(entry["context"], CONTEXT),
    )


def _face(value: Json) -> Face:
    if not isinstance(value, dict):
        raise shapes.Misshapen
    return Face.from_json(value)


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise shapes.Misshapen
    return value


def _names(value: Json) -> Mapping[str, str]:
    if not isinstance(value, dict) or len(value) > MAX_NAMES:
        raise shapes.Misshapen
    return {shapes.word(name, _NAMED): shapes.text(said, most=_LONGEST_NAME) for name, said in value.items()}
