"""A rubber seal, its keeper, whoever watches, and a permit by which it is out, for the tests that stamp with it."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from uuid import uuid4

from PIL import Image

from privyseal.approvals.papers import Papers
from privyseal.approvals.wishes import LineWish
from privyseal.custody import actions
from privyseal.custody.actions import Taken
from privyseal.custody.rules import Hand
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.pdf.placement import Placement
from privyseal.seals.models import Permit, Seal
from tests.actions.keepers import rubber
from tests.conftest import apply, holding, new_person, permit_of, say_yes
from tests.kept import kept


@kept
def gu(company: Company, long_ago: datetime) -> Person:
    """Keeps seals."""
    return holding(new_person("gu", "顾守"), Power.CUSTODY, company, long_ago)


@kept
def jian(company: Company, long_ago: datetime) -> Person:
    """Watches; keeps other seals."""
    return holding(new_person("jian", "简督"), Power.CUSTODY, company, long_ago)


@kept
def stamp(company: Company, zhao: Person, gu: Person, noon: datetime) -> Seal:
    """The company's official seal of rubber, in force, kept by gu."""
    seal = rubber(zhao, noon, company, gu)
    Seal.objects.filter(pk=seal.pk).update(state="active")
    return Seal.objects.get(pk=seal.pk)


def stamped_page(words: int = 0) -> bytes:
    """Return a photograph of a page, another one for each number up to six."""
    written = BytesIO()
    Image.new("RGB", (40, 56), (200, 200, 40 * words)).save(written, "JPEG")
    return written.getvalue()


def line(seal: Seal, document: str, *, copies: int = 3) -> LineWish:
    """Two places on the first page of each copy."""
    places = (Placement(1, 150_000, 60_000), Placement(1, 60_000, 60_000))
    return LineWish(seal.uid, document, "others", places, copies=copies)


def watched(person: Person) -> Papers:
    return Papers(supervisor_pseudonym=person.pseudonym)


@kept
def permit(stamp: Seal, contract: str, wang: Person, jian: Person, li: Person, noon: datetime) -> Permit:
    """Six impressions of wang's: three copies, two places each."""
    return permitted(stamp, contract, wang, jian, li, noon)


def permitted(
    seal: Seal, document: str, wang: Person, jian: Person, li: Person, at: datetime, *, wish: LineWish | None = None
) -> Permit:
    """Have li allow wang to stamp a document, watched by jian."""
    uid = apply(wang, at, seal, document, lines=(wish or line(seal, document),), papers=watched(jian))
    say_yes(li, at, uid)
    return permit_of(uid)


@dataclass(frozen=True, slots=True)
class Out:
    """A seal that is out: confirmed by keeper and supervisor."""

    uid: str
    permit: Permit
    line: int

    @property
    def used(self) -> int:
        return Permit.objects.get(pk=self.permit.pk).used


@kept
def out(permit: Permit, wang: Person, gu: Person, jian: Person, noon: datetime) -> Out:
    uid = actions.begin_use(wang, noon, permit_uid=permit.uid)
    actions.confirm_use(gu, noon, use_uid=uid, hand=Hand.KEEPER)
    actions.confirm_use(jian, noon, use_uid=uid, hand=Hand.SUPERVISOR)
    return Out(uid, permit, permit.lines.get().pk)


def turn(out: Out, operator: Person, supervisor: Person, at: datetime, *, impressions: int) -> str:
    """Take, make and settle so many impressions."""
    uid = actions.reserve(operator, at, use_uid=out.uid, line_id=out.line, impressions=impressions)
    actions.fire(operator, at, turn_uid=uid, made=impressions)
    return actions.commit(supervisor, at, turn_uid=uid, counted=impressions)


def photographed(person: Person, at: datetime, turn_uid: str, *, impressions: int = 1, page: int = 0) -> str:
    """Bring a photograph that shows so many impressions of a turn."""
    taken = Taken(data=stamped_page(page), impressions=impressions)
    return actions.photograph(person, at, command_id=uuid4(), turn_uid=turn_uid, taken=taken)
