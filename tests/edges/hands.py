"""Rubber seals that are being used by hand: one at each step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from privyseal.approvals.papers import Papers
from privyseal.approvals.wishes import LineWish
from privyseal.custody import actions
from privyseal.custody.actions import Taken
from privyseal.custody.models import TakeOut
from privyseal.custody.rules import Ending, Hand
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.pdf.placement import Placement
from privyseal.seals.models import Permit, PermitPart, Seal
from tests.actions.keepers import photo, rubber
from tests.by_hand import stamped_page
from tests.conftest import apply, holding, new_person, permit_of, say_yes


@dataclass(frozen=True, slots=True)
class Hands:
    """Permits by how far they are: approved, asked for, out, with a turn taken, with one made, and not put back.

    Of what was made one page is shown by ``photograph``, another by ``spoiled``. Of the permit
    ``blank`` two numbered blanks are out, and ``filled_in`` shows one.

    Of the uses ``owed`` and ``waiver`` photographs are owed, by somebody who does nothing else here.
    """

    ready: str
    asked: str
    out: str
    taken: str
    made: str
    ended: str
    line: int
    uses: Mapping[str, str]
    turns: Mapping[str, str]
    photograph: str
    spoiled: str
    blank: str
    filled_in: str
    owed: str
    waiver: str


def hands(people: Mapping[str, Person], at: datetime, company: Company, document: str) -> Hands:
    wang, gu, ma = (people[login] for login in ("wang", "gu", "ma"))
    steps = ("ready", "asked", "out", "taken", "made", "ended")
    permits = {name: _permit(people, at, company, document, name) for name in steps}
    uses = {name: actions.begin_use(wang, at, permit_uid=permits[name].uid) for name in steps[1:]}
    for name in steps[2:]:
        actions.confirm_use(gu, at, use_uid=uses[name], hand=Hand.KEEPER)
        actions.confirm_use(ma, at, use_uid=uses[name], hand=Hand.SUPERVISOR)
    turns = {
        name: actions.reserve(wang, at, use_uid=uses[name], line_id=permits[name].lines.get().pk, impressions=2)
        for name in ("taken", "made")
    }
    actions.fire(wang, at, turn_uid=turns["made"], made=2)
    photograph, spoiled = (
        actions.photograph(
            wang, at, command_id=uuid4(), turn_uid=turns["made"], taken=Taken(data=stamped_page(page), impressions=1)
        )
        for page in (0, 2)
    )
    actions.spoil(wang, at, photograph_uid=spoiled, impressions=1, reason="盖歪")
    actions.end_use(wang, at, use_uid=uses["ended"], ending=Ending.PAUSE)
    return Hands(
        **{name: permit.uid for name, permit in permits.items()},
        line=permits["out"].lines.get().pk,
        uses=uses,
        turns=turns,
        photograph=photograph,
        spoiled=spoiled,
        **_blanks(people, at, company, document),
        **_debts(people, at, company, document),
    )


@dataclass(frozen=True, slots=True)
class Trips:
    """Take-outs by how far they are: approved, and outside with its bearer."""

    booked: str
    out: str


def trips(people: Mapping[str, Person], at: datetime, company: Company, document: str) -> Trips:
    permits = [_permit(people, at, company, document, name, off_site="上海") for name in ("trip", "away")]
    booked, out = (TakeOut.objects.get(permit=permit) for permit in permits)
    face = photo(people["gu"], at, out.seal)
    actions.give_out(people["gu"], at, take_out_uid=out.uid, photo_sha256=face)
    actions.receive(people["wang"], at, take_out_uid=out.uid)
    return Trips(booked.uid, out.uid)


def _blanks(people: Mapping[str, Person], at: datetime, company: Company, document: str) -> dict[str, str]:
    """Have two numbered blanks out, one of which is photographed filled in."""
    wang, gu, ma = (people[login] for login in ("wang", "gu", "ma"))
    permit = _permit(people, at, company, document, "blank")
    terms = {"blanks": {"most": 2, "days": 10, "class": "delivery-note"}}
    Permit.objects.filter(pk=permit.pk).update(terms=terms)
    second = holding(new_person("xiang", "项审"), Power.APPROVE, company, at)
    PermitPart.objects.create(permit=permit, person=second, part=PermitPart.Part.APPROVER)
    uid = actions.begin_use(wang, at, permit_uid=permit.uid)
    actions.confirm_use(gu, at, use_uid=uid, hand=Hand.KEEPER)
    actions.confirm_use(ma, at, use_uid=uid, hand=Hand.SUPERVISOR)
    turn = actions.reserve(wang, at, use_uid=uid, line_id=permit.lines.get().pk, impressions=2)
    actions.fire(wang, at, turn_uid=turn, made=2)
    shown = Taken(data=stamped_page(3), impressions=2)
    filled_in = actions.photograph(wang, at, command_id=uuid4(), turn_uid=turn, taken=shown)
    actions.commit(ma, at, turn_uid=turn, counted=2)
    return {"blank": permit.uid, "filled_in": filled_in}


def _debts(people: Mapping[str, Person], at: datetime, company: Company, document: str) -> dict[str, str]:
    gu, ma, dou = people["gu"], people["ma"], holding(new_person("dou", "窦用"), Power.USE, company, at)
    permits = {name: _permit(people, at, company, document, name, operator=dou) for name in ("owed", "waiver")}
    uses = {}
    for name, permit in permits.items():
        uid = uses[name] = actions.begin_use(dou, at, permit_uid=permit.uid)
        actions.confirm_use(gu, at, use_uid=uid, hand=Hand.KEEPER)
        actions.confirm_use(ma, at, use_uid=uid, hand=Hand.SUPERVISOR)
        turn = actions.reserve(dou, at, use_uid=uid, line_id=permit.lines.get().pk, impressions=1)
        actions.fire(dou, at, turn_uid=turn, made=1)
        actions.commit(ma, at, turn_uid=turn, counted=1)
        actions.end_use(dou, at, use_uid=uid, ending=Ending.PAUSE)
    actions.ask_waiver(ma, at, use_uid=uses["waiver"], reason="手机损坏")
    return uses


def permit_by_hand(people: Mapping[str, Person], at: datetime, company: Company, document: str, name: str) -> Permit:
    """Return a permit of wang's for a rubber seal of its own."""
    return _permit(people, at, company, document, name)


def _permit(
    people: Mapping[str, Person],
    at: datetime,
    company: Company,
    document: str,
    name: str,
    *,
    operator: Person | None = None,
    off_site: str = "",
) -> Permit:
    seal = rubber(people["zhao"], at, company, people["gu"], name=f"部门章 {name}")
    Seal.objects.filter(pk=seal.pk).update(state="active")
    wish = LineWish(seal.uid, document, "others", (Placement(1, 150_000, 60_000),), copies=2)
    watched = Papers(supervisor_pseudonym=people["ma"].pseudonym, off_site=off_site)
    uid = apply(operator or people["wang"], at, seal, document, lines=(wish,), papers=watched)
    say_yes(people["li"], at, uid)
    return permit_of(uid)
