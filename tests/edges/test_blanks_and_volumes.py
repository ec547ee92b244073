"""Numbered blanks and volumes on the pages that telephones show: taken, photographed, reported, taken back."""

import re
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from privyseal.custody import actions
from privyseal.custody.models import Blank, Photograph, Sample, Turn
from privyseal.custody.rules import Hand
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.seals.models import Permit, PermitPart
from tests.by_hand import Out, stamped_page
from tests.conftest import holding, new_person
from tests.edges.conftest import Enter, alert, command
from tests.edges.test_by_hand import do

pytestmark = pytest.mark.documents


def stamped(out: Out, operator: Browser, supervisor: Browser, impressions: int) -> Turn:
    """Take so many, make them all, and have them counted, on the pages."""
    do(operator, out.permit, "reserve", line=out.line, impressions=impressions)
    turn = Turn.objects.get()
    do(operator, out.permit, f"turns/{turn.uid}/made", made=impressions)
    do(supervisor, out.permit, f"turns/{turn.uid}/counted", counted=impressions, reason="")
    return turn


def photograph(browser: Browser, out: Out, turn: Turn, number: int, **said: object) -> None:
    page = SimpleUploadedFile("page.jpg", stamped_page(number), content_type="image/jpeg")
    do(browser, out.permit, f"turns/{turn.uid}/photographs", photo=page, impressions=1, place="", **said)


def test_a_blank_is_reported_with_its_photograph_and_another_goes_back_to_the_keeper(
    permit: Permit, company: Company, wang: Person, gu: Person, jian: Person, noon: datetime, enter: Enter
) -> None:
    Permit.objects.update(terms={"blanks": {"most": 6, "days": 10, "class": "delivery-note"}})
    second = holding(new_person("xiang", "项审"), Power.APPROVE, company, noon)
    PermitPart.objects.create(permit=permit, person=second, part=PermitPart.Part.APPROVER)
    out = out_of(permit, wang, gu, jian, noon)
    operator, keeper, supervisor, address = enter(wang), enter(gu), enter(jian), f"/by-hand/{permit.uid}/"
    turn = stamped(out, operator, supervisor, 2)
    photograph(operator, out, turn, 1)
    shown = Photograph.objects.get().uid
    assert operator.get(address).content.decode().count("<strong>空白件编号") == 2
    assert "已收回，未使用" not in operator.get(address).content.decode()

    refused = operator.post(f"{address}photographs/{shown}/blank/", command(number=7, words="送货单"))
    unsaid = operator.post(f"{address}photographs/{shown}/blank/", command(number=1, words=""))
    assert [(answer.status_code, alert(answer) != "") for answer in (refused, unsaid)] == [(404, True), (400, True)]
    do(operator, permit, f"photographs/{shown}/blank", number=1, words="送货单 SH-17，乙方仓库")
    assert operator.post(f"{address}blanks/2/back/", command()).status_code == 403
    do(keeper, permit, "blanks/2/back")

    page = keeper.get(address).content.decode()
    assert [blank.became for blank in Blank.objects.order_by("number")] == ["used", "returned"]
    assert ("送货单 SH-17，乙方仓库" in page, "已收回，未使用" in page) == (True, False)


def test_of_a_volume_the_pages_name_what_was_drawn_and_ask_for_its_photographs_alone(
    out: Out, wang: Person, jian: Person, enter: Enter
) -> None:
    terms = {"photographs": {"asks": "sample", "retention": "permanent"}, "volume": 150}
    Permit.objects.update(terms=terms)
    operator, supervisor, address = enter(wang), enter(jian), f"/by-hand/{out.permit.uid}/"
    turn = stamped(out, operator, supervisor, 6)
    drawn = list(Sample.objects.order_by("number").values_list("number", flat=True))
    page = operator.get(address).content.decode()
    assert (len(drawn), "随机抽中，应拍照" in page) == (2, True)
    assert len(re.findall(r"（第 \d 份第 1 页）", page)) == 2
    assert f"未拍照：{drawn[0]}、{drawn[1]}" in page

    other = next(number for number in range(1, 7) if number not in drawn)
    picture = SimpleUploadedFile("page.jpg", stamped_page(3), content_type="image/jpeg")
    wrong = operator.post(
        f"{address}turns/{turn.uid}/photographs/", command(photo=picture, impressions=1, place="", sample=other)
    )
    assert (wrong.status_code, str(other) in alert(wrong)) == (409, True)
    for number in drawn:
        photograph(operator, out, turn, number, sample=number)

    page = operator.get(address).content.decode()
    assert ("未拍照" in page, page.count("永久保管")) == (False, 2)


def out_of(permit: Permit, wang: Person, gu: Person, jian: Person, at: datetime) -> Out:
    uid = actions.begin_use(wang, at, permit_uid=permit.uid)
    actions.confirm_use(gu, at, use_uid=uid, hand=Hand.KEEPER)
    actions.confirm_use(jian, at, use_uid=uid, hand=Hand.SUPERVISOR)
    return Out(uid, permit, permit.lines.get().pk)
