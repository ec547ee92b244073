"""What a document says of itself is proposed: where it wants a seal, its title, total and originals."""

import pytest

from privyseal.pdf import confined, proposing
from privyseal.pdf.confined import Task
from privyseal.pdf.looks import Look
from tests.engine.test_wording import paper


@pytest.mark.parametrize(
    ("plain", "amount"),
    [
        ("合同总价为人民币壹拾贰万元整(¥120,000.00元)", "120000.00"),
        ("合同金额:12万元", "120000.00"),
        ("价税合计(小写):¥3,456.7元", "3456.70"),
        ("甲方应在30日内付款,比例为50%", ""),
        ("合计50%", ""),
        ("totalamount:rmb1,000", "1000.00"),
    ],
)
def test_a_total_is_read_whatever_stands_between(plain: str, amount: str) -> None:
    assert proposing.amount(plain) == amount


def test_originals_are_counted_in_figures_and_characters() -> None:
    said = ("本合同一式四份", "正本2份", "一式十二份", "一式若干份", "")

    assert [proposing.originals(plain) for plain in said] == [4, 2, 12, 0, 0]


def test_the_heading_is_the_line_that_names_the_document() -> None:
    assert proposing.heading("编号：2026-117\n采 购 合 同\n甲方：示例") == "采购合同"
    assert proposing.heading("Supply Agreement\n") == "Supply Agreement"
    assert proposing.heading("第一条 双方同意：本合同生效。\n") == ""


def test_the_confined_process_finds_where_a_document_asks_for_seals() -> None:
    pdf = paper(
        (60, 280, ("技术服务合同",)),
        (20, 240, ("双方签字盖章后生效，一式两份。",)),
        (20, 60, ("甲方（盖章）：",)),
        (120, 60, ("乙方（盖章）：",)),
    )

    look = confined.run(Task.LOOK, pdf, owner="示例科技有限公司")

    assert (look.heading, look.originals) == ("技术服务合同", 2)
    assert [(hint.page, hint.words) for hint in look.hints] == [(1, "甲方（盖章）"), (1, "乙方（盖章）")]
    middles = [(round(hint.x / 1000), round(hint.y / 1000)) for hint in look.hints]
    assert middles == [(24, 23), (59, 23)]
    assert Look.from_json(look.to_json()) == look
    assert "hints" not in Look(1).to_json()
