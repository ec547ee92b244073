"""What stands in a document that somebody should look at before it is sealed, page by page."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

MOST_NOTES: Final = 200
LONGEST_WORDS: Final = 60
LONGEST_TITLE: Final = 20


class Seen(StrEnum):
    EMPTY_PAGE = "empty-page"
    UNFILLED = "unfilled"
    DAY = "day"
    SIGNATORY = "signatory"


@dataclass(frozen=True, slots=True)
class Note:
    """One thing on one page; ``words`` are those that stand there, a day as in 2026-01-31."""

    seen: Seen
    page: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Hint:
    """A place where the document itself asks for a seal, by its middle in micrometres, and with which words."""

    page: int
    x: int
    y: int
    words: str


@dataclass(frozen=True, slots=True)
class Look:
    """The notes on the first ``pages`` pages, and whether any of them bears words at all.

    ``title`` is how the first page begins, without spaces, in small letters.
    ``heading`` is the line that names the document, ``amount`` its total in yuan, ``originals`` in how many it is made.
    ``names_owner`` is whether the name that was asked for stands in them, ``names_company`` whether any company's does.
    """

    pages: int
    has_words: bool = False
    names_owner: bool = False
    names_company: bool = False
    notes: tuple[Note, ...] = ()
    title: str = ""
    heading: str = ""
    amount: str = ""
    originals: int = 0
    hints: tuple[Hint, ...] = ()

    def to_json(self) -> dict[str, Any]:
        notes = [[note.seen.value, note.page, note.words] for note in self.notes]
        proposed = {"heading": self.heading, "amount": self.amount, "originals": self.originals}
        hints = [[hint.page, hint.x, hint.y, hint.words] for hint in self.hints]
        return {
            **{name: value for name, value in proposed.items() if value},
            **({"hints": hints} if hints else {}),
            "pages": self.pages,
            "has_words": self.has_words,
            "names_owner": self.names_owner,
            "names_company": self.names_company,
            "notes": notes,
            "title": self.title,
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Look":
        notes = tuple(Note(Seen(seen), page, words) for seen, page, words in said["notes"])
        return cls(
            said["pages"],
            said["has_words"],
            said["names_owner"],
            said["names_company"],
            notes,
            said.get("title", ""),
            said.get("heading", ""),
            said.get("amount", ""),
            said.get("originals", 0),
            tuple(Hint(*hint) for hint in said.get("hints", ())),
        )
