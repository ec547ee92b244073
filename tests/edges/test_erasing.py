"""How far an erasure has come, as the page says it."""

from datetime import datetime

from privyseal.identity.models import Person
from privyseal.keeping import actions
from privyseal.keeping.models import Blotting
from privyseal.keeping.rules import Decision, Held
from tests.actions.test_keeping import NAME, tang
from tests.edges.conftest import Enter
from tests.jobs import do_jobs

__all__ = ["tang"]


def test_the_page_says_that_an_erasure_is_under_way_then_stopped_then_finished(
    tang: Person, chen: Person, sun: Person, noon: datetime, enter: Enter
) -> None:
    uid = actions.ask_erasure(chen, noon, person_pseudonym=tang.pseudonym, reason="本人要求删除")
    actions.decide_erasure(sun, noon, erasure_uid=uid, decision=Decision.AGREED)
    Blotting.objects.update(tables=63, of=300, rows=7)
    browser = enter(sun)

    under_way = browser.get("/keeping/").content.decode()
    assert "已检查 63 / 300 张数据表，已遮盖 7 行" in under_way
    assert NAME not in under_way
    hold = actions.place_hold(sun, noon, about=Held.PERSON, uid=tang.pseudonym, reason="诉讼保全")
    assert "已暂停" in browser.get("/keeping/").content.decode()
    actions.ask_lifting(sun, noon, hold_uid=hold, reason="结案")
    actions.lift_hold(chen, noon, hold_uid=hold)
    do_jobs()
    Blotting.objects.update(left=2)

    finished = browser.get("/keeping/").content.decode()
    assert "已遮盖 7 行，已删除导入的表格文件 0 个" in finished
    assert "仍有 2 行不可更改" in finished
