"""What the approval page holds, in memory and in files without a name: what it shows, and who is asked."""

import errno
import hashlib
import secrets
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import IO, Final, TypeAlias

from privyseal.approval_page.asking import Ask
from privyseal.approval_page.enrolling import Enrol
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import Refused
from privyseal.pdf.confined import Task, run
from privyseal.pdf.placement import PageSize
from privyseal.signer.bodies import Body

LIFE: Final = timedelta(minutes=15)
MAX_ASKS: Final = 500
MAX_ASKS_OF_ONE: Final = 20
"""Of a person's own that nobody counted yet; the oldest makes room, so that nobody takes the room of others."""

MAX_STORED_BYTES: Final = 4_000_000_000
MAX_PICTURE_BYTES: Final = 10_000_000
A_PART: Final = 10
"""How many documents stand on one page: a phone reads no thousand of them, and each is measured in a process."""
_CODE_BYTES: Final = 32
_CHUNK_BYTES: Final = 1 << 20
_DOTS_OF_PICTURE: Final = 2_000

Answered: TypeAlias = tuple[Mapping[str, Json], ...]
"""An assertion for each statement, or the passkey that was made."""
_Key: TypeAlias = tuple["Kind", str]


class ShownDocumentDiffers(Refused):
    """The bytes that were handed over are not those that the statement names."""

    code = "shown-document-differs"


class ShownDocumentMissing(Refused):
    """The statement names a document that was not handed over: it cannot be shown."""

    code = "shown-document-missing"


class ApprovalPageFull(Refused):
    code = "approval-page-full"


class ApprovalCodeUnknown(Refused):
    """No such code was given out here, or so long ago that it is forgotten."""

    code = "approval-code-unknown"


class ApprovalCodeExpired(Refused):
    code = "approval-code-expired"


class ApprovalCodeUsed(Refused):
    code = "approval-code-used"


class Kind(StrEnum):
    """As what something is shown: a file that is both is kept and drawn as each of them."""

    DOCUMENT = "document"
    PICTURE = "picture"


class Step(StrEnum):
    """How far somebody who is asked has come."""

    HANDED_OVER = "handed-over"
    READY = "ready"
    OPEN = "open"
    ANSWERED = "answered"
    COUNTED = "counted"


@dataclass(slots=True)
class Held:
    """What was hashed here, in a file that nobody else can open: a document, or a photograph with how it is drawn.

    ``pages`` of a document beyond the first part are measured when they are first shown.
    """

    sha256: str
    file: IO[bytes]
    size: int
    pages: tuple[PageSize, ...] = ()
    drawn: bytes = b""


@dataclass(slots=True)
class Asked:
    """One ask under way. ``until`` is when it ends, whatever has become of it."""

    ask: Ask | Enrol
    until: datetime
    step: Step = Step.HANDED_OVER
    answers: Answered = ()
    returns: str = ""
    codes: set[bytes] = field(default_factory=set)


class Kept:
    """Everything that is under way; whoever asks says what time it is."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._held: dict[_Key, Held] = {}
        self._asked: dict[bytes, tuple[Step, Asked]] = {}

    def begin(self, ask: Ask | Enrol, at: datetime) -> tuple[str, list[str]]:
        """Take what is asked; return the code to go on with, and the digests of what is to be handed over."""
        with self._lock:
            self._make_room(_who(ask))
            self._forget(at)
            if sum(asked.step is not Step.COUNTED for asked in self._every().values()) >= MAX_ASKS:
                raise ApprovalPageFull(asks=MAX_ASKS)
            code = self._give(Step.HANDED_OVER, Asked(ask, at + LIFE))
            return code, [sha256 for sha256, key in _shown_by(ask).items() if key not in self._held]

    def hand_over(self, code: str, sha256: str, body: Body, at: datetime) -> None:
        """Keep what the ask names, by the digest found here, or refuse another one."""
        asked = self._found(code, Step.HANDED_OVER, at)
        key = _shown_by(asked.ask).get(sha256)
        if key is None:
            raise ShownDocumentDiffers(stated=sha256)
        with self._lock:
            if sum(held.size for held in self._held.values()) + len(body) > MAX_STORED_BYTES:
                raise ApprovalPageFull(bytes=len(body))
        held = self._hashed(body, key, is_first=sha256 in _first_of(asked.ask))
        with self._lock:
            if self._held.setdefault(key, held) is not held:
                held.file.close()

    def ready(self, code: str, at: datetime) -> str:
        """Return the code by which the page is opened once, or refuse while something is missing."""
        asked = self._found(code, Step.HANDED_OVER, at)
        with self._lock:
            missing = [sha256 for sha256, key in _shown_by(asked.ask).items() if key not in self._held]
            if missing:
                raise ShownDocumentMissing(sha256=missing[0], missing=len(missing))
            return self._advance(asked, Step.HANDED_OVER, Step.READY)

    def waiting(self, code: str, at: datetime) -> Ask | Enrol:
        """Return what waits to be opened by a code, which stays good."""
        return self._found(code, Step.READY, at).ask

    def open(self, code: str, at: datetime) -> str:
        """Spend the code and return the address under which the page is, until it is answered."""
        asked = self._found(code, Step.READY, at)
        with self._lock:
            return self._advance(asked, Step.READY, Step.OPEN)

    def shown(self, address: str, at: datetime) -> Ask | Enrol:
        return self._found(address, Step.OPEN, at).ask

    def document(self, address: str, sha256: str, at: datetime) -> Held:
        """Return a document that the page under this address shows, or refuse any other."""
        held = self._shown_as(Kind.DOCUMENT, address, sha256, at)
        if not held.pages:
            held.pages = run(Task.SIZES, held.file)
        return held

    def picture(self, address: str, sha256: str, at: datetime) -> bytes:
        """Return the photograph that the page under this address shows, as it was drawn, or refuse any other."""
        return self._shown_as(Kind.PICTURE, address, sha256, at).drawn

    def answered_or_shown(self, address: str, at: datetime) -> Ask | Enrol:
        """Return what a page is about whose answer may have been kept already, and the word of it lost on its way."""
        return self._found(address, Step.OPEN, at, or_later=Step.ANSWERED).ask

    def leads_on(self, address: str, at: datetime) -> str:
        """Return the code on of a page whose yes is here and not counted, nothing while it is asked for, or refuse."""
        return self._found(address, Step.OPEN, at, or_later=Step.ANSWERED).returns

    def answer(self, address: str, answers: Answered, at: datetime) -> str:
        """Keep the passkey's yes and return the code that fetches it; the same again, and a second one is refused."""
        asked = self._found(address, Step.OPEN, at, or_later=Step.ANSWERED)
        with self._lock:
            if asked.step is Step.ANSWERED and asked.answers == answers:
                return asked.returns
            asked.returns = self._advance(asked, Step.OPEN, Step.ANSWERED)
            asked.answers = answers
            return asked.returns

    def fetch(self, code: str, at: datetime) -> Asked:
        """Return what was answered; again the same, until it is said to be counted."""
        return self._found(code, Step.ANSWERED, at)

    def counted(self, code: str, at: datetime) -> None:
        """Take note that the yes is counted, after which nobody fetches it; again, the same."""
        with self._lock:
            step, asked = self._of(code)
            if step is Step.ANSWERED and asked.step is Step.COUNTED:
                return
        asked = self._found(code, Step.ANSWERED, at)
        with self._lock:
            asked.step, asked.answers, asked.returns = Step.COUNTED, (), ""

    def _shown_as(self, kind: Kind, address: str, sha256: str, at: datetime) -> Held:
        key = _shown_by(self._found(address, Step.OPEN, at).ask).get(sha256)
        if key != (kind, sha256):
            raise ApprovalCodeUnknown
        return self._held[key]

    def _found(self, code: str, step: Step, at: datetime, *, or_later: Step | None = None) -> Asked:
        """Return what a code of this step stands for, or refuse one that is unknown, spent or too old."""
        with self._lock:
            given, asked = self._of(code)
            if given is not step:
                raise ApprovalCodeUnknown
            if asked.step not in {step, or_later}:
                raise ApprovalCodeUsed
            if at >= asked.until:
                raise ApprovalCodeExpired
            return asked

    def _of(self, code: str) -> tuple[Step, Asked]:
        try:
            return self._asked[_digest(code)]
        except KeyError as error:
            raise ApprovalCodeUnknown from error

    def _advance(self, asked: Asked, start: Step, end: Step) -> str:
        if asked.step is not start:
            raise ApprovalCodeUsed
        asked.step = end
        return self._give(end, asked)

    def _give(self, step: Step, asked: Asked) -> str:
        code = secrets.token_urlsafe(_CODE_BYTES)
        self._asked[_digest(code)] = (step, asked)
        asked.codes.add(_digest(code))
        return code

    def _every(self) -> dict[int, Asked]:
        return {id(asked): asked for _, asked in self._asked.values()}

    def _make_room(self, person: str) -> None:
        """Let go of the oldest of what a person asks, where that is as much as one person may."""
        own = [one for one in self._every().values() if _who(one.ask) == person and one.step is not Step.COUNTED]
        for asked in sorted(own, key=lambda one: one.until)[: max(len(own) - MAX_ASKS_OF_ONE + 1, 0)]:
            self._drop(asked)

    def _drop(self, asked: Asked) -> None:
        for code in asked.codes:
            del self._asked[code]

    def _forget(self, at: datetime) -> None:
        """Let go of what ended long enough ago that nobody asks what became of it, and of what nobody needs."""
        for asked in self._every().values():
            if at >= asked.until + LIFE:
                self._drop(asked)
        under_way = [
            asked.ask for asked in self._every().values() if at < asked.until and asked.step is not Step.COUNTED
        ]
        needed = {key for ask in under_way for key in _shown_by(ask).values()}
        for key in self._held.keys() - needed:
            self._held.pop(key).file.close()

    def _new_file(self) -> IO[bytes]:
        try:
            return tempfile.TemporaryFile(dir=self._folder)
        except OSError as error:
            if error.errno != errno.EMFILE:
                raise
            raise ApprovalPageFull(files=len(self._held)) from error

    def _hashed(self, body: Body, key: _Key, *, is_first: bool) -> Held:
        """Copy the bytes into a file of our own and hash what was copied, or refuse what has another digest."""
        found, (kind, sha256) = hashlib.sha256(), key
        if kind is Kind.PICTURE and len(body) > MAX_PICTURE_BYTES:
            raise ApprovalPageFull(bytes=len(body))
        with ExitStack() as until_held:
            file = until_held.enter_context(self._new_file())
            for part in _parts(body):
                file.write(part)
                found.update(part)
            file.flush()
            if found.hexdigest() != sha256:
                raise ShownDocumentDiffers(stated=sha256, found=found.hexdigest())
            if kind is Kind.PICTURE:
                held = Held(sha256, file, len(body), drawn=run(Task.THUMBNAIL, body[:], dots=_DOTS_OF_PICTURE))
            else:
                held = Held(sha256, file, len(body), run(Task.SIZES, file) if is_first else ())
            until_held.pop_all()
            return held


def _who(ask: Ask | Enrol) -> str:
    return ask.person if isinstance(ask, Enrol) else ask.approver


def _shown_by(ask: Ask | Enrol) -> dict[str, _Key]:
    """Return by their digests what a page shows, and as what."""
    if isinstance(ask, Enrol):
        return {}
    pictures = [ask.picture] if ask.picture else []
    return {one: (Kind.DOCUMENT, one) for one in ask.documents} | {one: (Kind.PICTURE, one) for one in pictures}


def _first_of(ask: Ask | Enrol) -> tuple[str, ...]:
    """Return the documents that are looked at before anybody is led here: one that cannot be shown is refused then."""
    return () if isinstance(ask, Enrol) else ask.documents[:A_PART]


def _parts(body: Body) -> Iterator[bytes]:
    for start in range(0, len(body), _CHUNK_BYTES):
        yield body[start : start + _CHUNK_BYTES]


def _digest(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
