"""What goes along to the approval page and comes back with its answer: ours alone, and not for long."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Final, TypeVar

from django.core import signing

from privyseal.approval_page.keeping import LIFE, ApprovalCodeUnknown

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Note = TypeVar("Note", bound="DataclassInstance")
_SALT: Final = "privyseal.web.carried."


def written(note: "DataclassInstance") -> str:
    """Return a note, a dataclass of plain values, as text that is signed as one of its module's."""
    return signing.dumps(asdict(note), salt=_SALT + type(note).__module__, compress=True)


def read(kind: type[Note], text: str) -> Note:
    """Return the note of this kind, if it is of ours and not older than the page keeps anything, or refuse."""
    try:
        return kind(**signing.loads(text, salt=_SALT + kind.__module__, max_age=2 * LIFE))
    except (signing.BadSignature, TypeError) as error:
        raise ApprovalCodeUnknown from error
