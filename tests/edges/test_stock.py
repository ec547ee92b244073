"""A stock-take on the pages that telephones show."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from privyseal.custody.models import StockTake
from privyseal.identity.models import Company, Person
from privyseal.seals.models import Photo, Seal
from tests.actions.keepers import PHOTO
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
    assert (stamp.number in table, "无编号的圆章" in table) == (True, True)
    assert keeper.get(f"{address}report.xlsx").status_code == 200
    assert stamp.number in keeper.get(f"{address}print/").content.decode()
    assert keeper.get(f"{address}report.exe").status_code == 404
    assert counter.post(f"{address}see-all/", command()).status_code == 404
    assert "实物盘点" in manager.get("/places/").content.decode()
