"""Asking for a new seal: its face is chosen, written and seen before anybody decides."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from privyseal.approvals.models import Application
from privyseal.identity.models import Company, Person
from privyseal.pdf.face import Face, digest, svg
from privyseal.pdf.layout import FaceTextTooLong
from privyseal.pdf.usual import BY_NAME, COLOURS, FORMATS, USUAL, blank, name_in_columns
from privyseal.seals.models import Seal
from privyseal.seals.rules import STAMPS_NOTHING, SealType
from tests.edges.conftest import Enter, command
from tests.engine.photos import jpeg, photo


def wish(company: Company, **changes: str) -> dict[str, Any]:
    said = {
        "name": "合同专用章",
        "type": "contract",
        "ring": company.name,
        "bottom": "合同专用章",
        "reason": "签合同用",
    }
    return command(company=company.uid, **said) | changes


def test_a_manager_applies_for_a_seal(zhao: Person, company: Company, enter: Enter) -> None:
    answer = enter(zhao).post("/apply/seal/", wish(company))

    application, seal = Application.objects.get(), Seal.objects.get()
    assert answer.headers["Location"] == f"/applications/{application.uid}/"
    assert (seal.name, seal.type, seal.state) == ("合同专用章", "contract", "draft")
    assert (seal.face["ring"], seal.face["bottom"]) == (company.name, "合同专用章")


def test_the_ring_is_suggested_from_the_companys_name(zhao: Person, company: Company, enter: Enter) -> None:
    page = enter(zhao).get("/apply/seal/")

    assert page.context["form"].initial["ring"] == company.name


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"name": "公章"}, "该公司已有此名称"), ({"bottom": "\U0001f600"}, "有个字画不到印面上")],
    ids=["taken", "no-glyph"],
)
def test_a_seal_that_cannot_be_is_refused(
    changes: dict[str, str], words: str, zhao: Person, company: Company, official: Seal, enter: Enter
) -> None:
    answer = enter(zhao).post("/apply/seal/", wish(company, **changes))

    assert (answer.status_code, Seal.objects.count()) == (409, 1)
    assert words in answer.content.decode()


def test_without_script_a_button_shows_the_face(zhao: Person, company: Company, enter: Enter) -> None:
    answer = enter(zhao).post("/apply/seal/", wish(company, preview="1"))

    assert (answer.status_code, Seal.objects.count()) == (200, 0)
    assert "/apply/seal/face.svg?ring=" in answer.content.decode()


def test_the_preview_draws_the_words(zhao: Person, enter: Enter) -> None:
    answer = enter(zhao).get("/apply/seal/face.svg", {"ring": "示例科技有限公司", "bottom": "合同专用章"})

    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.content.startswith(b"<svg")


@pytest.mark.parametrize(("words", "status"), [({}, 400), ({"ring": "\U0001f600"}, 409)])
def test_what_cannot_be_drawn_is_no_picture(words: dict[str, str], status: int, zhao: Person, enter: Enter) -> None:
    assert enter(zhao).get("/apply/seal/face.svg", words).status_code == status


def test_a_seal_of_a_company_that_nobody_verified_cannot_be_applied_for(
    zhao: Person, wang: Person, company: Company, enter: Enter
) -> None:
    Company.objects.update(verified_at=None)

    assert "还没有通过核实" in enter(zhao).get("/apply/seal/").content.decode()
    assert "还没有通过核实" in enter(wang).get("/apply/use/").content.decode()


def test_a_face_without_any_choice_is_the_one_it_has_always_been(zhao: Person, company: Company, enter: Enter) -> None:
    enter(zhao).post("/apply/seal/", wish(company))

    seal = Seal.objects.get()
    assert seal.face_sha256 == digest(Face(ring=company.name, bottom="合同专用章"))


def test_an_invoice_seal_is_oval_with_its_tax_number(zhao: Person, company: Company, enter: Enter) -> None:
    chosen = {"format": "oval-40x30", "lines": company.uscc, "bottom": "发票专用章", "number": "(1)", "colour": "blue"}

    enter(zhao).post("/apply/seal/", wish(company, **chosen))

    face = Face.from_json(Seal.objects.get().face)
    assert (face.shape, face.width, face.height) == ("oval", 40_000, 30_000)
    assert (face.lines, face.number, face.colour, face.centre) == ((company.uscc,), "(1)", COLOURS["blue"], "none")


def test_a_name_stands_in_columns_on_a_square(zhao: Person, company: Company, enter: Enter) -> None:
    chosen = {
        "format": "rectangle-20x20",
        "lines": "张三丰",
        "writing": "columns",
        "ring": "",
        "inner_border": "on",
    }

    enter(zhao).post("/apply/seal/", wish(company, **chosen))

    face = Face.from_json(Seal.objects.get().face)
    assert (face.lines, face.writing, face.inner_border) == (("张三", "丰印"), "columns", 100)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"ring": ""}, "ring"),
        ({"format": "rectangle-20x20"}, "lines"),
        ({"format": "round-99x99"}, "format"),
        ({"code": "12"}, "code"),
        ({"colour": "green"}, "colour"),
    ],
)
def test_a_face_that_is_not_whole_is_asked_for_again(
    changes: dict[str, str], wrong: str, zhao: Person, company: Company, enter: Enter
) -> None:
    answer = enter(zhao).post("/apply/seal/", wish(company, **changes))

    assert (answer.status_code, set(answer.context["form"].errors)) == (400, {wrong})


def test_the_preview_shows_what_is_chosen(zhao: Person, enter: Enter) -> None:
    asked = {"format": "oval-45x30", "ring": "示例科技有限公司", "colour": "black"}

    answer = enter(zhao).get("/apply/seal/face.svg", asked)

    assert b'width="45mm" height="30mm"' in answer.content
    assert COLOURS["black"].encode() in answer.content


def test_every_type_of_seal_has_a_usual_look_that_is_offered(zhao: Person, company: Company, enter: Enter) -> None:
    page = enter(zhao).get("/apply/seal/")

    stamping = {kind.value for kind in set(SealType) - STAMPS_NOTHING}
    assert {usual.kind for usual in USUAL} == stamping
    assert all(usual.format in BY_NAME for usual in USUAL)
    assert set(page.context["looks"]) == stamping
    assert "usual-looks" in page.content.decode()


@pytest.mark.parametrize("offered", FORMATS, ids=lambda offered: offered.name)
def test_every_format_offered_can_be_drawn(offered: Any) -> None:  # noqa: ANN401  a row of the table
    assert f'width="{offered.width / 1000:g}mm"' in svg(blank(offered))


@pytest.mark.parametrize(
    ("name", "columns"),
    [("李明", ("李明", "之印")), ("张三丰", ("张三", "丰印")), ("欧阳文忠", ("欧阳", "文忠")), ("李", ("李",))],
)
def test_a_name_is_divided_as_makers_do(name: str, columns: tuple[str, ...]) -> None:
    assert name_in_columns(name) == columns


def test_lines_too_wide_for_the_middle_are_narrowed_and_those_outside_are_refused() -> None:
    svg(Face(ring="公司", centre="none", lines=("开户行：中国银行上海市分行营业部",)))

    with pytest.raises(FaceTextTooLong):
        svg(Face(ring="公司", centre="none", lines=("账",) * 6))


def picture_of(face: Face) -> SimpleUploadedFile:
    return SimpleUploadedFile("印模.jpg", jpeg(photo(face)), content_type="image/jpeg")


def test_a_picture_of_an_imprint_becomes_the_face(zhao: Person, company: Company, enter: Enter) -> None:
    browser = enter(zhao)

    looked = browser.post(
        "/apply/seal/", wish(company, preview="1", reason="") | {"imprint": picture_of(Face(ring="公司"))}
    )
    traced = looked.context["traced"]
    sent = browser.post("/apply/seal/", wish(company, ring="", traced=traced, colour="blue"))

    assert "<svg" in looked.content.decode()
    assert sent.status_code == 302
    face = Face.from_json(Seal.objects.get().face)
    assert (face.shape, face.size.width, face.colour) == ("imprint", 42_000, COLOURS["blue"])


def test_a_picture_that_is_not_fit_is_refused_in_words(zhao: Person, company: Company, enter: Enter) -> None:
    blank = SimpleUploadedFile("a.png", b"no picture", content_type="image/png")

    answer = enter(zhao).post("/apply/seal/", wish(company) | {"imprint": blank})

    assert (answer.status_code, Seal.objects.count()) == (409, 0)
    assert "图片无法读取" in answer.content.decode()


@pytest.mark.parametrize("traced", ["{", "[]", '{"ring": "公司"}', '{"shape": "imprint"}'])
def test_what_is_sent_in_the_place_of_a_picture_is_a_face_of_one(
    traced: str, zhao: Person, company: Company, enter: Enter
) -> None:
    answer = enter(zhao).post("/apply/seal/", wish(company, traced=traced))

    assert (answer.status_code, Seal.objects.count()) == (409, 0)
