"""Faces of every shape, as companies have them."""

from typing import Final

from privyseal.pdf.face import Face

NAME: Final = "上海示例贸易有限公司"
COIN: Final = (
    "M500 0C776 0 1000 224 1000 500C1000 776 776 1000 500 1000C224 1000 0 776 0 500C0 224 224 0 500 0Z"
    "M400 400L400 600L600 600L600 400Z"
)

ROUNDS: Final = (
    Face(ring=NAME, bottom="合同专用章", number="(1)", code="3101150012345", diameter=40_000, border=1_000),
    Face(
        ring=NAME,
        centre="none",
        diameter=58_000,
        lines=("开户行：中国银行", "账号：4400123456789012"),
        bottom="合同专用章",
    ),
    Face(ring=f"{NAME}工会委员会", inner_border=100, border=1_000, centre="emblem", emblem=COIN),
)
OVALS: Final = (
    Face(
        shape="oval", width=40_000, height=30_000, border=1_000, centre="none", ring=NAME,
        lines=("91310000MA1FL0XX0A",), bottom="发票专用章", number="(1)",
    ),
    Face(shape="oval", width=45_000, height=30_000, border=1_000, ring=f"{NAME}上海分公司", bottom="合同专用章"),
    Face(shape="oval", width=30_000, height=20_000, border=800, centre="none", ring=NAME, code="3101150012345"),
)  # fmt: skip
RECTANGLES: Final = (
    Face(shape="rectangle", width=18_000, height=18_000, border=1_000, lines=("张三", "丰印"), writing="columns"),
    Face(shape="rectangle", width=50_000, height=20_000, border=600, inner_border=100, lines=(NAME, "业务受理 (3)")),
)
IMPRINT: Final = Face(shape="imprint", width=20_000, height=10_000, outline="M0 0L20000 0L10000 10000Z")
OF_EVERY_SHAPE: Final = (*ROUNDS, *OVALS, *RECTANGLES, IMPRINT)
