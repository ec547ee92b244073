"""Faces as they are usual in China, by what a seal is for. No law fixes a company's sizes; police rules and habit do.

State Council notice 1999 no. 25 fixes the seals of organs, tax administration notice 2011 no. 7 those on invoices.
"""

from dataclasses import dataclass, replace
from typing import Final

from privyseal.pdf.placement import Size
from privyseal.pdf.template import Centre, Face, ShapeOfFace, Writing

RED: Final = "#C8102E"
COLOURS: Final = {"red": RED, "blue": "#1F4E9E", "black": "#1A1A1A", "purple": "#6B2C91"}


@dataclass(frozen=True, slots=True)
class Format:
    """A shape and a size that makers offer, in micrometres, and how thick its border is."""

    shape: ShapeOfFace
    width: int
    height: int
    border: int

    @property
    def size(self) -> Size:
        return Size(self.width, self.height)

    @property
    def name(self) -> str:
        return f"{self.shape}-{self.width // 1000}x{self.height // 1000}"


FORMATS: Final = (
    Format(ShapeOfFace.ROUND, 36_000, 36_000, 1_000),  # small firms, by some local rules
    Format(ShapeOfFace.ROUND, 38_000, 38_000, 1_000),  # private firms, departments, special seals of a 40 mm company
    Format(ShapeOfFace.ROUND, 40_000, 40_000, 1_000),  # 有限责任公司; special seals of a 42 mm company
    Format(ShapeOfFace.ROUND, 42_000, 42_000, 1_200),  # 股份有限公司, companies owned by the state, unions
    Format(ShapeOfFace.ROUND, 45_000, 45_000, 1_200),  # prefectures and counties
    Format(ShapeOfFace.ROUND, 50_000, 50_000, 1_200),  # provinces and ministries
    Format(ShapeOfFace.ROUND, 58_000, 58_000, 1_500),  # contract seals of the old form, with bank and account
    Format(ShapeOfFace.ROUND, 60_000, 60_000, 1_500),  # the State Council
    Format(ShapeOfFace.OVAL, 40_000, 30_000, 1_000),  # invoice seals, tax notice 2011 no. 7
    Format(ShapeOfFace.OVAL, 45_000, 30_000, 1_000),  # companies with foreign investment
    Format(ShapeOfFace.OVAL, 30_000, 20_000, 800),  # the mark of supervised invoices
    Format(ShapeOfFace.RECTANGLE, 18_000, 18_000, 1_000),  # seals of names
    Format(ShapeOfFace.RECTANGLE, 20_000, 20_000, 1_000),  # seals of names
    Format(ShapeOfFace.RECTANGLE, 22_000, 22_000, 1_000),  # seals of names, finance seals of some places
    Format(ShapeOfFace.RECTANGLE, 25_000, 25_000, 1_000),  # finance seals of some places
    Format(ShapeOfFace.RECTANGLE, 40_000, 18_000, 600),  # business stamps
    Format(ShapeOfFace.RECTANGLE, 50_000, 20_000, 600),  # business stamps
)
BY_NAME: Final = {offered.name: offered for offered in FORMATS}


@dataclass(frozen=True, slots=True)
class Usual:
    """What a seal of one kind usually looks like."""

    kind: str
    format: str
    centre: Centre
    bottom: str
    writing: Writing = Writing.ROWS


USUAL: Final = (
    Usual("official", "round-42x42", Centre.STAR, ""),
    Usual("contract", "round-40x40", Centre.STAR, "合同专用章"),
    Usual("finance", "round-38x38", Centre.STAR, "财务专用章"),
    Usual("invoice", "oval-40x30", Centre.NONE, "发票专用章"),
    Usual("hr", "round-38x38", Centre.STAR, "人事专用章"),
    Usual("legal-representative", "rectangle-20x20", Centre.NONE, "", Writing.COLUMNS),
    Usual("department", "round-38x38", Centre.STAR, ""),
    Usual("project", "round-38x38", Centre.STAR, "项目专用章"),
    Usual("drawing", "rectangle-50x20", Centre.NONE, ""),
    Usual("customs", "oval-45x30", Centre.NONE, "报关专用章"),
    Usual("party", "round-42x42", Centre.NONE, ""),
    Usual("union", "round-42x42", Centre.STAR, ""),
    Usual("personal", "rectangle-18x18", Centre.NONE, "", Writing.COLUMNS),
    Usual("other", "round-38x38", Centre.STAR, ""),
)


def blank(offered: Format) -> Face:
    """Return the plainest face of a format, to be written on with ``replace``."""
    match offered.shape:
        case ShapeOfFace.ROUND:
            return Face(ring="印", diameter=offered.width, border=offered.border)
        case ShapeOfFace.OVAL:
            face = Face(shape="oval", ring="印", width=offered.width, height=offered.height, border=offered.border)
            return replace(face, centre="none")
        case _:
            face = Face(shape="rectangle", lines=("印",), width=offered.width, height=offered.height)
            return replace(face, border=offered.border)


def name_in_columns(name: str) -> tuple[str, ...]:
    """Return the columns of a seal of a name: two or three characters, 印 or 之印, four in all, from the right."""
    words = f"{name}之印" if len(name) == 2 else f"{name}印" if len(name) == 3 else name  # noqa: PLR2004  as said
    half = (len(words) + 1) // 2
    return (words[:half], words[half:]) if len(words) > 1 else (words,)
