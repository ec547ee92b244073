"""What an applicant may ask for, line by line."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.utils.timezone import localdate

from privyseal.approvals.models import Line
from privyseal.approvals.rules import Manner
from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.names import plain_name
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.pdf.accepted import NotSealable, PlaceNotBlank
from privyseal.pdf.face import Face
from privyseal.pdf.figures import line_size
from privyseal.pdf.placement import PageSize, Size
from privyseal.pdf.spots import Awaited, Spot, Stamp, impressions, stamps
from privyseal.sealing import queries as sealing
from privyseal.sealing.models import Document
from privyseal.seals import queries as seals
from privyseal.seals.models import Seal
from privyseal.seals.naming import check_bears_its_name
from privyseal.seals.places import place_of
from privyseal.seals.rules import STAMPS_NOTHING, SealKind, SealState, SealType, StampsNothing, check_in_force
from privyseal.seals.rules.bindings import binds, check_binding
from privyseal.seals.sizes import size_of
from privyseal.signer import places
from privyseal.signer.alike import MAX_ALIKE
from privyseal.signer.bound import MOST_A_COPY, Binding, Secret, binding_of, bound_in
from privyseal.signer.documents import (
    MAX_PLACEMENTS,
    MAX_WRITINGS,
    WRITING_HEIGHT,
    Code,
    Following,
    Writing,
    awaited_to_json,
)
from privyseal.signer.statement import Purpose

MOST_LINES: Final = 50
MOST_COPIES: Final = 999
LONGEST_COVER: Final = timedelta(days=90)
USUAL_HAND_IN_DAYS: Final = 7
MOST_HAND_IN_DAYS: Final = 30


class NoLines(Refused):
    code = "no-lines"


class TooManyLines(Refused):
    code = "too-many-lines"


class DocumentsNotAlike(Refused):
    """More documents than a statement names one by one are sealed alike, with one seal that has a key."""

    code = "documents-not-alike"


class DocumentTwice(Refused):
    """One document stands in two lines of one seal: a seal goes to all its places of a document at once."""

    code = "document-twice"


class SealsNotTogether(Refused):
    """A seal of one act would find no place where the one before it forbids every change."""

    code = "seals-not-together"


class CountNotPossible(Refused):
    """An electronic file is sealed once: its copies are copies of the sealed file. Paper has up to 999."""

    code = "count-not-possible"


class TooManyWords(Refused):
    """A line of words would stand on more pages than a statement names."""

    code = "too-many-words"


class TooManyPlaces(Refused):
    """A seal goes to more places of one document than a statement names; many pages alike are one."""

    code = "too-many-places"


class SealOfAnotherCompany(Refused):
    code = "seal-of-another-company"


class NothingDrawnByHand(Refused):
    """Codes, words and places for later parties are drawn into a file; a hand puts the seal on paper and no more."""

    code = "nothing-drawn-by-hand"


class WitnessesMissing(Refused):
    """Not as many witnesses are named as the act takes."""

    code = "witnesses-missing"


class TermsIncomplete(Refused):
    """Something that the purpose needs besides its reason is missing or not possible."""

    code = "terms-incomplete"


@dataclass(frozen=True, slots=True)
class LineWish:
    """One document to be sealed: exactly where, who signs after us, and what else is drawn or laid out.

    ``code`` is the secret under which the use is found by whoever scans one of ``codes``; ``field`` is the place that
    an earlier party left for this seal. ``impressions`` is how often a seal goes on a copy that nobody is shown.
    """

    seal_uid: str
    document_sha256: str
    following: str
    placements: tuple[Spot, ...]
    manner: Manner = Manner.SIGNATURE_PLACE
    codes: tuple[Code, ...] = ()
    writings: tuple[Writing, ...] = ()
    code: str = ""
    awaited: tuple[Awaited, ...] = ()
    field: str = ""
    copies: int = 1
    impressions: int = 0


def check_lines(actor: Person, at: datetime, companies: Collection[Company], wishes: Sequence[LineWish]) -> list[Line]:
    """Return unsaved lines for what may be applied for, or refuse."""
    if not wishes:
        raise NoLines
    if len(wishes) > MAX_ALIKE:
        raise TooManyLines(lines=len(wishes), most=MAX_ALIKE)
    if len({(wish.document_sha256, wish.seal_uid) for wish in wishes}) < len(wishes):
        raise DocumentTwice
    _check_together(wishes)
    if len(wishes) > MOST_LINES and not _are_alike(wishes):
        raise DocumentsNotAlike(lines=len(wishes), most=MOST_LINES)
    usable = {uid: _seal(actor, at, companies, uid) for uid in dict.fromkeys(wish.seal_uid for wish in wishes)}
    documents = sealing.documents_visible_to(actor, at, [wish.document_sha256 for wish in wishes])
    lines = [_line(usable[wish.seal_uid], documents[wish.document_sha256], wish) for wish in wishes]
    if len(lines) > MOST_LINES and is_by_hand(lines):
        raise DocumentsNotAlike(lines=len(lines), most=MOST_LINES)
    if len({line.seal.kind for line in lines}) > 1:
        raise SealsNotTogether(lines=len(lines))
    return lines


def is_by_hand(lines: Sequence[Line]) -> bool:
    """Return whether what is applied for is stamped on paper by hand: all lines are of one kind of seal."""
    return any(line.seal.kind == SealKind.PHYSICAL.value for line in lines)


def _check_together(wishes: Sequence[LineWish]) -> None:
    """Return if each seal of one act finds the place that the first one laid out for it, or an open document."""
    first: dict[str, LineWish] = {}
    for wish in wishes:
        opening = first.setdefault(wish.document_sha256, wish)
        is_open = opening.following == Following.OTHERS
        laid = {one.field: one.spots for one in opening.awaited}
        finds_its_place = laid.get(wish.field) == wish.placements if laid else is_open
        adds_more = bool(wish.codes or wish.writings or wish.awaited)
        if wish is not opening and (adds_more or not finds_its_place):
            raise SealsNotTogether(document=wish.document_sha256)


def _are_alike(wishes: Sequence[LineWish]) -> bool:
    """Tell whether nothing but the document differs, and nothing but one seal is put on each."""
    first = wishes[0]
    plain = LineWish(first.seal_uid, first.document_sha256, first.following, first.placements, first.manner)
    return all(replace(wish, document_sha256=first.document_sha256) == plain for wish in wishes)


def _seal(actor: Person, at: datetime, companies: Collection[Company], uid: str) -> Seal:
    """Return a seal that may be asked for, or refuse."""
    seal = seals.seal_visible_to(actor, at, uid)
    if seal.company not in companies:
        raise SealOfAnotherCompany(seal=seal.uid)
    identity.require(actor, at, Power.USE, place_of(seal))
    check_in_force(SealState(seal.state), since=seal.starts_on, until=seal.ends_on, on=localdate(at))
    check_bears_its_name(seal, at)
    return seal


def _line(seal: Seal, document: Document, wish: LineWish) -> Line:
    bound = bound_in(document.bound)
    _check_kind(seal, wish, binding_of(bound))
    check_places(document, wish, size_of(seal))
    if isinstance(bound, Secret):
        bound = replace(bound, impressions=wish.impressions)
    return Line(
        seal=seal,
        binding=binding_of(bound).value,
        bound=bound and bound.to_json(),
        document_sha256=document.sha256,
        document_name=document.name,
        manner=wish.manner.value,
        copies=wish.copies,
        impressions=wish.impressions or sum(impressions(spot) for spot in wish.placements),
        following=wish.following,
        placements=[places.to_json(spot) for spot in wish.placements],
        codes=[code.to_json() for code in wish.codes],
        writings=[writing.to_json() for writing in wish.writings],
        code=wish.code,
        awaited=[awaited_to_json(one) for one in wish.awaited],
        field=wish.field,
    )


def _check_kind(seal: Seal, wish: LineWish, binding: Binding) -> None:
    """Return if this kind of seal can do what is wished, or refuse."""
    by_hand = seal.kind == SealKind.PHYSICAL.value
    check_binding(binding, SealKind(seal.kind), is_true_copy=wish.manner is Manner.TRUE_COPY)
    is_placed = binds(binding).is_placed
    is_counted = not wish.impressions if is_placed else 1 <= wish.impressions <= MOST_A_COPY
    if bool(wish.placements) != is_placed or not is_counted:
        raise CountNotPossible(copies=wish.copies, placements=len(wish.placements))
    if not 1 <= wish.copies <= (MOST_COPIES if by_hand else 1):
        raise CountNotPossible(copies=wish.copies, placements=len(wish.placements))
    if by_hand and SealType(seal.type) in STAMPS_NOTHING:
        raise StampsNothing(seal_type=seal.type)
    if by_hand and (wish.codes or wish.writings or wish.awaited or wish.field):
        raise NothingDrawnByHand(seal=seal.uid)


def check_places(document: Document, wish: LineWish, face: Size) -> None:
    """Return if everything fits where it is wished, or refuse.

    (1) not more places than a statement names; (2) a file that somebody has signed takes our seal and nothing else;
    (3) every stamp stands wholly on its page, (4) every code too, and no stamp on it;
    (5) every line of words, which can be drawn.
    """
    if len(wish.placements) > MAX_PLACEMENTS:  # (1)
        raise TooManyPlaces(places=len(wish.placements), most=MAX_PLACEMENTS)
    if len(wish.writings) > MAX_WRITINGS:
        raise TooManyWords(places=len(wish.writings), most=MAX_WRITINGS)
    if document.is_signed and (wish.codes or wish.writings or wish.following == Following.PARTIES):  # (2)
        raise NotSealable(reason="signed")
    pages = {number: PageSize(**page) for number, page in enumerate(document.pages, start=1)}
    stamped = [stamp for spot in wish.placements for stamp in stamps(spot, face, pages)]  # (3)
    for one in wish.awaited:
        stamped += [stamp for spot in one.spots for stamp in stamps(spot, one.size, pages)]
    for code in wish.codes:  # (4)
        side = Size(code.side, code.side)
        (stamp,) = stamps(code.at, side, pages)
        if any(_is_over(other, face.height, stamp, code.side) for other in stamped):
            raise PlaceNotBlank(page=stamp.page)
    for writing in wish.writings:  # (5)
        stamps(writing.at, line_size(writing.text, height=WRITING_HEIGHT), pages)


def _is_over(one: Stamp, height: int, other: Stamp, side: int) -> bool:
    across = one.left < other.left + side and other.left < one.left + one.width
    up = one.bottom < other.bottom + side and other.bottom < one.bottom + height
    return one.page == other.page and across and up


def check_terms(purpose: Purpose, wished: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    """Return exactly the terms that the purpose takes, in the form in which they are kept, or refuse."""
    known = _TERMS.get(purpose)
    return {} if known is None else known(wished, at)


def _terms_of_making(wished: Mapping[str, Any], _at: datetime) -> dict[str, Any]:
    maker, licence = str(wished.get("maker", "")).strip(), str(wished.get("maker_licence", "")).strip()
    if not maker or not licence:
        raise TermsIncomplete(missing="maker" if not maker else "maker_licence")
    return {"maker": maker[:100], "maker_licence": licence[:64]}


def _terms_of_change(wished: Mapping[str, Any], _at: datetime) -> dict[str, Any]:
    if "maker" in wished:
        name = plain_name(str(wished.get("name", "")))
        return {"name": name, **_terms_of_making(wished, _at), **_terms_of_retiring(wished, _at)}
    if not wished.get("face"):
        raise TermsIncomplete(missing="face")
    return {"name": plain_name(str(wished.get("name", ""))), "face": Face.from_json(wished["face"]).to_json()}


def _terms_of_assigning(wished: Mapping[str, Any], _at: datetime) -> dict[str, Any]:
    return {"unit": str(wished.get("unit", ""))}


def _terms_of_extension(wished: Mapping[str, Any], _at: datetime) -> dict[str, Any]:
    day = wished.get("ends_on")
    if day is not None and (not isinstance(day, date) or isinstance(day, datetime)):
        raise TermsIncomplete(missing="ends_on")
    return {} if day is None else {"ends_on": day.isoformat()}


def _terms_of_cover(wished: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    due_at = wished.get("due_at")
    if not isinstance(due_at, datetime) or not at < due_at <= at + LONGEST_COVER:
        raise TermsIncomplete(missing="due_at")
    return {"due_at": due_at.isoformat()}


def _terms_of_retiring(wished: Mapping[str, Any], _at: datetime) -> dict[str, Any]:
    days = wished.get("hand_in_days", USUAL_HAND_IN_DAYS)
    if not isinstance(days, int) or not 1 <= days <= MOST_HAND_IN_DAYS:
        raise TermsIncomplete(missing="hand_in_days")
    return {"hand_in_days": days}


_TERMS: Final[Mapping[Purpose, Callable[[Mapping[str, Any], datetime], dict[str, Any]]]] = {
    Purpose.MAKE: _terms_of_making,
    Purpose.CHANGE: _terms_of_change,
    Purpose.ASSIGN: _terms_of_assigning,
    Purpose.EXTEND: _terms_of_extension,
    Purpose.COVER: _terms_of_cover,
    Purpose.RETIRE: _terms_of_retiring,
}
