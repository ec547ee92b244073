"""A stock-take on the pages that telephones show, and the labels that are scanned for it."""

import re
from datetime import datetime
from urllib.parse import unquote

import cv2
import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from privyseal.custody import actions
from privyseal.custody.models import LateAct, Slot, StockTake
from privyseal.custody.rules.places import StoreKind
from privyseal.identity.models import Company, Person
from privyseal.paper.codes import texts_on
from privyseal.seals.models import Photo, Seal
from tests.actions.keepers import PHOTO
from tests.conftest import recorded
from tests.edges.conftest import Enter, alert, command


def face() -> SimpleUploadedFile:
    return SimpleUploadedFile("face.jpg", PHOTO, content_type="image/jpeg")


@pytest.mark.invariant("T27", column="http")
def test_seals_are_counted_ended_and_reported_on_the_pages(
    stamp: Seal, company: Company, zhao: Person, gu: Person, wang: Person, enter: Enter
) -> None:
    manager, counter, keeper = enter(zhao), enter(wang), enter(gu)
    opening = {"company": company.uid, "place": "", "witness": "", "days": "7"}
    refused = manager.post("/stock-takes/open/", command(counter=gu.pseudonym, **opening))
    assert (refused.status_code, "监盘人" in alert(refused)) == (409, True)

    address = manager.post("/stock-takes/open/", command(counter=wang.pseudonym, **opening)).headers["Location"]

    assert address in counter.get("/").content.decode()
    assert stamp.name in counter.get(address).content.decode()
    assert counter.post(f"{address}see/", command(number=stamp.number)).status_code == 400
    wrong = keeper.post(f"{address}see/", command(number=stamp.number, photo=face(), slot=""))
    assert (wrong.status_code, Photo.objects.count()) == (403, 0)
    counter.post(f"{address}see/", command(number=stamp.number, photo=face(), slot=""))
    counter.post(f"{address}describe/", command(said="无编号的圆章"))
    counter.post(f"{address}pause/", command())
    counter.post(f"{address}go-on/", command())
    counter.post(f"{address}end/", command())

    assert StockTake.objects.get().count == "ended"
    page = keeper.get(address).content.decode()
    assert ("在位" in page, "不应在此" in page) == (True, True)
    table = keeper.get(f"{address}report.csv").content.decode()
    assert recorded()[-1] == "register.copied"
    assert (stamp.number in table, "无编号的圆章" in table) == (True, True)
    assert keeper.get(f"{address}report.xlsx").status_code == 200
    assert stamp.number in keeper.get(f"{address}print/").content.decode()
    assert keeper.get(f"{address}report.exe").status_code == 404
    assert counter.post(f"{address}see-all/", command()).status_code == 404
    assert "实物盘点" in manager.get("/places/").content.decode()


def test_what_waited_on_a_telephone_is_sent_once_with_its_own_time_and_a_witness_counts_too(
    stamp: Seal, company: Company, zhao: Person, gu: Person, jian: Person, noon: datetime, enter: Enter
) -> None:
    uid = actions.open_stock_take(
        zhao, noon, company_uid=company.uid, counter_pseudonym=gu.pseudonym, witness_pseudonym=jian.pseudonym
    )
    counter, witness, address = enter(gu), enter(jian), f"/stock-takes/{uid}/"
    later = {"done_at": "2026-01-05T04:00:00Z", "said_by": gu.pseudonym}
    seen = command(number=stamp.number, slot="", **later)
    assert counter.get(address).headers["X-Kept-By"] == gu.pseudonym
    for _ in range(2):
        sent = counter.post(f"{address}see/", {**seen, "photo": face()}, headers={"X-By-Itself": "1"})
        assert sent.json() == {"taken": True}
    assert witness.post(f"{address}end/", command()).status_code == 400
    early = witness.post(f"{address}end/", command(seen="2"), headers={"X-By-Itself": "1"}).json()
    assert (early["taken"], early["code"]) == (False, "stock-not-all-arrived")
    witness.post(f"{address}end/", command(seen="1"))
    again = counter.post(f"{address}see/", {**seen, "photo": face()}, headers={"X-By-Itself": "1"})

    assert (again.json(), StockTake.objects.get().count) == ({"taken": True}, "ended")
    assert [act.act for act in LateAct.objects.all()] == ["stock-see"]
    assert "手机时钟" in counter.get(address).content.decode()


def scanned(page: str) -> list[str]:
    """Read the codes of a page as a telephone does, off their dark squares."""
    said: list[str] = []
    for side, path in re.findall(r'viewBox="0 0 (\d+) \d+" role.*?<path d="([^"]*)"', page, re.DOTALL):
        picture = np.full((int(side), int(side)), 255, np.uint8)
        for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)", path):
            picture[int(y), int(x) : int(x) + int(run)] = 0
        large = cv2.resize(picture, None, fx=8, fy=8, interpolation=cv2.INTER_NEAREST)
        said.extend(unquote(text) for text in texts_on(large))
    return said


def test_labels_say_which_seal_it_is_and_what_its_place_is_called(
    stamp: Seal, company: Company, zhao: Person, gu: Person, stranger: Person, noon: datetime, enter: Enter
) -> None:
    store = actions.set_up_store(
        zhao, noon, company_uid=company.uid, kind=StoreKind.CABINET, name="3号柜", rows=1, columns=2
    )
    slot = Slot.objects.order_by("number")[0]
    actions.assign_place(zhao, noon, seal_uid=stamp.uid, slot_id=slot.pk, bag="袋417")

    everything = scanned(enter(gu).get("/sheets/labels/").content.decode())
    of_store = scanned(enter(gu).get(f"/sheets/labels/?store={store}").content.decode())

    assert [said.partition("/seals/")[2] or said.partition("#")[2] for said in everything] == [f"{stamp.uid}/", "袋417"]
    assert f"/places/?slot={slot.pk}#{slot.called()}" in of_store[0]
    assert len(of_store) == 4
    assert scanned(enter(stranger).get("/sheets/labels/").content.decode()) == []
    assert enter(stranger).get(f"/sheets/labels/?store={store}").status_code == 404
