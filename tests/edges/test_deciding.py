"""Saying yes to several applications on one page, at the browser."""

from datetime import datetime

import pytest
from django.utils.timezone import now

from privyseal.approvals.models import Application, Vote
from privyseal.identity.models import Company, Person
from privyseal.seals.models import Seal
from tests.actions.policies import ONE, asks_for, put_in_force
from tests.conftest import apply
from tests.edges.conftest import Enter, command

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
    assert 'href="/applications/together/"' in browser.get("/").content.decode()
    shown = browser.get(PAGE).content.decode()
    digest = {uid: Application.objects.get(uid=uid).shown_sha256 for uid in (one, other, third)}
    assert all(f'value="{uid}:{digest[uid]}"' in shown for uid in digest)

    chosen = [f"{one}:{digest[one]}", f"{other}:{'0' * 64}"]
    said = command(chosen=chosen)
    answer = browser.post(PAGE, said, follow=True).content.decode()
    again = browser.post(PAGE, said)

    assert "已决定 1 项申请。" in answer
    assert f"{other[:8]}：" in answer
    assert again.status_code == 302
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
    browser.post(PAGE, command(chosen=chosen))

    assert "没有可以一并决定的事项" in empty
    assert not Vote.objects.filter(application__uid=uid).exists()
    nothing = browser.post(PAGE, command())
    assert nothing.status_code == 400
    assert "请勾选" in nothing.content.decode()
