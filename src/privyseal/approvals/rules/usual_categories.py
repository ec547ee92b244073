"""Categories to begin from: the business for which most companies use their seals."""

from typing import Final

from privyseal.approvals.rules import Manner
from privyseal.approvals.rules.attachments import Kind
from privyseal.approvals.rules.categories import Category, Field, FieldKind, Retention
from privyseal.custody.rules import MOST_IN_A_VOLUME
from privyseal.custody.rules.photographs import Asked

_OF_THE_COMPANY: Final = frozenset({"official", "contract"})
_OF_MONEY: Final = frozenset({"finance", "official"})
_NUMBER: Final = Field("合同编号", "Number of the contract", is_required=True)
_FOR: Final = Field("用途", "What it is for", is_required=True)
_LAST_DAY: Final = Field("有效期至", "Valid until", FieldKind.DATE, is_required=True)

USUAL: Final[dict[str, Category]] = {
    "contract": Category(
        name_zh="合同协议",
        name_en="Contract",
        fields=(
            _NUMBER,
            Field(
                "合同类型", "Kind of contract", FieldKind.CHOICE, True, ("采购", "销售", "服务", "租赁", "借款", "其他")
            ),
            Field("履行期限至", "Performed until", FieldKind.DATE),
        ),
        types=_OF_THE_COMPANY,
        retention=Retention.THIRTY_YEARS,
        archive_days=20,
    ),
    "bid": Category(
        name_zh="投标文件",
        name_en="Bid",
        fields=(
            Field("项目名称", "Name of the project", is_required=True),
            Field("投标截止日", "Bids close on", FieldKind.DATE, True),
        ),
        needs=frozenset({Kind.TENDER}),
        manner=Manner.EVERY_PAGE,
        archive_days=40,
        photographs=Asked.SAMPLE,
        volume=MOST_IN_A_VOLUME,
    ),
    "guarantee": Category(
        name_zh="担保函",
        name_en="Letter of guarantee",
        fields=(
            Field("被担保人", "Who is guaranteed for", is_required=True),
            Field(
                "担保方式", "Kind of guarantee", FieldKind.CHOICE, True, ("一般保证", "连带责任保证", "抵押", "质押")
            ),
            _LAST_DAY,
        ),
        needs=frozenset({Kind.BOARD_RESOLUTION, Kind.MAIN_CONTRACT}),
        types=frozenset({"official"}),
        retention=Retention.PERMANENT,
        archive_days=7,
    ),
    "mandate": Category(
        name_zh="授权委托书",
        name_en="Power of attorney",
        fields=(
            Field("受托人", "Who is given it", is_required=True),
            Field("授权事项", "What for", is_required=True),
            _LAST_DAY,
        ),
        types=frozenset({"official", "legal-representative"}),
        retention=Retention.THIRTY_YEARS,
        archive_days=20,
    ),
    "employment-certificate": Category(
        name_zh="在职证明",
        name_en="Employment certificate",
        fields=(Field("员工姓名", "Name of the employee", is_required=True), _FOR),
        types=frozenset({"hr", "official"}),
    ),
    "invoice": Category(
        name_zh="发票",
        name_en="Invoice",
        fields=(Field("发票号码", "Number of the invoice", is_required=True),),
        types=frozenset({"invoice"}),
        retention=Retention.THIRTY_YEARS,
    ),
    "bank-slip": Category(
        name_zh="银行单据",
        name_en="Bank slip",
        fields=(Field("开户银行", "Bank", is_required=True), _FOR),
        types=_OF_MONEY | {"legal-representative"},
        retention=Retention.THIRTY_YEARS,
    ),
    "delivery-note": Category(
        name_zh="送货单",
        name_en="Delivery note",
        fields=(Field("单据编号", "Number of the note", is_required=True),),
    ),
    "reconciliation": Category(
        name_zh="对账函（询证函）",
        name_en="Reconciliation letter",
        fields=(Field("截止日期", "As of", FieldKind.DATE, True),),
        types=_OF_MONEY,
        retention=Retention.THIRTY_YEARS,
        archive_days=20,
    ),
    "authority-filing": Category(
        name_zh="报送政府部门的材料",
        name_en="Filing with an authority",
        fields=(Field("受理机关", "Authority", is_required=True), Field("事项", "Matter", is_required=True)),
        types=frozenset({"official", "legal-representative"}),
        retention=Retention.THIRTY_YEARS,
        archive_days=20,
    ),
}
