"""What a photograph of a page shows beside the document that was approved. Needs no picture library."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Sight(StrEnum):
    """What is said of a photograph; ``SAME``, ``DIFFERS`` and ``FOUND`` name a page.

    ``FOUND`` says nothing of its words: what was approved is a photograph too.
    """

    SAME = "same"
    DIFFERS = "differs"
    FOUND = "found"
    NOT_THERE = "not-there"
    UNREADABLE = "unreadable"


class Mark(StrEnum):
    """``PRINT`` is print that is missing or other than approved; ``ADDED`` is ink where the document has none."""

    PRINT = "print"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Box:
    """Where on the approved page, in thousandths of its width and height from its upper left corner."""

    mark: Mark
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A photograph beside a document; ``similarity`` is how many hundredths of the print in view are as approved.

    ``in_view`` is how many hundredths of the page's print the photograph shows.
    """

    sight: Sight
    page: int | None = None
    similarity: int | None = None
    in_view: int | None = None
    boxes: tuple[Box, ...] = ()

    def to_json(self) -> dict[str, Any]:
        boxes = [[box.mark.value, box.left, box.top, box.width, box.height] for box in self.boxes]
        return {
            "sight": self.sight.value,
            "page": self.page,
            "similarity": self.similarity,
            "in_view": self.in_view,
            "boxes": boxes,
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Seen":
        boxes = tuple(Box(Mark(mark), *numbers) for mark, *numbers in said["boxes"])
        return cls(Sight(said["sight"]), said["page"], said["similarity"], said["in_view"], boxes)


@dataclass(frozen=True, slots=True)
class Print:
    """What is kept of a page or taken of a photograph: its points, packed, and the words it is looked up by."""

    points: bytes
    words: tuple[int, ...]
