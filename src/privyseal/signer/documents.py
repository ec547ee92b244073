"""What a statement says of one document: where the seal stands, what else is drawn, who may seal it after us."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json
from privyseal.pdf.placement import Placement, Size
from privyseal.pdf.spots import Awaited, Spot, impressions
from privyseal.signer import places
from privyseal.signer.bound import Bound, Secret, bound_from_json

MAX_PLACEMENTS: Final = 50
MAX_CODES: Final = 5
MAX_WRITINGS: Final = 50  # on each page of a copy that is checked against its original
WRITING_HEIGHT: Final = 5_000
"""How high a line of words is, in micrometres: that of a date written by hand."""

MAX_AWAITED: Final = 10


class Following(StrEnum):
    """Who signs after us: nobody at all, the parties that are awaited, or others with their own tools."""

    NOBODY = "nobody"
    PARTIES = "parties"
    OTHERS = "others"


_FOLLOWING: Final = re.compile("|".join(Following))
_FIELD: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MAX_TEXT: Final = 200
_LONGEST_WRITING: Final = 60
_CODE_OF_USE: Final = re.compile(r"https?://[^/]+/r/([0-9a-f]{32})/")
_MAX_SIDE: Final = 100_000
_NEEDED: Final = frozenset({"sha256", "following", "placements"})
_OPTIONAL: Final = frozenset({"codes", "writings", "awaited", "field", "after", "under", "bound"})
_DRAWN: Final = frozenset({"codes", "writings", "awaited", "field"})


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code of this text, ``side`` micrometres long, with its middle here.

    One that is signed is drawn with more than this address: what the signer says of the use, and its signature.
    """

    text: str
    at: Placement
    side: int
    is_signed: bool = False

    @property
    def use(self) -> str:
        """Return what the use is known by whose record the address leads to; nothing for any other address."""
        found = _CODE_OF_USE.fullmatch(self.text)
        return found[1] if found else ""

    def to_json(self) -> Mapping[str, Json]:
        signed: Mapping[str, Json] = {"signed": True} if self.is_signed else {}
        return {"text": self.text, **places.to_json(self.at), "side": self.side, **signed}

    @classmethod
    def parse(cls, value: Json) -> "Code":
        """Return the code, or raise Misshapen."""
        signed = {"signed"} if isinstance(value, dict) and "signed" in value else set()
        entry = dict(shapes.fields(value, frozenset({"text", "page", "x", "y", "side"} | signed)))
        text, side = entry.pop("text"), entry.pop("side")
        code = cls(
            is_signed=entry.pop("signed", False) is True,
            text=shapes.text(text, most=_MAX_TEXT),
            at=places.placement(entry),
            side=shapes.integer(side, least=1, most=_MAX_SIDE),
        )
        if code.is_signed != bool(signed) or (code.is_signed and not code.use):
            raise shapes.Misshapen
        return code


@dataclass(frozen=True, slots=True)
class Writing:
    """A line of words, such as the date, with its middle here."""

    text: str
    at: Placement

    def to_json(self) -> Mapping[str, Json]:
        return {"text": self.text, **places.to_json(self.at)}

    @classmethod
    def parse(cls, value: Json) -> "Writing":
        """Return the line, or raise Misshapen."""
        entry = dict(shapes.fields(value, frozenset({"text", "page", "x", "y"})))
        return cls(text=shapes.text(entry.pop("text"), most=_LONGEST_WRITING), at=places.placement(entry))


@dataclass(frozen=True, slots=True)
class Document:
    """A file by its digest, where the seal goes, and who signs after us: nobody, others, or the parties awaited.

    ``field`` is the place that was left for this seal; elsewhere the seal makes a field of its own. ``after`` is the
    seal that goes on the same document before this one, in one act: then this one stands on what that one made.
    ``under`` is the application under which that one does, where it is another company's. ``bound`` is what there is
    instead of a file to seal; then the digest is of what approvers are shown of it.
    """

    sha256: str
    following: str
    placements: tuple[Spot, ...]
    codes: tuple[Code, ...] = ()
    writings: tuple[Writing, ...] = ()
    awaited: tuple[Awaited, ...] = ()
    field: str = ""
    after: str = ""
    under: str = ""
    bound: Bound | None = None

    @property
    def impressions(self) -> int:
        """Return how often the seal is put down on this document."""
        if isinstance(self.bound, Secret):
            return self.bound.impressions
        return sum(impressions(spot) for spot in self.placements)

    def to_json(self) -> Mapping[str, Json]:
        """Return the statement's words; what there is nothing of is not said."""
        said: dict[str, Json] = {
            "sha256": self.sha256,
            "following": self.following,
            "placements": [places.to_json(spot) for spot in self.placements],
        }
        if self.codes:
            said["codes"] = [code.to_json() for code in self.codes]
        if self.writings:
            said["writings"] = [writing.to_json() for writing in self.writings]
        if self.awaited:
            said["awaited"] = [awaited_to_json(one) for one in self.awaited]
        if self.field:
            said["field"] = self.field
        if self.after:
            said["after"] = self.after
        if self.under:
            said["under"] = self.under
        if self.bound:
            said["bound"] = self.bound.to_json()
        return said

    @classmethod
    def parse(cls, value: Json) -> "Document":
        """Return the document, or raise Misshapen; whoever names parties says what each is to seal."""
        names = value.keys() & _OPTIONAL if isinstance(value, dict) else frozenset()
        entry = shapes.fields(value, _NEEDED | names)
        codes = shapes.items(entry["codes"], least=1, most=MAX_CODES) if "codes" in names else []
        writings = shapes.items(entry["writings"], least=1, most=MAX_WRITINGS) if "writings" in names else []
        awaited = shapes.items(entry["awaited"], least=1, most=MAX_AWAITED) if "awaited" in names else []
        following = shapes.word(entry["following"], _FOLLOWING)
        bound = bound_from_json(entry["bound"]) if "bound" in names else None
        if bool(awaited) != (following == Following.PARTIES) or (bound and names & _DRAWN):
            raise shapes.Misshapen
        return cls(
            sha256=shapes.digest(entry["sha256"]),
            following=following,
            placements=_placed(entry["placements"], bound),
            codes=tuple(Code.parse(item) for item in codes),
            writings=tuple(Writing.parse(item) for item in writings),
            awaited=tuple(awaited_from_json(item) for item in awaited),
            field=shapes.word(entry["field"], _FIELD) if "field" in names else "",
            after=shapes.uid(entry["after"]) if "after" in names else "",
            under=shapes.uid(entry["under"]) if "under" in names else "",
            bound=bound,
        )


def _placed(value: Json, bound: Bound | None) -> tuple[Spot, ...]:
    """Return where a seal stands, or raise Misshapen: in an envelope nowhere that anybody is shown, but so often."""
    if not isinstance(bound, Secret):
        return spots(value)
    if value != [] or not bound.impressions:
        raise shapes.Misshapen
    return ()


def spots(value: Json) -> tuple[Spot, ...]:
    """Return where a seal stands, one spot at least, or raise Misshapen."""
    return tuple(places.parse(item) for item in shapes.items(value, least=1, most=MAX_PLACEMENTS))


def awaited_to_json(awaited: Awaited) -> Mapping[str, Json]:
    return {
        "field": awaited.field,
        "placements": [places.to_json(spot) for spot in awaited.spots],
        "width": awaited.size.width,
        "height": awaited.size.height,
    }


def awaited_from_json(value: Json) -> Awaited:
    """Return what a later party is to seal, or raise Misshapen."""
    entry = shapes.fields(value, frozenset({"field", "placements", "width", "height"}))
    return Awaited(
        field=shapes.word(entry["field"], _FIELD),
        spots=spots(entry["placements"]),
        size=Size(
            shapes.integer(entry["width"], least=1, most=_MAX_SIDE),
            shapes.integer(entry["height"], least=1, most=_MAX_SIDE),
        ),
    )
