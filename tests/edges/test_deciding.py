"""Saying yes to several applications on one page, at the browser."""

from datetime import datetime

import pytest
from django.utils.timezone import now

from privyseal.approvals.models import Application, Vote
from privyseal.identity.models import Company, Person
from privyseal.seals.models import Seal
from tests.actions.policies import ONE, asks_for, put_in_force
from tests.conftest import apply, recorded
from tests.edges.conftest import Enter, called, command

PAGE = "/applications/together/"


@pytest.fixture
def several(company: Company, zhao: Person, chen: Person, noon: datetime) -> None:
    put_in_force(zhao, chen, noon, company, asks_for((ONE,), is_together=True))


@pytest.mark.usefixtures("several")
def test_what_the_policy_lets_is_decided_on_one_page_each_for_itself(
    official: Seal, contract: str, wang: Person, li: Person, enter: Enter
) -> None:
    one, other, third = (apply(wang, now(), official, contract, reason=f"第{name}份") for name in "一二三")
    browser = enter(li)
    assert 'action="/applications/together/"' in (first := browser.get("/").content.decode())
    assert all(f'name="of" value="{uid}" form="together"' in first for uid in (one, other, third))
    ticked = browser.get(PAGE, {"of": [other, third, "0" * 32]}).content.decode()
    assert (ticked.count(" checked"), f'value="{one}:' in ticked) == (2, False)
    shown = browser.get(PAGE).content.decode()
    digest = {uid: Application.objects.get(uid=uid).shown_sha256 for uid in (one, other, third)}
    assert all(f'value="{uid}:{digest[uid]}"' in shown for uid in digest)

    chosen = [f"{one}:{digest[one]}", f"{other}:{'0' * 64}"]
    said = command(chosen=chosen, step="approve")
    answer = browser.post(PAGE, said, follow=True).content.decode()
    again = browser.post(PAGE, said)
    later = browser.post(PAGE, command(chosen=chosen[:1], step="approve"), follow=True).content.decode()

    assert "已决定 1 项申请。" in answer
    assert f"{called(other)}：" in answer
    assert again.status_code == 302
    assert "您的页面打开期间，这项申请已经有了决定" in later
    assert recorded().count("application.vote.refused") == 2  # what was refused alike within a minute is one
    assert list(Vote.objects.filter(application__uid__in=digest).values_list("application__uid", flat=True)) == [one]
    assert f"{other}:{digest[other]}" in answer
    assert f"{one}:{digest[one]}" not in answer


def test_what_no_row_lets_is_neither_shown_nor_decided_there(
    official: Seal, contract: str, wang: Person, li: Person, enter: Enter
) -> None:
    uid = apply(wang, now(), official, contract)
    chosen = f"{uid}:{Application.objects.get(uid=uid).shown_sha256}"
    browser = enter(li)

    empty = browser.get(PAGE).content.decode()
    refused = browser.post(PAGE, command(chosen=chosen, step="approve"), follow=True).content.decode()

    assert ("没有可以批量审批的事项" in empty, f"{called(uid)}：这项申请不能由您批量审批" in refused) == (
        True,
        True,
    )
    assert not Vote.objects.filter(application__uid=uid).exists()
    nothing = browser.post(PAGE, command(step="approve"))
    assert nothing.status_code == 400
    assert "请勾选" in nothing.content.decode()


@pytest.mark.usefixtures("several")
def test_several_are_rejected_with_one_reason_which_cannot_be_left_out(
    official: Seal, contract: str, wang: Person, li: Person, enter: Enter
) -> None:
    uids = {apply(wang, now(), official, contract, reason=f"第{name}份") for name in "一二"}
    chosen = [f"{uid}:{Application.objects.get(uid=uid).shown_sha256}" for uid in uids]
    browser = enter(li)

    unsaid = browser.post(PAGE, command(chosen=chosen, step="reject"))
    browser.post(PAGE, command(chosen=chosen, step="reject", reason="金额有误"))

    assert (unsaid.status_code, unsaid.content.decode().count(" checked")) == (400, 2)
    found = Vote.objects.filter(application__uid__in=uids)
    assert set(found.values_list("application__uid", "decision", "comment")) == {
        (uid, "reject", "金额有误") for uid in uids
    }
