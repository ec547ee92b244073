"""The statement in words: nothing that a passkey signs is left unsaid."""

import string
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from privyseal.approval_page import asking, drawing, saying, words
from privyseal.approval_page.saying import Reader
from privyseal.device.enrolment import DeviceKind
from privyseal.devices.rules import Because
from privyseal.pdf.placement import Placement, Size
from privyseal.pdf.spots import Awaited, Edge, Range, Seam, Spread
from privyseal.signer.agreements import Agreement, Confirm, Mount, Unlock
from privyseal.signer.bound import Paper, Secret
from privyseal.signer.changes import Amend, Begin, Change, Enter, Remove, Seat, Seated
from privyseal.signer.charters import APPROVERS, SECURITY, Charter, of_company, of_seal
from privyseal.signer.documents import Code, Document, Following, Writing
from privyseal.signer.passkeys import Credential, Page, web_text
from privyseal.signer.statement import Decision, Purpose, Statement, challenge
from privyseal.signer.terms import AddsTo, AtMachine, Fence, Making, OwnYes, Standing
from tests.approval_page.asked import CONTRACT, LI, NOON, WANG, ask_for, digest, use_of

PLACE = Placement(1, 150_000, 60_000)
MAKE = Making("cc" * 16, "示例科技有限公司", "91110108MA01ABCD3L", "合同专用章", "contract", "fa" * 32)
STANDING = Standing(
    document_class="invoice", title_words=("发票",), most_pages=2, a_day=10, sample_every=5, reviewer=LI,
    holders=(WANG,), page=1, x=1_000, y=2_000,
)  # fmt: skip
ADDS = AddsTo("b0" * 16, "ad" * 32, (digest(CONTRACT),))
DOCUMENT = Document(digest(CONTRACT), "nobody", (PLACE,))
# What differs from one statement to the next, by the field that says it.
STATED = {
    "application": {"application": "a1" * 16},
    "seal": {"seal": "5f" * 16},
    "seal_version": {"seal_version": 4},
    "impressions": {"impressions": 9},
    "starts_at": {"starts_at": NOON + timedelta(microseconds=1)},
    "expires_at": {"expires_at": NOON + timedelta(days=8)},
    "applicant": {"applicant": LI},
    "policy": {"policy": "2026.2"},
    "stage": {"stage": 2},
    "amount": {"amount": "120000.01"},
    "counterparty": {"counterparty": "丙方有限公司"},
    "fence": {"fence": Fence(-33_868_800, 9, 500)},
    "machine": {"machine": AtMachine(2, 10, 120)},
    "machine-people": {"machine": AtMachine(3, 10, 120)},
    "machine-emergency": {"machine": AtMachine(2, 5, 120)},
    "machine-minutes": {"machine": AtMachine(2, 10, 60)},
    "machine-never": {"machine": AtMachine(2, 0, 0)},
    "face_sha256": {"face_sha256": "fc" * 32},
    "decision": {"decision": Decision.CONSENT},
    "own_yes": {"own_yes": OwnYes(LI)},
    "mandate": {"own_yes": OwnYes(LI, "dd" * 16)},
    "paper_sha256": {"paper_sha256": "ee" * 32},
    "purpose": {"purpose": Purpose.DESTROY},
    "adds_to": {"adds_to": ADDS},
    "make": {"make": MAKE},
    "standing": {"standing": STANDING},
}
SEAM = Seam(Edge.RIGHT, (Range(1, 9, 2),), 100_000, 5)
OF_DOCUMENT = {
    "following": {"following": "others"},
    "place": {"placements": (Placement(2, 150_000, 60_000),)},
    "spread": {"placements": (Spread((Range(1, 3),), 150_000, 60_000),)},
    "seam": {"placements": (SEAM,)},
    "codes": {"codes": (Code("https://example.com", PLACE, 20_000),)},
    "writings": {"writings": (Writing("2026-11-23", PLACE),)},
    "awaited": {"awaited": (Awaited("Seal_2", (PLACE,), Size(40_000, 40_000)),)},
    "field": {"field": "Seal_2"},
    "after": {"after": "5f" * 16},
    "under": {"under": "a1" * 16},
    "bound": {"bound": Paper(pages=2, photographs=("ab" * 32,))},
    "bound-pages": {"bound": Paper(pages=3, photographs=("ab" * 32,))},
    "bound-photographs": {"bound": Paper(pages=2, photographs=("cd" * 32,))},
    "envelope": {"bound": Secret(pages=2, title="意向书", envelope="M-7", impressions=1)},
    "envelope-number": {"bound": Secret(pages=2, title="意向书", envelope="M-8", impressions=1)},
    "envelope-title": {"bound": Secret(pages=2, title="协议", envelope="M-7", impressions=1)},
    "envelope-impressions": {"bound": Secret(pages=2, title="意向书", envelope="M-7", impressions=2)},
}


OTHERWISE = {
    "id": b"two",
    "person": WANG,
    "key": b"other",
    "is_bound": False,
    "starts_at": NOON + timedelta(1),
    "ends_at": NOON,
}
SEATED = Seated("company-91310000ma1k4bqr3t", LI, b"one")
SEATS: list[tuple[Seated, ...]] = [
    (SEATED,),
    *((replace(SEATED, **each),) for each in ({"roster": "company-2"}, {"person": WANG}, {"credential": b"two"})),
    (SEATED, replace(SEATED, roster="company-2")),
]
CHARTERED = {"approvals": 3, "assurance": "session", "roster": "finance", "is_bound": True}


def reader(language: str) -> Reader:
    return Reader(language, ZoneInfo("Asia/Shanghai"), {})


def said(stated: Statement, language: str) -> list[tuple[str, str]]:
    return list(saying.rows(stated, reader(language)))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_whatever_a_statement_says_otherwise_is_said_otherwise(language: str) -> None:
    usual = use_of(CONTRACT)
    differing = {name: said(replace(usual, **changes), language) for name, changes in STATED.items()}  # type: ignore[arg-type]  # by name

    assert [name for name, rows in differing.items() if rows == said(usual, language)] == []
    assert len({str(rows) for rows in differing.values()}) == len(STATED)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_whatever_is_said_of_a_document_otherwise_is_said_otherwise(language: str) -> None:
    usual = list(saying.of_document(DOCUMENT, reader(language)))
    differing = {
        name: list(saying.of_document(replace(DOCUMENT, **changes), reader(language)))  # type: ignore[arg-type]  # by name
        for name, changes in OF_DOCUMENT.items()
    }

    assert [name for name, rows in differing.items() if rows == usual] == []
    assert len({str(rows) for rows in differing.values()}) == len(OF_DOCUMENT)


def test_an_amount_is_said_as_on_the_application_and_a_refusal_leads_back_by_words() -> None:
    stated = replace(use_of(CONTRACT), amount="1234567.00")
    page = drawing.refused("not-found", "…", title="…", language="zh-hans", home="https://seals.example.com")

    assert ("金额", "1,234,567.00（壹佰贰拾叁万肆仟伍佰陆拾柒元整）") in said(stated, "zh-hans")
    assert ("Amount", "1,234,567.00") in said(stated, "en")
    assert '<a class="button" href="https://seals.example.com/">回到审批系统</a>' in page


def test_every_field_of_a_statement_is_among_those() -> None:
    assert set(Statement.__dataclass_fields__) - {"documents"} <= set(STATED)
    assert set(Document.__dataclass_fields__) - {"sha256", "placements"} <= set(OF_DOCUMENT)


def test_part_of_a_term_that_differs_is_said_otherwise() -> None:
    usual = {"standing": STANDING, "adds_to": ADDS, "make": MAKE}
    changes: dict[str, list[dict[str, object]]] = {
        "standing": [
            {"document_class": "contract"}, {"title_words": ("账单",)}, {"most_pages": 3}, {"a_day": 11},
            {"sample_every": 6}, {"reviewer": WANG}, {"holders": (WANG, LI)}, {"page": 2}, {"x": 1}, {"y": 1},
        ],
        "adds_to": [{"application": "b1" * 16}, {"statement_sha256": "ae" * 32}, {"documents": ()}],
        "make": [
            {"company": "cd" * 16}, {"organization": "别家"}, {"uscc": "91110108MA01ABCD3M"}, {"name": "公章"},
            {"type": "official"}, {"face_sha256": "fb" * 32},
        ],
    }  # fmt: skip
    for field, each in changes.items():
        before = said(replace(use_of(CONTRACT), **{field: usual[field]}), "zh-hans")  # type: ignore[arg-type]  # by name
        for change in each:
            term = replace(usual[field], **change)  # type: ignore[type-var]  # each is a dataclass
            assert said(replace(use_of(CONTRACT), **{field: term}), "zh-hans") != before, change  # type: ignore[arg-type]


def test_everything_is_said_in_both_languages_with_the_same_places() -> None:
    def places(text: str) -> set[str]:
        return {part for _, part, _, _ in string.Formatter().parse(text.replace("%(", "{").replace(")s", "}")) if part}

    assert [key for key, (chinese, english) in words.EVERY.items() if places(chinese) != places(english)] == []
    assert [key for key, each in words.EVERY.items() if not all(each)] == []
    spoken = {key.partition(".")[2] for key in words.EVERY if key.startswith("purpose.")}
    assert spoken == {purpose.value for purpose in Purpose}
    assert {key.partition(".")[2] for key in words.EVERY if key.startswith("following.")} == set(Following)
    assert {key.partition(".")[2] for key in words.EVERY if key.startswith("decision.")} == set(Decision)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_whatever_is_agreed_to_at_a_machine_otherwise_is_said_otherwise(language: str) -> None:
    confirm = Confirm(device="M-1", ticket="71" * 16, seal="5e" * 16, impression=1, picture_sha256="ab" * 32)
    unlock = Unlock(device="M-1", until=7, because="looked-at")
    mount = Mount(order="0a" * 16, device="M-1", kind=DeviceKind.HANDHELD, slot=1, seal="5e" * 16, is_in=True)
    otherwise: list[Agreement] = [
        replace(mount, order="0b" * 16),
        replace(mount, device="M-2"),
        *(replace(mount, kind=kind) for kind in DeviceKind if kind is not mount.kind),
        replace(mount, slot=2),
        replace(mount, seal="5f" * 16),
        replace(mount, is_in=False),
        replace(confirm, device="M-2"),
        replace(confirm, ticket="72" * 16),
        replace(confirm, seal="5f" * 16),
        replace(confirm, impression=2),
        replace(confirm, picture_sha256="cd" * 32),
        replace(unlock, device="M-2"),
        replace(unlock, until=8),
        *(replace(unlock, because=because) for because in ("mistaken", "repaired", "other")),
    ]
    every = [list(saying.of_agreement(one, reader(language))) for one in (confirm, unlock, mount, *otherwise)]

    assert len({str(rows) for rows in every}) == len(every)
    assert {key.partition(".")[2] for key in words.EVERY if key.startswith("because.")} == set(Because)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_whatever_a_change_of_the_rule_says_otherwise_is_said_otherwise(language: str) -> None:
    passkey = Credential(id=b"one", person=LI, key=b"key", is_bound=True, starts_at=NOON)
    charter = Charter(2, "passkey")
    each: list[Change] = [
        *(Enter(roster, passkey) for roster in (APPROVERS, SECURITY, "finance")),
        *(Enter(APPROVERS, replace(passkey, **{name: value})) for name, value in OTHERWISE.items()),  # type: ignore[arg-type]  # by name
        *(Remove(roster, b"one") for roster in (APPROVERS, SECURITY)),
        Remove(APPROVERS, b"two"),
        *(Seat(NOON, seats) for seats in SEATS),
        Seat(NOON + timedelta(days=1), SEATS[0]),
        *(Amend(of, 2, charter) for of in ("", of_company(MAKE.uscc), of_seal("5f" * 16), of_seal("5e" * 16))),
        Amend("", 3, charter),
        *(Amend("", 2, replace(charter, **{name: value})) for name, value in CHARTERED.items()),  # type: ignore[arg-type]  # by name
    ]

    first = Begin(
        log="log",
        web_key=b"key",
        page="page",
        charter=charter,
        entries=(Enter(APPROVERS, passkey), Enter(SECURITY, replace(passkey, id=b"two"))),
        witness=replace(passkey, id=b"three"),
    )
    each += [
        first,
        replace(first, log="other"),
        replace(first, page="other"),
        replace(first, web_key=b"other"),
        replace(first, entries=first.entries[:1]),
        replace(first, entries=(replace(first.entries[0], roster="finance"), first.entries[1])),
        *(replace(first, charter=replace(charter, **{name: value})) for name, value in CHARTERED.items()),  # type: ignore[arg-type]  # by name
        *(replace(first, witness=replace(passkey, **{name: value})) for name, value in OTHERWISE.items()),  # type: ignore[arg-type]  # by name
    ]

    told = {str(list(saying.of_change(change, reader(language)))) for change in each}

    assert len(told) == len(each)
    assert set(OTHERWISE) == set(Credential.__dataclass_fields__)
    assert set(CHARTERED) == set(Charter.__dataclass_fields__)


def test_a_change_is_asked_for_by_itself_and_shown_in_words() -> None:
    text = Amend(of_company(MAKE.uscc), 1, Charter(2, "passkey")).to_bytes().decode()
    ask = replace(ask_for(use_of(CONTRACT)), statements=(text,), names={})

    shown = drawing.approval(
        asking.read(ask.to_bytes()), [], address="a" * 43, own=Page("http://localhost:8001"), home=""
    )

    assert MAKE.uscc in shown
    assert web_text(challenge(text.encode())) in shown
    for statements in ((text, text), (text, use_of(CONTRACT).to_bytes().decode())):
        with pytest.raises(asking.ApprovalAskUnreadable):
            asking.read(replace(ask, statements=statements).to_bytes())
