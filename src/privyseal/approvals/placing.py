"""From what applicants say of a place, such as "over the date", to the exact places that are applied for."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO, Final
from uuid import UUID

from django.conf import settings

from privyseal.approvals import parties
from privyseal.approvals.rules import Manner
from privyseal.approvals.wishes import LineWish, check_places
from privyseal.identity.models import Person
from privyseal.kernel.canonical import canonical, sha256
from privyseal.pdf import asking, confined
from privyseal.pdf.asking import Across, At, AtWords, Found, OverDate, Wish
from privyseal.pdf.confined import Task
from privyseal.pdf.placement import PageSize, Placement, Size
from privyseal.pdf.spots import Awaited, Spot, whole
from privyseal.sealing import queries as sealing
from privyseal.sealing.models import Document
from privyseal.seals import queries as seals
from privyseal.seals.models import Seal
from privyseal.seals.rules import SealKind
from privyseal.seals.rules.bindings import binds
from privyseal.seals.sizes import size_of
from privyseal.signer.bound import binding_of, bound_in
from privyseal.signer.documents import Code, Following, Writing

CODE_SIDE: Final = 22_000
SIGNED_CODE_SIDE: Final = 25_000
CODE_PATH: Final = "/r/"


@dataclass(frozen=True, slots=True)
class PartyAsked:
    """A seal of this installation that seals after us, by what stands on its paper, and where."""

    uscc: str
    number: str
    wishes: Sequence[Wish]


@dataclass(frozen=True, slots=True)
class SealAsked:
    """One more seal of the company on the same document, in the same act; no wish: where a place was left for it."""

    seal_uid: str
    wishes: Sequence[Wish]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One document and what somebody wants on it; no wish at all means where an earlier party left a place.

    ``impressions`` is how often a seal goes on each copy of what nobody is shown.
    """

    seal_uid: str
    document_sha256: str
    following: str
    wishes: Sequence[Wish]
    copies: int = 1
    impressions: int = 0
    code_at: At | None = None
    code: str = ""
    is_code_signed: bool = False
    writing_at: At | None = None
    writing: str = ""
    parties: Sequence[PartyAsked] = ()
    together: Sequence[SealAsked] = ()


def placed(actor: Person, at: datetime, asked: Asked) -> tuple[LineWish, ...]:
    """Return the lines to apply for, one a seal, with every place in numbers, or refuse.

    Reads the document in a confined process. (1) the words and dates are looked for in exactly this document; (2) where
    the first seal forbids changes, it lays out the places of the seals that go on with it and of later parties;
    (3) everything fits, and (4) nothing is written where a code is to stand.
    """
    document = sealing.document_visible_to(actor, at, asked.document_sha256)
    reader = _Reader(document)
    own = [SealAsked(asked.seal_uid, asked.wishes), *asked.together]
    wanted = [seals.seal_visible_to(actor, at, one.seal_uid) for one in own]
    first, *others = [
        replace(reader.wish(seal, one.wishes), copies=asked.copies, impressions=asked.impressions)
        for seal, one in zip(wanted, own, strict=True)  # (1)
    ]
    first = replace(
        first,
        following=_following(asked, wanted),
        codes=reader.codes(asked),
        code=asked.code if asked.code_at else "",
        writings=reader.writings(asked.writing_at, asked.writing),
    )
    if first.following != Following.OTHERS and not document.is_signed:  # (2)
        others = [_in_its_place(number, wish) for number, wish in enumerate(others, start=1)]
        laid = [Awaited(wish.field, wish.placements, reader.size_of(wish.seal_uid)) for wish in others]
        later = [reader.awaited(number, party) for number, party in enumerate(asked.parties, start=1 + len(laid))]
        following = Following.PARTIES.value if laid else first.following
        first = replace(first, following=following, awaited=(*laid, *later))
    for wish in (first, *others):  # (3)
        check_places(document, wish, reader.size_of(wish.seal_uid))
    reader.check_blank(first.codes)  # (4)
    return (first, *others)


def _following(asked: Asked, wanted: Sequence[Seal]) -> str:
    """Return who signs after us: paper on which seals were put by hand stays open to others."""
    by_hand = any(seal.kind == SealKind.PHYSICAL.value for seal in wanted)
    return Following.OTHERS.value if by_hand else asked.following


def _in_its_place(number: int, wish: LineWish) -> LineWish:
    return replace(wish, field=parties.field_of(number, wish.seal_uid))


def code_for(actor: Person, command_id: UUID) -> str:
    """Return what an application's code is known by: the same each time it is sent, and nobody else's to choose."""
    return sha256(canonical({"code": 1, "by": actor.pseudonym, "command": str(command_id)}))[:32]


def address_of(code: str) -> str:
    """Return where whoever reads a printed code learns of the use."""
    return f"{settings.PUBLIC_URL}{CODE_PATH}{code}/"


class _Reader:
    """Answers for one document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._pages = [PageSize(**page) for page in document.pages]
        self._sizes: dict[str, Size] = {}

    def wish(self, seal: Seal, wishes: Sequence[Wish]) -> LineWish:
        """Return the line of one seal; without a wish, where an earlier party left a place for it."""
        size = self._sizes[seal.uid] = size_of(seal)
        is_shown = binds(binding_of(bound_in(self._document.bound))).is_placed
        left = None if wishes or not is_shown else parties.place_left_for(seal, self._document.sha256)
        return LineWish(
            seal_uid=seal.uid,
            document_sha256=self._document.sha256,
            following=Following.OTHERS.value,
            placements=left.spots if left else self.spots(wishes, size),
            manner=_manner(wishes),
            field=left.field if left else "",
        )

    def size_of(self, seal_uid: str) -> Size:
        return self._sizes[seal_uid]

    def spots(self, wishes: Sequence[Wish], face: Size) -> tuple[Spot, ...]:
        return tuple(spot for wish in wishes for spot in asking.resolved(wish, face, self._pages, self._find))

    def codes(self, asked: Asked) -> tuple[Code, ...]:
        if asked.code_at is None:
            return ()
        side = SIGNED_CODE_SIDE if asked.is_code_signed else CODE_SIDE
        at = self._on_one_page(asked.code_at)
        return (Code(address_of(asked.code), at, side, is_signed=asked.is_code_signed),)

    def writings(self, wanted: At | None, text: str) -> tuple[Writing, ...]:
        """Return the words once for each page that is named."""
        return (
            tuple(Writing(text, Placement(page, wanted.x, wanted.y)) for page in self._pages_of(wanted))
            if wanted
            else ()
        )

    def awaited(self, number: int, party: PartyAsked) -> Awaited:
        seal = parties.party(number, party.uscc, party.number)
        size = size_of(seal)
        return Awaited(parties.field_of(number, seal.uid), self.spots(party.wishes, size), size)

    def _on_one_page(self, wanted: At) -> Placement:
        return Placement(self._pages_of(wanted)[0], wanted.x, wanted.y)

    def _pages_of(self, wanted: At) -> list[int]:
        named = asking.ranges(wanted.pages, len(self._pages))
        return list(dict.fromkeys(page for part in named for page in part))

    def check_blank(self, codes: Sequence[Code]) -> None:
        for code in codes:
            page = self._pages[code.at.page - 1]
            stamp = whole(code.at, Size(code.side, code.side))
            with self._file() as file:
                confined.run(Task.BLANK, file, stamp=stamp, height=code.side, page=page)

    def _find(self, wish: AtWords | OverDate) -> tuple[Found, ...]:
        with self._file() as file:
            return confined.run(Task.FIND, file, wish=wish, pages=self._pages)

    def _file(self) -> AbstractContextManager[IO[bytes]]:
        lent: AbstractContextManager[IO[bytes]] = settings.BLOBS.lent(self._document.sha256)
        return lent


def _manner(wishes: Sequence[Wish]) -> Manner:
    match wishes[:1]:
        case [OverDate()]:
            return Manner.OVER_DATE
        case [Across()]:
            return Manner.ACROSS_PAGES
        case [At(pages=pages)] if not pages.isdecimal() and pages != "last":
            return Manner.EVERY_PAGE
    return Manner.SIGNATURE_PLACE
