"""Two companies and the objects of one of them: what the rows of ``access.txt`` are about, and what they send."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, Final, TypeAlias

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate

from privyseal.approvals import actions as approvals
from privyseal.approvals.models import (
    ApprovalPasskey,
    CategoryVersion,
    CharterVersion,
    CopyCheck,
    Delegation,
    Draft,
    Line,
    Policy,
    RosterSeat,
    SeatList,
)
from privyseal.approvals.papers import Attached, Papers
from privyseal.approvals.queries import application_visible_to
from privyseal.approvals.rules import Manner
from privyseal.approvals.rules.attachments import Kind
from privyseal.approvals.rules.presets import PRESETS, Preset
from privyseal.approvals.rules.usual_categories import USUAL
from privyseal.approvals.wishes import LineWish
from privyseal.custody import actions as custody
from privyseal.custody.rules.places import StoreKind
from privyseal.device.enrolment import DeviceKind
from privyseal.devices import actions as devices
from privyseal.devices.models import Device, Mounting, Unlocking
from privyseal.identity import actions as identity
from privyseal.identity.actions.lists import keep_list
from privyseal.identity.models import Company, FactorReset, Grant, KeptList, Person, Post, Session, TableImport
from privyseal.identity.rules import Import, Office, Power
from privyseal.keeping.models import Clearance
from privyseal.kernel.tiles import Tile
from privyseal.ledger.models import FactRow
from privyseal.pdf.accepted import Accepted
from privyseal.pdf.placement import Placement
from privyseal.sealing import actions as sealing
from privyseal.sealing.models import Document, Intake
from privyseal.seals import actions as seals
from privyseal.seals.models import (
    Filing,
    KeeperSet,
    OutsideCertificate,
    OwnType,
    Permit,
    Seal,
    SealRules,
    Transfer,
    UseEntry,
)
from privyseal.seals.rules import Act, OwnRule, SealType
from privyseal.signer.answers import Public
from privyseal.signer.bound import Paper
from privyseal.signer.client import Client
from privyseal.signer.outside import CertificateAwaited
from tests.actions.keepers import PHOTO, ordered, photo
from tests.actions.keepers import rubber as existing
from tests.by_hand import stamped_page
from tests.cast import OTHER_USCC, people_of_two_companies
from tests.conftest import FACE, Use, apply, bring, found, new_person, permit_of, say_yes
from tests.edges.conftest import command
from tests.edges.hands import Hands, Trips, hands, permit_by_hand, trips
from tests.edges.held import PARTED, HeldThings, held
from tests.edges.machine import AtMachine, at_machine
from tests.edges.named import Named, named
from tests.edges.told import (
    ADDRESS,
    CODE,
    DELIVERY,
    MESSAGE,
    NOTICE,
    OUTSIDE,
    OUTSIDE_KEY,
    WEBHOOK,
    enter_outside,
    tell,
)
from tests.pdfs import one_page

Address: TypeAlias = dict[str, object]
Sent: TypeAlias = dict[str, Any]
FACTOR: Final = 5_000_000  # an authenticator app of wang's
CHARTER: Final = "9e" * 16
CHARTER_OF_ALL: Final = "9b" * 16
SEAT: Final = "9c" * 16
SEAT_LIST: Final = "9d" * 16
PASSKEY: Final = "9a" * 16  # a passkey for approvals of li's, offered
PAPER: Final = "7b" * 32
MOUNTING: Final = "3c" * 16  # asked for by zhao
UNLOCKING: Final = "3d" * 16  # likewise
SESSION: Final = "5e" * 32  # one of wang's, in another browser
_SECOND_ONES: Final = ("dong", "wu", "ke")  # access.txt asks one person a power


@dataclass(frozen=True, slots=True)
class Scene:
    people: Mapping[str, Person]
    company: Company
    official: Seal
    document: str
    pending: str
    approved: Permit
    sealed: str
    code: str
    draft: Permit
    suspended: Permit
    rubber: Permit
    store: str
    machine: str
    mounted: str
    stock_take: str
    trips: Trips
    kept: str
    campaign: str
    group_campaign: str
    photo: str
    trouble: "Trouble"
    fact: int
    grant: Grant
    mapping: int
    staff: "Staff"
    named: Named
    hands: Hands
    at_machine: AtMachine
    held: HeldThings


@dataclass(frozen=True, slots=True)
class Staff:
    """The company as an organisation: wang is a member and holds a post, ma is to get into an account."""

    unit: str
    brought: str
    died: str
    post: str
    vacant: str
    holding: int
    code: int
    new_company: str
    proof: str
    other_company: str
    renaming: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """A lost rubber seal of which ma is co-custodian, a drill, and the company's seal rules: published, and a draft."""

    seal: Seal
    lost: str
    drill: str
    rules: str
    draft_rules: SealRules


def build(at: datetime, *, public: Public, signer: Client, accepted: Accepted) -> Scene:
    """Let the people of one company bring one object of each kind into being."""
    found(public, at)
    people, company = people_of_two_companies(at - timedelta(days=30), without=_SECOND_ONES)
    ApprovalPasskey.objects.create(
        uid=PASSKEY,
        person=people["li"],
        name="手机",
        credential=b"c",
        key=b"k",
        is_bound=True,
        offered_at=at,
        starts_at=at,
    )
    CharterVersion.objects.create(
        uid=CHARTER_OF_ALL,
        version=2,
        approvals=2,
        assurance="session",
        is_bound=False,
        takes=2,
        proposed_by=people["li"],
        proposed_at=at,
    )
    for uid, number in (("a" * 32, b"a"), (SEAT, b"d")):
        own = ApprovalPasskey.objects.create(
            person=people["li"], name="手机", credential=number, key=b"k", is_bound=True, offered_at=at, starts_at=at
        )
        RosterSeat.objects.create(uid=uid, passkey=own, company=company, waits_from=at)
    listed = SeatList.objects.create(uid=SEAT_LIST, listed_by=people["chen"], listed_at=at)
    RosterSeat.objects.exclude(uid=SEAT).update(of_list=listed)
    CharterVersion.objects.create(
        uid=CHARTER,
        company=company,
        version=1,
        approvals=2,
        assurance="session",
        is_bound=False,
        takes=2,
        proposed_by=people["li"],
        proposed_at=at,
    )
    Authenticator.objects.create(pk=FACTOR, user=people["wang"], type="totp", data={"secret": "", "counter": 0})
    Person.objects.filter(pk=new_person("gone", "钱离").pk).update(is_active=False)
    FactorReset.objects.create(person=people["wang"], asked_by=people["chen"], asked_at=at)
    Session.objects.create(
        session_key=SESSION, person=people["wang"], began_at=at, seen_at=at, expire_date=at + timedelta(hours=1)
    )
    zhao, li, wang = (people[login] for login in ("zhao", "li", "wang"))
    tell(wang, at)
    enter_outside(company, people["chen"], at)
    rule = OwnRule(SealType.CONTRACT)
    seals.add_type(zhao, at, company_uid=company.uid, name_zh="授权章", name_en="Mandate seal", rule=rule)
    official = permit_of(_seal(zhao, li, at, company, "公章", signer=signer)).seal
    stopped = permit_of(_seal(zhao, li, at, company, "合同专用章", signer=signer)).seal
    seals.suspend(zhao, at, seal_uid=stopped.uid, reason="盘点", signer=signer)
    for name in ("网银", "网银二"):
        apart = [official.number, stopped.number]
        uid = seals.make_set(zhao, at, company_uid=company.uid, name=name, numbers=apart)
    seals.propose_set_end(zhao, at, set_uid=uid)
    resuming = approvals.apply_to_resume(zhao, at, seal_uid=stopped.uid, reason="盘点完毕")
    say_yes(li, at, resuming)
    contract = bring(wang, at, company, accepted)
    sealing.bring_document(
        wang, at, company_uid=company.uid, name="标书.pdf", arrival="0" * 32, sha256="0" * 64, size=60_000_000
    )
    beside = Papers(attached=(Attached(Kind.QUOTATION, contract),), off_site="上海分公司")
    asked = [Use(apply(wang, at, official, contract, papers=beside), contract) for _ in range(5)]
    pending, approved, used, filed, brought = asked
    place = (Placement(1, 150_000, 60_000),)
    copied = LineWish(official.uid, contract, "nobody", place, manner=Manner.TRUE_COPY)
    apply(wang, at, official, contract, lines=(copied,), papers=Papers(checker_pseudonym=people["ma"].pseudonym))
    # Whoever may not approve themselves decides nothing by it.
    term = {"given_at": at, "starts_at": at, "ends_at": at + timedelta(days=1)}
    Delegation.objects.create(company=company, giver=li, taker=people["ma"], **term)
    for use in (approved, used, filed, brought):
        say_yes(li, at, use.uid)
    rubber = ordered(zhao, li, at, company, people["gu"], people["ma"])
    seals.carry_out(zhao, at, permit_uid=rubber.uid, signer=signer)
    existing = seals.ExistingSeal(
        name="财务专用章（实体）", type=SealType.FINANCE, keeper_pseudonym=people["gu"].pseudonym
    )
    kept = seals.enter_existing(zhao, at, company_uid=company.uid, existing=existing)
    _seal(zhao, li, at, company, "党委", signer=signer, kind=SealType.PARTY)
    sealed = sealing.seal_document(wang, at, permit_uid=used.permit.uid, document_sha256=contract, signer=signer)
    for use in (brought, filed):
        sealing.seal_document(wang, at, permit_uid=use.permit.uid, document_sha256=contract, signer=signer)
    _papers(wang, zhao, at, used, brought, filed)
    _on_paper(wang, at, company)
    by_hand = hands(people, at, company, contract)
    return Scene(
        people=people,
        company=company,
        official=official,
        document=contract,
        pending=pending.uid,
        approved=approved.permit,
        sealed=sealed,
        code=_printed_code(used),
        draft=permit_of(_seal(zhao, li, at, company, "人力专用章", signer=None)),
        suspended=permit_of(resuming),
        staff=_staff(people, at, company),
        named=named(people, at, company, official, contract, signer),
        hands=by_hand,
        at_machine=at_machine(people, at, company, _rubber_permits(people, at, company, contract), signer),
        held=held(people, at, official),
        rubber=rubber,
        trips=trips(people, at, company, contract),
        store=custody.set_up_store(
            zhao, at, company_uid=company.uid, kind=StoreKind.CABINET, name="1号柜", rows=1, columns=2
        ),
        machine=_machine(zhao, at, company, "D-0009"),
        mounted=_mounted(zhao, at, company, rubber.seal),
        stock_take=custody.open_stock_take(zhao, at, company_uid=company.uid, counter_pseudonym=wang.pseudonym),
        kept=kept,
        campaign=seals.open_campaign(zhao, at, company_uid=company.uid, due_on=localdate()),
        group_campaign=seals.open_group_campaign(zhao, at, head_uid=company.uid, due_on=localdate()),
        photo=photo(people["gu"], at, rubber.seal),
        trouble=_trouble(people, at, company, signer),
        grant=_waiting_grant(people, at, company),
        mapping=_waiting_mapping(people["chen"], at, company),
        fact=FactRow.objects.order_by("-pk").values_list("pk", flat=True)[0],
    )


def _categories(people: Mapping[str, Person], at: datetime, company: Company) -> None:
    """Let one category be in force and one be a draft."""
    _draft_category, running = (
        approvals.write_category(people["zhao"], at, company_uid=company.uid, code=code, category=USUAL[code])
        for code in ("contract", "delivery-note")
    )
    digest = CategoryVersion.objects.get(uid=running).says_sha256
    approvals.confirm_category(people["chen"], at, category_uid=running, says_sha256=digest)


def _trouble(people: Mapping[str, Person], at: datetime, company: Company, signer: Client) -> Trouble:
    zhao, li, gu, ma = (people[login] for login in ("zhao", "li", "gu", "ma"))
    seal = existing(zhao, at, company, gu, name="党委章")
    seals.name_co_custodian(zhao, at, seal_uid=seal.uid, person_pseudonym=ma.pseudonym)
    gone = seals.Report(account="清点时不在", place="北京")
    first, second = (
        seals.write_rules(zhao, at, company_uid=company.uid, title="印章管理办法", text=text) for text in ("一", "二")
    )
    published = SealRules.objects.get(uid=first)
    _categories(people, at, company)
    papers = Document.objects.filter(company=company).values_list("sha256", flat=True)
    keep_list(people["wang"], at, place="seals", name="公章", asked="q=gz")
    approvals.keep_draft(
        people["wang"], at, company_uid=company.uid, document_sha256=papers[0], said={"reason": "续签"}
    )
    approvals.write_policy(zhao, at, company_uid=company.uid, name="审批规则", rows=PRESETS[Preset.SMALL_FIRM])
    seals.publish_rules(li, at, rules_uid=first, sha256_shown=published.sha256)
    return Trouble(
        seal=seal,
        lost=custody.report(zhao, at, seal_uid=seal.uid, act=Act.LOSE, said=gone, signer=signer),
        drill=seals.freeze(zhao, at, company_uid=company.uid, reason="演练", is_drill=True, signer=signer),
        rules=first,
        draft_rules=SealRules.objects.get(uid=second),
    )


def _staff(people: Mapping[str, Person], at: datetime, company: Company) -> Staff:
    chen, wang, ma = (people[login] for login in ("chen", "wang", "ma"))
    post, vacant = (
        identity.open_post(chen, at, company_uid=company.uid, name=name, office=Office.STAFF)
        for name in ("出纳", "档案员")
    )
    identity.join_company(chen, at, person_pseudonym=wang.pseudonym, company_uid=company.uid, joined_on=localdate())
    proof = settings.BLOBS.put(b"%PDF-1.7 a scan")
    brought = TableImport.objects.create(
        table="people", sha256="0" * 64, brought_by=chen, brought_at=at, state=Import.FINE.value, rows=1
    )
    refusal = {"code": identity.TableWorkDied.code, "facts": {"table": "people"}}
    died = TableImport.objects.create(
        table="people",
        sha256="0" * 64,
        brought_by=chen,
        brought_at=at,
        state=Import.REFUSED.value,
        refusal=refusal,
    )
    other = Company.objects.get(uscc=OTHER_USCC)
    return Staff(
        brought=brought.uid,
        died=died.uid,
        unit=identity.open_unit(chen, at, company_uid=company.uid, name="财务部"),
        post=post,
        vacant=vacant,
        holding=identity.fill_post(chen, at, post_uid=post, person_pseudonym=wang.pseudonym, starts_at=at),
        code=identity.make_entry_code(chen, at, person_pseudonym=ma.pseudonym, code="0000"),
        new_company=identity.register_company(
            chen,
            at,
            name="未核验有限公司",
            name_en="",
            uscc="91110108MA01ABCF0D",
            legal_representative="钱正",
            licence_sha256=proof,
            representative_sha256=proof,
        ),
        proof=proof,
        other_company=other.uid,
        renaming=identity.ask_renaming(chen, at, company_uid=other.uid, new=_new_name("更名科技有限公司", proof, at)),
    )


def _rubber_permits(people: Mapping[str, Person], at: datetime, company: Company, paper: str) -> tuple[Permit, Permit]:
    one, other = (permit_by_hand(people, at, company, paper, name) for name in ("free", "coded"))
    return one, other


def _machine(zhao: Person, at: datetime, company: Company, serial: str) -> str:
    """Register a machine that is in service; the signer does not know it."""
    uid = devices.register(
        zhao, at, company_uid=company.uid, kind=DeviceKind.HANDHELD, serial=serial, name="三楼前台", slots=1
    )
    Device.objects.filter(uid=uid).update(enrolled_at=at, epoch=1, key="00" * 64, is_locked=True, group="三楼")
    return uid


def _mounted(zhao: Person, at: datetime, company: Company, seal: Seal) -> str:
    device = Device.objects.get(uid=_machine(zhao, at, company, "D-0010"))
    Mounting.objects.create(uid=MOUNTING, device=device, slot=1, seal=seal, asked_by=zhao, asked_at=at)
    Unlocking.objects.create(uid=UNLOCKING, device=device, because="mistaken", known=0, asked_by=zhao, asked_at=at)
    return device.uid


def _papers(wang: Person, zhao: Person, at: datetime, used: Use, brought: Use, filed: Use) -> None:
    """Have wang owe the papers of one use, which zhao asks to waive, have filed another's, and a third's archived."""
    scan = {"archive_number": "XS-1", "scan": b"%PDF-1.7 a scan", "is_copy_back": False}
    for use in (used, brought, filed):
        entry = UseEntry.objects.get(line__permit=use.permit)
        Filing.objects.create(entry=entry, owed_by=wang, due_on=localdate(at), retention="ten-years")
        if use is not used:
            approvals.file_papers(wang, at, entry_id=entry.pk, **scan)  # type: ignore[arg-type]  # each is of its kind
    waived = Filing.objects.get(entry__line__permit=used.permit)
    approvals.ask_to_waive_filing(zhao, at, entry_id=waived.pk, reason="合同作废")
    approvals.confirm_filing(zhao, at, entry_id=entry.pk, scan_sha256=Filing.objects.get(pk=entry.pk).scan_sha256)
    company = used.permit.seal.company
    approvals.transfer_filed(zhao, at, company_uid=company.uid, year=localdate(at).year, archive="档案室")


def _new_name(name: str, licence: str, at: datetime) -> identity.NewName:
    day = localdate(at)
    return identity.NewName(name=name, name_en="", licence_sha256=licence, changed_on=day, old_seals_until=day)


def _waiting_grant(people: Mapping[str, Person], at: datetime, company: Company) -> Grant:
    """Return a power over the company and all below it that nobody has confirmed."""
    who, power = people["qiu"].pseudonym, Power.USE
    batch = identity.grant_in_group(people["chen"], at, person_pseudonym=who, power=power, company_uid=company.uid)
    return Grant.objects.get(batch=batch)


def _waiting_mapping(chen: Person, at: datetime, company: Company) -> int:
    post = Post.objects.create(company=company, name="业务经理", office=Office.STAFF, opened_at=at)
    return identity.map_post(chen, at, post_uid=post.uid, power=Power.USE, company_uid=company.uid)


def _seal(
    zhao: Person,
    li: Person,
    at: datetime,
    company: Company,
    name: str,
    *,
    signer: Client | None,
    kind: SealType = SealType.CONTRACT,
) -> str:
    """Apply for a seal and approve it; with a signer, make it too. Return the application."""
    application = approvals.apply_for_seal(
        zhao, at, company_uid=company.uid, reason="需要", name=name, type=kind, face=FACE
    )
    say_yes(li, at, application)
    if signer is not None:
        with suppress(CertificateAwaited):
            seals.carry_out(zhao, at, permit_uid=permit_of(application).uid, signer=signer)
    return application


def _of_permit(permit: Permit) -> Address:
    return {"uid": permit.seal.uid, "permit_uid": permit.uid}


# What the third column of access.txt names: the arguments of the route's address.
def _printed_code(use: Use) -> str:
    """Give the use the code that would have been printed with it."""
    code = "c0de" * 8
    Line.objects.filter(application__uid=use.uid).update(code=code)
    return code


ABOUT: Final[Mapping[str, Callable[[Scene], Address]]] = {
    "-": lambda _: {},
    "paper-text": lambda _: {"text": "AAAA"},
    "tile": lambda _: {"tile": Tile(0, 0)},
    "ocsp-question": lambda _: {"question": "AAAA"},
    "official": lambda scene: {"uid": scene.official.uid},
    "serial": lambda scene: {"serial": scene.official.versions.get().serial},
    "stopped": lambda scene: {"uid": scene.suspended.seal.uid},
    "stopped+permit": lambda scene: {"uid": scene.suspended.seal.uid, "permit_uid": scene.suspended.uid},
    "awaited": lambda _: _of_permit(OutsideCertificate.objects.get().permit),
    "draft+permit": lambda scene: {"uid": scene.draft.seal.uid, "permit_uid": scene.draft.uid},
    "official+retire": lambda scene: {"uid": scene.official.uid, "purpose": "retire"},
    "stamp": lambda scene: {"uid": scene.rubber.seal.uid},
    "trip-out": lambda scene: {"uid": scene.trips.out},
    "trip-booked": lambda scene: {"uid": scene.trips.booked, "act": "give"},
    "trip-out+bring": lambda scene: {"uid": scene.trips.out, "act": "bring"},
    "store": lambda scene: {"uid": scene.store},
    "machine": lambda scene: {"uid": scene.machine},
    "machine-uncoded": lambda scene: {"uid": scene.machine, "use": scene.at_machine.use},
    "machine+picture": lambda scene: {"uid": scene.machine, "sha256": "0" * 64},
    "machine+right": lambda scene: {"uid": scene.machine, "word": "right"},
    "machine-mounted": lambda scene: {"uid": scene.mounted},
    "unlocking+agree": lambda scene: {"uid": scene.mounted, "unlocking": UNLOCKING, "word": "agree"},
    "mounting+agree": lambda scene: {"uid": scene.mounted, "mounting": MOUNTING, "word": "agree"},
    "machine+lose": lambda scene: {"uid": scene.machine, "act": "lose"},
    "stock-take": lambda scene: {"uid": scene.stock_take},
    "stock-take+pause": lambda scene: {"uid": scene.stock_take, "step": "pause"},
    "stock-take+table": lambda scene: {"uid": scene.stock_take, "ending": "csv"},
    "rubber+witness": lambda scene: {"uid": scene.rubber.seal.uid, "permit_uid": scene.rubber.uid, "role": "witness"},
    "rubber+permit": lambda scene: {"uid": scene.rubber.seal.uid, "permit_uid": scene.rubber.uid},
    "rubber+photo": lambda scene: {"uid": scene.rubber.seal.uid, "sha256": scene.photo},
    "lost-seal": lambda scene: {"uid": scene.trouble.seal.uid},
    "lost": lambda scene: {"uid": scene.trouble.lost},
    "drill": lambda scene: {"uid": scene.trouble.drill},
    "rules": lambda scene: {"uid": scene.trouble.rules},
    "draft-rules": lambda scene: {"uid": scene.trouble.draft_rules.uid},
    "named": lambda scene: {"uid": scene.named.seal.uid},
    "standing": lambda scene: {"uid": scene.named.standing},
    "standing-application": lambda scene: {"uid": Permit.objects.get(uid=scene.named.standing).application_uid},
    "standing+sample": lambda scene: {"uid": scene.named.standing, "number": 1},
    "machine-free": lambda scene: {"uid": scene.at_machine.free},
    "machine-coded": lambda scene: {"uid": scene.at_machine.coded, "use": scene.at_machine.use},
    "hand-ready": lambda scene: {"uid": scene.hands.ready},
    "hand-asked": lambda scene: {"uid": scene.hands.asked},
    "hand-out": lambda scene: {"uid": scene.hands.out},
    "hand-ended": lambda scene: {"uid": scene.hands.ended},
    "hand-taken": lambda scene: {"uid": scene.hands.taken, "turn": scene.hands.turns["taken"]},
    "hand-picture": lambda scene: {"uid": scene.hands.photograph},
    "hand-page": lambda scene: {"uid": scene.hands.made, "photograph": scene.hands.photograph},
    "hand-spoiled": lambda scene: {"uid": scene.hands.made, "photograph": scene.hands.spoiled},
    "hand-filled-in": lambda scene: {"uid": scene.hands.blank, "photograph": scene.hands.filled_in},
    "hand-blank": lambda scene: {"uid": scene.hands.blank, "number": 2},
    "hand-owed": lambda scene: {"uid": scene.hands.owed},
    "hand-waiver": lambda scene: {"uid": scene.hands.waiver},
    "hand-made": lambda scene: {"uid": scene.hands.made, "turn": scene.hands.turns["made"]},
    "said": lambda scene: {"uid": scene.named.said.uid},
    "mandate": lambda scene: {"uid": scene.named.mandate},
    "asked": lambda scene: {"uid": scene.named.asked},
    "consented": lambda scene: {"uid": scene.named.consented},
    "copied": lambda _: {"uid": CopyCheck.objects.get().application.uid},
    "pending": lambda scene: {"uid": scene.pending},
    "way-back": lambda scene: {"uid": scene.pending},
    "paper": lambda scene: {"uid": scene.pending, "sha256": scene.document},
    "paper+page": lambda scene: {"uid": scene.pending, "sha256": scene.document, "number": 1},
    "approved": lambda scene: {"uid": scene.approved.application_uid},
    "approved+permit": lambda scene: {
        "uid": scene.approved.application_uid,
        "permit_uid": scene.approved.uid,
        "sha256": scene.document,
    },
    "only-permit": lambda scene: {"uid": scene.approved.application_uid, "permit_uid": scene.approved.uid},
    "sealed": lambda scene: {"intent_uid": scene.sealed},
    "use": lambda _: {"entry_id": UseEntry.objects.get(number=1).pk},
    "owed": lambda _: {"entry_id": Filing.objects.get(filed_at=None).pk},
    "filed": lambda _: {"entry_id": Filing.objects.get(transfer__isnull=False).pk},
    "to-confirm": lambda _: {"entry_id": Filing.objects.get(filed_at__isnull=False, transfer=None).pk},
    "transfer": lambda _: {"uid": Transfer.objects.get().uid},
    "transfer-table": lambda _: {"uid": Transfer.objects.get().uid, "ending": "csv"},
    "made": lambda scene: {"uid": scene.rubber.uid},
    "official+code": lambda scene: {"kind": "seal", "uid": scene.official.uid},
    "list-table": lambda _: {"ending": "csv"},
    "kept-list": lambda _: {"uid": KeptList.objects.get().uid},
    "uses-table": lambda _: {"ending": "xlsx"},
    "code": lambda scene: {"code": scene.code},
    "document": lambda scene: {"sha256": scene.document},
    "digest": lambda scene: {"sha256": scene.document},
    "first-page": lambda scene: {"sha256": scene.document, "number": 1},
    "photographed": lambda _: {"sha256": PAPER, "number": 1},
    "company+document": lambda scene: {"company_uid": scene.company.uid, "sha256": scene.document},
    "delegation": lambda _: {"uid": Delegation.objects.get().uid},
    "own-type": lambda _: {"uid": OwnType.objects.get().uid},
    "set": lambda _: {"uid": KeeperSet.objects.get(ending_by=None).uid},
    "ending-set": lambda _: {"uid": KeeperSet.objects.get(ending_by__isnull=False).uid},
    "campaign": lambda scene: {"uid": scene.campaign},
    "campaign+table": lambda scene: {"uid": scene.campaign, "ending": "xlsx"},
    "group-campaign": lambda scene: {"uid": scene.group_campaign},
    "group-campaign+table": lambda scene: {"uid": scene.group_campaign, "ending": "csv"},
    "own-draft": lambda _: {"uid": Draft.objects.get(person__login="wang").uid},
    "draft-category": lambda _: {"uid": CategoryVersion.objects.get(code="contract").uid},
    "running-category": lambda _: {"uid": CategoryVersion.objects.get(code="delivery-note").uid},
    "draft-policy": lambda _: {"uid": Policy.objects.get().uid},
    "draft-policy+row": lambda _: {"uid": Policy.objects.get().uid, "number": 2},
    "campaign+seal": lambda scene: {"uid": scene.campaign, "seal_uid": scene.kept},
    "own-company": lambda scene: {"uid": scene.company.uid},
    "hold": lambda scene: {"uid": scene.held.hold},
    "hold-ending": lambda scene: {"uid": scene.held.ending},
    "erasure": lambda scene: {"uid": scene.held.erasure},
    "clearance": lambda scene: {"uid": scene.held.clearance},
    "new-company": lambda scene: {"uid": scene.staff.new_company},
    "new-company+proof": lambda scene: {"uid": scene.staff.new_company, "name": "licence"},
    "renaming": lambda scene: {"uid": scene.staff.other_company, "renaming": scene.staff.renaming},
    "unit": lambda scene: {"uid": scene.staff.unit},
    "post": lambda scene: {"uid": scene.staff.post},
    "vacant": lambda scene: {"uid": scene.staff.vacant},
    "post+holding": lambda scene: {"uid": scene.staff.post, "holding_id": scene.staff.holding},
    "colleague": lambda scene: {"pseudonym": scene.people["ma"].pseudonym},
    "colleague+code": lambda scene: {"pseudonym": scene.people["ma"].pseudonym, "code_id": scene.staff.code},
    "member+company": lambda scene: {
        "pseudonym": scene.people["wang"].pseudonym,
        "company_uid": scene.company.uid,
    },
    "grant": lambda scene: {"grant_id": scene.grant.pk},
    "mapping": lambda scene: {"mapping_id": scene.mapping},
    "batch": lambda scene: {"batch": scene.grant.batch},
    "fact": lambda scene: {"fact_id": scene.fact},
    "factor": lambda _: {"factor_id": FACTOR},
    "passkey": lambda _: {"uid": PASSKEY},
    "charter": lambda scene: {"uid": scene.official.uid, "charter_uid": CHARTER},
    "charter-of-all": lambda _: {"charter_uid": CHARTER_OF_ALL},
    "seat": lambda _: {},
    "seat-list": lambda _: {"uid": SEAT_LIST},
    "session": lambda _: {"sha256": SESSION},
    "gone": lambda _: {"pseudonym": Person.objects.get(login="gone").pseudonym},
    "holder": lambda scene: {"pseudonym": scene.people["wang"].pseudonym},
    "reset": lambda scene: {"uid": FactorReset.objects.get(person=scene.people["wang"]).uid},
    "died": lambda scene: {"name": "people", "uid": scene.staff.died},
    "brought": lambda scene: {"name": "people", "uid": scene.staff.brought},
    "table": lambda _: {"name": "people"},
    "seal-table": lambda _: {"name": "seals"},
    "address": lambda _: {"uid": ADDRESS},
    "intake": lambda _: {"uid": Intake.objects.get().uid},
    "delivery": lambda _: {"uid": DELIVERY},
    "webhook": lambda _: {"uid": WEBHOOK},
    "outside": lambda _: {"uid": OUTSIDE},
    "notice": lambda _: {"uid": NOTICE},
    "style": lambda _: {"name": "tokens.css"},
}


def _shown(scene: Scene) -> str:
    return application_visible_to(scene.people["li"], scene.approved.issued_at, scene.pending).shown_sha256


def _in_place(scene: Scene) -> Sent:
    return {"person": scene.people["li"].pseudonym, "reason": "请会签", "shown_sha256": _shown(scene)}


def _vote(scene: Scene) -> Sent:
    return command(step="approve", shown_sha256=_shown(scene), comment="")


def _mapping(scene: Scene) -> Sent:
    post = Post.objects.get(company=scene.company, name="业务经理")
    return command(source=f"post {post.uid}", power="approve", company=scene.company.uid)


def _terms(scene: Scene) -> Sent:
    today = localdate()
    return command(
        seal=scene.official.uid,
        how="at",
        page="1",
        x="150",
        y="60",
        following="nobody",
        reason="与乙方签订合同",
        starts_on=today.isoformat(),
        ends_on=(today + timedelta(days=6)).isoformat(),
        operator=scene.people["wang"].pseudonym,
        category=CategoryVersion.objects.get(code="delivery-note").uid,
        **{"entry-1": "SH-2026-001"},
    )


def _standing(scene: Scene) -> Sent:
    today = localdate()
    return command(
        seal=scene.official.uid,
        document_class="invoice",
        title_words="Invoice",
        most_pages="1",
        a_day="2",
        in_all="9",
        page="1",
        x="150",
        y="60",
        starts_on=today.isoformat(),
        ends_on=(today + timedelta(days=6)).isoformat(),
        operators=scene.people["wang"].pseudonym,
        reviewer=scene.people["gu"].pseudonym,
        sample_every="2",
        reason="每日开具发票",
    )


def _file(scene: Scene) -> Sent:
    file = SimpleUploadedFile("contract.pdf", one_page("Contract no. 2026-118"), content_type="application/pdf")
    return command(company=scene.company.uid, file=file)


def _on_paper(wang: Person, at: datetime, company: Company) -> None:
    """A document of wang's that exists only on paper."""
    taken = settings.VAULT.put(BytesIO(PHOTO))
    Document.objects.create(
        sha256=PAPER,
        company=company,
        received_by=wang,
        received_at=at,
        received_sha256=PAPER,
        name="合同",
        size=1,
        pages=[],
        changes=[],
        is_signed=False,
        bound=Paper(pages=3, photographs=(taken,)).to_json(),
    )


def _paper(scene: Scene) -> Sent:
    taken = SimpleUploadedFile("1.jpg", stamped_page(1), content_type="image/jpeg")
    return command(company=scene.company.uid, title="合同", pages="3", photographs=taken)


def _rubber(scene: Scene) -> Sent:
    keeper, witness = scene.people["gu"].pseudonym, scene.people["ma"].pseudonym
    made = {"maker": "示例刻章店", "maker_licence": "110108-0001", "reason": "需要"}
    return command(company=scene.company.uid, name="报关章", type="customs", keeper=keeper, witness=witness, **made)


def _wish(scene: Scene) -> Sent:
    said = {"name": "人事章", "type": "hr", "ring": FACE["ring"], "bottom": "", "reason": "需要"}
    return command(company=scene.company.uid, **said)


# What is sent to a route, besides nothing: fields that would do it, if the sender may.
def _draft() -> str:
    return Policy.objects.get().rows_sha256


SENT: Final[Mapping[str, Callable[[Scene], Sent]]] = {
    "acknowledge-rules": lambda _: command(),
    "certificate-end": lambda _: command(),
    "apply-to-unfreeze": lambda _: command(reason="演练结束"),
    "register-remark": lambda _: command(text="原件留存财务部"),
    "seal-remark": lambda _: command(text="印章边缘缺损"),
    "filing-file": lambda _: {"archive_number": "XS-2", "scan": SimpleUploadedFile("s.pdf", b"%PDF-1.7 a scan")},
    "month-pack": lambda scene: {"company": scene.company.uid},
    "idle-days": lambda scene: command(company=scene.company.uid, days="90"),
    "filing-copy-back": lambda _: command(),
    "filing-confirm": lambda _: command(
        scan_sha256=Filing.objects.get(filed_at__isnull=False, transfer=None).scan_sha256
    ),
    "filing-return": lambda _: command(reason="扫描件缺页"),
    "filing-chase": lambda _: command(),
    "filing-rules": lambda scene: command(company=scene.company.uid, days="15", retention="ten-years"),
    "filing-ask-waiver": lambda _: command(reason="合同作废"),
    "filing-waive": lambda _: command(),
    "filing-keep-owed": lambda _: command(),
    "consent": lambda _: command(),
    "end-incident": lambda _: command(),
    "freeze": lambda scene: {"company": scene.company.uid, "reason": "抢夺公章"},
    "name-co-custodian": lambda scene: command(person=scene.people["ma"].pseudonym),
    "incident-raise": lambda _: command(account="未经批准用印", place=""),
    "incident-reassign": lambda scene: command(person=scene.people["li"].pseudonym),
    "opine": lambda _: command(opinion="已报案"),
    "propose-end": lambda _: command(outcome="found"),
    "publish-rules": lambda scene: command(sha256_shown=scene.trouble.draft_rules.sha256),
    "report": lambda _: {"act": "lose", "account": "清点时不在", "place": "北京"},
    "take-responsibility": lambda scene: command(seal=scene.trouble.seal.uid),
    "write-rules": lambda scene: command(company=scene.company.uid, title="印章管理办法", text="三"),
    "apply-for-act": lambda _: command(reason="公司更名"),
    "apply-rubber": _rubber,
    "apply-seal": _wish,
    "apply-to-resume": lambda _: command(reason="盘点完毕"),
    "apply-use": _file,
    "apply-use-paper": _paper,
    "apply-use-secret": lambda scene: command(company=scene.company.uid, title="合同", envelope="M-1", pages="3"),
    "apply-use-alike": lambda scene: command(brought=_file(scene)["file"]),
    "apply-use-alike-leave": lambda _: command(),
    "apply-use-terms": _terms,
    "campaigns": lambda scene: command(company=scene.company.uid, due_on=localdate().isoformat()),
    "hours-write": lambda _: command(version="0", opens="08:30", closes="17:30"),
    "calendar-write": lambda _: command(year="2031", version="0", off="2031-01-01", made_up=""),
    "policies": lambda scene: command(company=scene.company.uid, start="small-firm"),
    "categories": lambda scene: command(company=scene.company.uid, start="invoice"),
    "category": lambda _: command(
        name_zh="合同",
        name_en="Contract",
        manner="signature-place",
        retention="permanent",
        says_sha256=CategoryVersion.objects.get(code="contract").says_sha256,
    ),
    "category-confirm": lambda _: command(says_sha256=CategoryVersion.objects.get(code="contract").says_sha256),
    "draft-keep": lambda _: {"reason": "续签"},
    "draft-drop": lambda _: {},
    "category-discard": lambda _: command(),
    "category-end": lambda _: command(),
    "policy-name": lambda _: command(name="审批规则", rows_sha256=_draft()),
    "policy-row-new": lambda _: command(who1="approver", rows_sha256=_draft()),
    "policy-row": lambda _: command(who1="approver", needed1="2", rows_sha256=_draft()),
    "policy-row-move": lambda _: command(rows_sha256=_draft()),
    "policy-row-remove": lambda _: command(rows_sha256=_draft()),
    "policy-confirm": lambda _: command(rows_sha256=_draft()),
    "policy-discard": lambda _: command(),
    "seal-types": lambda scene: command(
        company=scene.company.uid, name_zh="投标章", name_en="Tender seal", like="contract", kind=""
    ),
    "seal-type-retire": lambda _: command(),
    "keeper-sets": lambda scene: command(
        company=scene.company.uid, name="对公账户", numbers=f"{scene.official.number} {scene.draft.seal.number}"
    ),
    "keeper-set-propose-end": lambda _: command(),
    "keeper-set-end": lambda _: command(),
    "campaign-close": lambda _: command(),
    "group-campaign-open": lambda scene: command(head=scene.company.uid, due_on=localdate().isoformat()),
    "group-campaign-close": lambda _: command(),
    "campaign-see": lambda _: {
        "seal_photo": SimpleUploadedFile("a.jpg", b"\xff\xd8\xff the seal"),
        "imprint_photo": SimpleUploadedFile("b.jpg", b"\xff\xd8\xff its imprint"),
    },
    "company-place": lambda _: command(parent=""),
    "company-register": lambda _: command(
        name="第四有限公司", name_en="", uscc="91110108MA01ABCG0E", legal_representative="钱正"
    ),
    "hold-place": lambda _: command(about="person", company="", which="wang", reason="诉讼保全"),
    "hold-ask-lifting": lambda _: command(reason="结案"),
    "hold-lift": lambda _: command(),
    "erasure-ask": lambda _: command(login=PARTED, reason="本人要求"),
    "erasure-decide": lambda _: command(decision="agreed"),
    "clearance-ask": lambda scene: command(company=scene.company.uid, reason="保管期满"),
    "clearance-decide": lambda scene: command(
        decision="refused", list_sha256=Clearance.objects.get(uid=scene.held.clearance).list_sha256
    ),
    "company-rename": lambda _: command(
        name="改名有限公司",
        name_en="",
        changed_on=localdate().isoformat(),
        old_seals_until=localdate().isoformat(),
        licence=SimpleUploadedFile("a.pdf", b"%PDF-1.7 a new licence"),
    ),
    "company-examine-name": lambda scene: command(decision="confirm", reason="", licence_sha256=scene.staff.proof),
    "company-prove": lambda _: command(proof="licence", file=SimpleUploadedFile("a.pdf", b"%PDF-1.7 another scan")),
    "company-examine": lambda scene: command(
        decision="verify", reason="", licence_sha256=scene.staff.proof, representative_sha256=scene.staff.proof
    ),
    "import-enter": lambda _: command(),
    "import-again": lambda _: command(),
    "reset-ask": lambda _: command(),
    "reset-confirm": lambda _: command(),
    "reset-stop": lambda _: command(),
    "unit-open": lambda _: command(name="法务部", parent=""),
    "come-back": lambda _: command(),
    "unit-rename": lambda _: command(name="财务中心"),
    "unit-move": lambda _: command(unit=""),
    "unit-close": lambda _: command(),
    "post-open": lambda _: command(name="会计", office="staff", unit=""),
    "post-fill": lambda _: command(login="ma", starts_on=localdate().isoformat(), ends_on="", deputy_for=""),
    "post-vacate": lambda _: command(),
    "post-close": lambda _: command(),
    "enrol": lambda _: command(login="new", name="新人"),
    "join": lambda scene: command(company=scene.company.uid, joined_on=localdate().isoformat()),
    "move": lambda _: command(unit=""),
    "leave-company": lambda _: command(left_on=localdate().isoformat()),
    "leave": lambda _: command(left_on=localdate().isoformat()),
    "entry-code": lambda _: command(),
    "put-out": lambda _: command(),
    "confirm-code": lambda _: command(),
    "comment": lambda _: command(text="请说明"),
    "demo-sign-in": lambda _: {"login": "wang"},
    "end-other-sessions": lambda _: command(),
    "end-session": lambda _: command(),
    "enter-seal": _rubber,
    "remove-factor": lambda _: command(),
    "charter-propose": lambda _: command(whose="seal", approvals="1", assurance="session"),
    "charter-agree": lambda _: command(),
    "charter-of-all-propose": lambda _: command(approvals="1", assurance="session"),
    "charter-of-all-agree": lambda _: command(),
    "charter-of-all-drop": lambda _: command(),
    "rosters-put": lambda _: command(seats=SEAT),
    "rosters-agree": lambda _: command(),
    "rosters-drop": lambda _: command(),
    "charter-drop": lambda _: command(),
    "approval-passkey-make": lambda _: command(name="手机"),
    "approval-passkey-confirm": lambda _: command(),
    "approval-passkey-remove": lambda _: command(),
    "face-preview": lambda _: {"ring": FACE["ring"]},
    "map-power": _mapping,
    "mapping-confirm": lambda _: command(),
    "mapping-end": lambda _: command(),
    "power-confirm": lambda _: command(),
    "confirm-batch": lambda _: command(),
    "power-end": lambda _: command(),
    "power-grant": lambda scene: command(login="qiu", power="approve", company=scene.company.uid),
    "set-language": lambda _: {"language": "en"},
    "messages-read": lambda _: command(up_to_uid=MESSAGE),
    "message-ways": lambda _: command(),
    "list-keep": lambda _: command(place="seals", name="在用", asked="state=active"),
    "list-drop": lambda _: command(),
    "phrases": lambda _: command(lines="同意。"),
    "company-phrases": lambda _: command(lines="请补充附件。"),
    "message-mute": lambda scene: command(seal=scene.approved.seal.uid, is_muted="on"),
    "message-wishes-set": lambda _: command(begins="22:00", ends="07:00"),
    "browser-name": lambda _: command(endpoint="https://push.example/1", p256dh="B" * 87, auth="A" * 22),
    "browser-remove": lambda _: command(),
    "address-name": lambda _: command(channel="email", value="somebody@example.com"),
    "address-confirm": lambda _: command(code=CODE),
    "address-remove": lambda _: command(),
    "send-again": lambda _: command(),
    "webhook-subscribe": lambda _: command(name="ERP", address="https://erp.example.com/seals"),
    "outside-register": lambda scene: command(
        company=scene.company.uid, name="流程平台", address="https://flow.example.com/", key=OUTSIDE_KEY
    ),
    "outside-confirm": lambda _: command(),
    "outside-end": lambda _: command(),
    "webhook-test": lambda _: command(),
    "webhook-resume": lambda _: command(),
    "webhook-end": lambda _: command(),
    "webhook-again": lambda _: command(),
    "suspend": lambda _: command(reason="保管人离职"),
    "decide-together": lambda scene: command(chosen=f"{scene.pending}:{_shown(scene)}", step="approve"),
    "vote": _vote,
    "approve-by-passkey": _vote,
    "end-permit": lambda _: command(reason="合同取消"),
    "apply-standing": _standing,
    "top-up": lambda _: command(uses="2", reason="发票多于预计"),
    "prolong": lambda _: command(ends_on=(localdate() + timedelta(days=60)).isoformat(), reason="延长一个月"),
    "standing-use": lambda _: {
        "file": SimpleUploadedFile("a.pdf", one_page("Invoice"), content_type="application/pdf")
    },
    "store-set-up": lambda scene: command(company=scene.company.uid, kind="safe", name="保险柜", rows="2", columns="2"),
    "store-take-down": lambda _: command(),
    "machines": lambda scene: command(
        company=scene.company.uid, kind="desktop", serial="D-7", name="台式机", slots="6"
    ),
    "machine-code": lambda _: command(),
    "machine-act": lambda _: command(),
    "machine-mount": lambda scene: command(slot="1", seal=scene.rubber.seal.uid),
    "mounting-decide": lambda _: command(),
    "machine-seen": lambda _: command(confirmations="2"),
    "impression-yes": lambda _: command(picture="0" * 64),
    "impression-no": lambda _: command(),
    "emergency-review": lambda _: command(),
    "machine-half": lambda _: command(),
    "code-words": lambda _: command(usual="黄鹤楼上", forced="白云千载"),
    "machine-unlock": lambda _: command(because="mistaken"),
    "machine-owner": lambda _: command(group="三楼"),
    "machine-group": lambda _: command(),
    "unlocking-decide": lambda _: command(),
    "stock-take-open": lambda scene: command(
        company=scene.company.uid, place="", counter=scene.people["ma"].pseudonym, witness="", days="7"
    ),
    "stock-take-see": lambda scene: command(
        number=scene.rubber.seal.number, photo=SimpleUploadedFile("a.jpg", PHOTO, content_type="image/jpeg"), slot=""
    ),
    "stock-take-describe": lambda _: command(said="无编号的圆章"),
    "stock-take-counter": lambda scene: command(counter=scene.people["ma"].pseudonym, witness=""),
    "stock-take-step": lambda _: command(),
    "place-of-seal": lambda _: command(slot="", bag="00417"),
    "lost": lambda scene: {"seal": scene.kept},
    "alarm-thresholds": lambda scene: command(
        company=scene.company.uid,
        lost_risk_minutes="60",
        not_returned_minutes="600",
        unused_days="3",
        debt_days="1",
        restamps="2",
        stock_take_days="30",
        made_anew="1",
        debt_reminder_minutes="20",
    ),
    "take-out-say": lambda _: command(
        photo=SimpleUploadedFile("a.jpg", PHOTO, content_type="image/jpeg"), metres="500"
    ),
    "take-out-report": lambda _: command(words="高铁上"),
    "cabinet-open": lambda _: command(minutes="0"),
    "cabinet-code": lambda _: command(),
    "cabinet-receipt": lambda _: command(receipt="000000000000"),
    "machine-use-open": lambda scene: command(line=scene.at_machine.line, minutes="0"),
    "machine-use-code": lambda _: command(),
    "machine-use-qr": lambda _: command(),
    "machine-use-finish": lambda _: command(),
    "machine-use-receipt": lambda _: command(receipt="000000000000"),
    "by-hand-begin": lambda _: command(),
    "by-hand-confirm": lambda scene: command(use=scene.hands.uses["asked"], hand="custodian"),
    "by-hand-reserve": lambda scene: command(line=scene.hands.line, impressions=1),
    "by-hand-made": lambda _: command(made=2),
    "by-hand-counted": lambda _: command(counted=2, reason=""),
    "by-hand-release": lambda _: command(reason="纸张未到"),
    "by-hand-photograph": lambda _: command(
        photo=SimpleUploadedFile("page.jpg", stamped_page(1), content_type="image/jpeg"), impressions=1
    ),
    "by-hand-spoil": lambda _: command(impressions=1, reason="盖歪"),
    "by-hand-take-in": lambda _: command(),
    "by-hand-blank": lambda _: command(number=1, words="送货单"),
    "by-hand-blank-back": lambda _: command(),
    "photographs-ask-waiver": lambda _: command(reason="手机损坏"),
    "photographs-waive": lambda _: command(),
    "by-hand-end": lambda scene: command(use=scene.hands.uses["out"], ending="pause", reason=""),
    "by-hand-put-back": lambda scene: command(use=scene.hands.uses["ended"], place="1号柜"),
    "standing-review": lambda _: command(outcome="fit", note=""),
    "name-person": lambda _: command(login="ma"),
    "confirm-person": lambda scene: command(person=scene.people["ma"].pseudonym),
    "give-mandate": lambda _: command(
        purpose="劳动合同", paper=SimpleUploadedFile("a.pdf", b"%PDF-1.7 a mandate"), ends_on=localdate().isoformat()
    ),
    "revoke-mandate": lambda _: command(),
    "compare-copy": lambda _: command(shown_sha256=CopyCheck.objects.get().application.shown_sha256, line="1"),
    "take-yes-back": lambda _: command(),
    "consent-to-use": lambda scene: command(shown_sha256=scene.named.shown),
    "withdraw": lambda _: command(),
    "delegation-give": lambda _: command(),
    "delegation-end": lambda _: command(),
    "application-return": lambda scene: command(stage="1", reason="请补充", shown_sha256=_shown(scene)),
    "application-ask": lambda scene: command(turn="before", **_in_place(scene)),
    "application-forward": lambda scene: command(**_in_place(scene)),
    "application-comment": lambda _: command(text="请看第三页"),
    "application-urge": lambda _: command(),
    "application-copy": lambda scene: command(person=scene.people["ma"].pseudonym),
}
