"""A rubber seal on its way out of the company and back, for the tests that go along."""

from dataclasses import replace
from datetime import datetime

from privyseal.custody import actions
from privyseal.custody.models import TakeOut
from privyseal.custody.rules import Hand
from privyseal.custody.rules.takeout import Fence, Point
from privyseal.identity.models import Person
from privyseal.seals.models import Permit, Seal
from tests.actions.keepers import photo
from tests.by_hand import line, watched
from tests.conftest import apply, permit_of, say_yes
from tests.kept import kept

HERE = Point(31_230_400, 121_473_700)


def trip(seal: Seal, document: str, wang: Person, jian: Person, li: Person, at: datetime) -> Permit:
    """Have six impressions approved for the counterparty's house."""
    papers = replace(watched(jian), off_site="上海对方公司")
    uid = apply(wang, at, seal, document, lines=(line(seal, document),), papers=papers)
    say_yes(li, at, uid)
    return permit_of(uid)


@kept
def booked(stamp: Seal, contract: str, wang: Person, jian: Person, li: Person, noon: datetime) -> TakeOut:
    return TakeOut.objects.get(permit=trip(stamp, contract, wang, jian, li, noon))


@kept
def away(booked: TakeOut, wang: Person, gu: Person, noon: datetime) -> TakeOut:
    """wang has it, jian goes along."""
    face = photo(gu, noon, booked.seal)
    actions.give_out(gu, noon, take_out_uid=booked.uid, photo_sha256=face, fence=Fence(point=HERE, metres=500))
    actions.receive(wang, noon, take_out_uid=booked.uid)
    return TakeOut.objects.get(pk=booked.pk)


def use_outside(one: TakeOut, wang: Person, gu: Person, jian: Person, at: datetime, *, impressions: int) -> None:
    uid = actions.begin_use(wang, at, permit_uid=one.permit.uid)
    actions.confirm_use(gu, at, use_uid=uid, hand=Hand.KEEPER)
    actions.confirm_use(jian, at, use_uid=uid, hand=Hand.SUPERVISOR)
    turn = actions.reserve(wang, at, use_uid=uid, line_id=one.permit.lines.get().pk, impressions=impressions)
    actions.fire(wang, at, turn_uid=turn, made=impressions)
    actions.commit(jian, at, turn_uid=turn, counted=impressions)


def back(one: TakeOut, wang: Person, gu: Person, at: datetime) -> TakeOut:
    actions.bring_back(wang, at, take_out_uid=one.uid)
    face = photo(gu, at, one.seal, b"\xff\xd8\xff\xe0 the face, back again")
    actions.take_back(gu, at, take_out_uid=one.uid, photo_sha256=face, place="3号柜 B12")
    return TakeOut.objects.get(pk=one.pk)
