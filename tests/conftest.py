"""The cast, a real signer, and databases that really commit."""

import os
import shutil
import sqlite3
import tempfile
import time
from collections import defaultdict
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import coverage
import hypothesis
import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.hashers import ScryptPasswordHasher
from django.db import connection, connections
from pytest_django.plugin import DjangoDbBlocker

from privyseal.approvals import actions as approvals
from privyseal.approvals.models import Application
from privyseal.approvals.rules import Step
from privyseal.approvals.stages import table_of
from privyseal.approvals.statements import shown_digest, statements_of
from privyseal.approvals.wishes import LineWish
from privyseal.config.ceremony import make_web_key
from privyseal.config.postgres_roles import OWNER
from privyseal.identity.models import Company, Grant, Installation, Person
from privyseal.identity.names import skeleton
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import sha256
from privyseal.ledger.models import FactRow
from privyseal.pdf import confined
from privyseal.pdf.accepted import Accepted
from privyseal.pdf.confined import Task
from privyseal.pdf.placement import Placement
from privyseal.sealing import actions as sealing
from privyseal.seals import actions as seals
from privyseal.seals.models import Permit, Seal
from privyseal.seals.rules import SealType
from privyseal.signer.answers import Public
from privyseal.signer.client import Client
from privyseal.signer.copying import FILE
from privyseal.signer.outside import pem
from privyseal.signer.statement import parse_approved
from tests.kept import KEPT, kept, wanted_by
from tests.outside_ca import OutsideCa
from tests.pdfs import one_page
from tests.signers import running

# How fast examples come says something of the machine, which builds share, and nothing of the product.
hypothesis.settings.register_profile("shared", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("shared")
_HERE: Final = Path(__file__).parent
_LONGEST: Final = ("stateful", "fuzz", "running", "proved")
_WATCHED: Final = (
    "rules",
    "kernel",
    "ledger",
    "actions/test_by_hand.py",
    "actions/test_categories.py",
    "actions/test_companies.py",
    "actions/test_course.py",
    "actions/test_custody.py",
    "actions/test_delegations.py",
    "actions/test_jobs.py",
    "actions/test_mappings.py",
    "actions/test_organisation.py",
    "actions/test_own_yes.py",
    "actions/test_permits_end.py",
    "actions/test_renaming.py",
    "actions/test_sealing.py",
    "actions/test_standing.py",
    "edges/test_imports.py",
    "edges/test_campaigns.py",
    "edges/test_group_campaigns.py",
)
pytest_plugins = ["tests.by_hand", "tests.at_machine", "tests.trips"]
USCC = "91110108MA01ABCD3L"
FACE = {"ring": "示例科技有限公司", "code": "1101080000001"}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Watch which lines run where tests reach what the coverage gate names: watching costs two thirds as much again."""
    watching = coverage.Coverage.current()
    if watching is None or any(item.path.is_relative_to(_HERE / part) for part in _WATCHED):
        return (yield)
    watching.stop()
    try:
        return (yield)
    finally:
        watching.start()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a database of its own, which `./dev check` leaves out, and let what takes longest come first."""
    for item in items:
        if "committed" in getattr(item, "fixturenames", ()):
            item.add_marker("committed")
        # A long test is also called by the name that its result stands under.
        parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        names = (name for mark in item.iter_markers("long") for name in mark.args)
        item.extra_keyword_matches.update(name.format_map(defaultdict(str, parameters)) for name in names)
    # One worker is not left alone with a long test at the end of a run.
    items.sort(key=lambda item: item.path.parent.name not in _LONGEST)
    # Within a file those that begin alike follow each other.
    places = {path: at for at, path in enumerate(dict.fromkeys(item.path for item in items))}
    items.sort(key=lambda item: (places[item.path], wanted_by(item) or ()))


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hash as the product does, with less work: a guess of a test's password costs nobody anything."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScryptPasswordHasher, "work_factor", 2**8)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Give this worker a database of its own, which the product has migrated."""
    with django_db_blocker.unblock(), cloned(OWNER):
        yield
        KEPT.leave()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave the database as it was to a test that brings another one, and open nothing for one that has none."""
    if wanted_by(item) is None:
        KEPT.leave()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Generator[None, None, None]:
    """Leave it after the last test as well: others of the run go on."""
    yield
    if nextitem is None:
        KEPT.leave()


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: DjangoDbBlocker, request: pytest.FixtureRequest) -> Iterator[None]:
    """Let a test write what is taken back after it."""
    wanted = wanted_by(request.node)
    with django_db_blocker.unblock():
        KEPT.enter(wanted or ())
        # Whoever asks for it in the middle of a test has begun already.
        with nullcontext() if wanted is not None else KEPT.of_a_test():
            yield


@pytest.fixture(autouse=True)
def begun(request: pytest.FixtureRequest) -> Iterator[None]:
    """Build what the test begins with before it writes anything of its own."""
    wanted = wanted_by(request.node)
    if wanted is None:
        yield
        return
    for name in ("db", *wanted):
        request.getfixturevalue(name)
    with KEPT.of_a_test():
        yield


@pytest.fixture(scope="session")
def signer_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="privyseal-signer-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def outside_ca() -> OutsideCa:
    """An authority outside, which certifies the seals of the party alone."""
    return OutsideCa(datetime.now(UTC))


@pytest.fixture(scope="session")
def signer(signer_folder: Path, outside_ca: OutsideCa) -> Iterator[Client]:
    """A signer of this worker's own."""
    roots = signer_folder / "roots.pem"
    roots.write_bytes(pem([outside_ca.root]))
    with running(signer_folder, "--outside-roots", str(roots), "--outside-types", SealType.PARTY.value) as client:
        make_web_key(settings.DATA)
        settings.SIGNER_SOCKET = str(signer_folder / "signer.sock")
        with closing(sqlite3.connect(signer_folder / "data" / FILE)) as state:
            KEPT.watch(state)
            yield client
            KEPT.watch(None)


@pytest.fixture(scope="session")
def public(signer: Client) -> Public:
    from privyseal.sealing.signing import web_key  # noqa: PLC0415  the key exists only now

    key = web_key().public_key().public_bytes_raw()
    return signer.found(
        public_url="http://localhost:8000",
        origin="localhost:8000/ledger",
        web_key=key,
        assurance="external",
        is_demo=True,
    )


@kept
def noon() -> datetime:
    """Return the time of the test. The signer has a clock of its own, so it is the real one."""
    return datetime.now(UTC)


def found(public: Public, at: datetime) -> Installation:
    return Installation.objects.create(
        public_url="http://localhost:8000",
        origin=public.origin,
        log_key=public.log_key,
        authority=public.ca,
        assurance="external",
        is_demo=True,
        founded_at=at,
    )


@kept
def installation(db: None, public: Public, noon: datetime) -> Installation:
    return found(public, noon)


def new_person(login: str, name: str) -> Person:
    person = Person(login=login, name=name)
    person.set_unusable_password()
    person.save()
    return person


def holding(person: Person, power: Power, company: Company | None, at: datetime) -> Person:
    Grant.objects.create(
        person=person, power=power.value, company=company, granted_at=at, confirmed_at=at, starts_at=at
    )
    return person


@kept
def long_ago(noon: datetime) -> datetime:
    return noon - timedelta(days=30)


@kept
def zhou(installation: Installation, long_ago: datetime) -> Person:
    """Runs the system."""
    return holding(new_person("zhou", "周维"), Power.SYSTEM, None, long_ago)


@kept
def chen(installation: Installation, long_ago: datetime) -> Person:
    """Security."""
    return holding(new_person("chen", "陈安"), Power.SECURITY, None, long_ago)


@kept
def sun(installation: Installation, long_ago: datetime) -> Person:
    """Audits."""
    return holding(new_person("sun", "孙明"), Power.AUDIT, None, long_ago)


def new_company(name: str, uscc: str, *, registrar: Person, verifier: Person, at: datetime) -> Company:
    return Company.objects.create(
        name=name,
        name_en="Example Technology Co., Ltd.",
        uscc=uscc,
        legal_representative="钱正",
        skeleton=skeleton(name),
        licence_sha256="0" * 64,
        representative_sha256="1" * 64,
        registered_by=registrar,
        registered_at=at,
        verified_by=verifier,
        verified_at=at,
    )


@kept
def company(chen: Person, sun: Person, long_ago: datetime) -> Company:
    return new_company("示例科技有限公司", USCC, registrar=chen, verifier=sun, at=long_ago)


@kept
def zhao(company: Company, long_ago: datetime) -> Person:
    """Manages the company's seals."""
    return holding(new_person("zhao", "赵管"), Power.MANAGE, company, long_ago)


@kept
def li(company: Company, long_ago: datetime) -> Person:
    """Approves."""
    return holding(new_person("li", "李批"), Power.APPROVE, company, long_ago)


@kept
def wang(company: Company, long_ago: datetime) -> Person:
    """Applies for uses and operates."""
    return holding(new_person("wang", "王用"), Power.USE, company, long_ago)


def digest_shown(application_uid: str) -> str:
    """Return the digest of what approvers are shown, without all the rest of their page."""
    application = Application.objects.get(uid=application_uid)
    lines = list(application.lines.order_by("position"))
    return shown_digest(application, statements_of(application, lines), lines)


def say_yes(approver: Person, at: datetime, application_uid: str) -> str:
    return approvals.vote(
        approver, at, application_uid=application_uid, step=Step.APPROVE, shown_sha256=digest_shown(application_uid)
    )


def ask_key(permit: Permit, document_sha256: str, signer: Client, *, operator: Person) -> None:
    """Ask the signer for what a permit allowed, past the register, as a web application that was taken over would."""
    with settings.BLOBS.mapped(document_sha256) as document:
        signer.seal(
            intent=uuid4().hex,
            operator=operator.pseudonym,
            approved=parse_approved(permit.evidence),
            document=document,
            field="Seal_1",
        )


def permit_of(application_uid: str) -> Permit:
    return Permit.objects.select_related("seal").get(application_uid=application_uid)


@kept
def official(company: Company, zhao: Person, li: Person, noon: datetime, signer: Client, public: Public) -> Seal:
    """The company's official seal, applied for, approved and made."""
    application = approvals.apply_for_seal(
        zhao, noon, company_uid=company.uid, reason="公司成立", name="公章", type=SealType.OFFICIAL, face=FACE
    )
    say_yes(li, noon, application)
    permit = permit_of(application)
    seals.carry_out(zhao, noon, permit_uid=permit.uid, signer=signer)
    return Seal.objects.get(pk=permit.seal_id)


def one_more_seal(
    manager: Person, approver: Person, at: datetime, company: Company, name: str, kind: SealType, signer: Client
) -> Seal:
    application = approvals.apply_for_seal(
        manager, at, company_uid=company.uid, reason="签合同", name=name, type=kind, face=FACE
    )
    say_yes(approver, at, application)
    permit = permit_of(application)
    seals.carry_out(manager, at, permit_uid=permit.uid, signer=signer)
    return Seal.objects.get(pk=permit.seal_id)


@pytest.fixture(scope="session")
def accepted_contract() -> Accepted:
    """A one-page contract as intake accepts it, once for all tests that only need one."""
    return confined.run(Task.ACCEPT, one_page("Contract no. 2026-117"))


@kept
def contract(company: Company, wang: Person, noon: datetime, accepted_contract: Accepted) -> str:
    """Return the digest of a one-page contract that wang brought."""
    return bring(wang, noon, company, accepted_contract)


def bring(person: Person, at: datetime, company: Company, accepted: Accepted) -> str:
    settings.BLOBS.put(accepted.data)
    return sealing.enter_document(
        person,
        at,
        company_uid=company.uid,
        name="contract.pdf",
        received_sha256=sha256(one_page("Contract no. 2026-117")),
        accepted=accepted,
    )


@dataclass(frozen=True, slots=True)
class Use:
    """An application to use the official seal on a contract."""

    uid: str
    document: str

    @property
    def permit(self) -> Permit:
        return permit_of(self.uid)


def apply(actor: Person, at: datetime, seal: Seal, document: str, **changes: object) -> str:
    said = {
        "company_uid": seal.company.uid,
        "reason": "与乙方签订合同",
        "starts_at": at,
        "expires_at": at + timedelta(days=7),
        "operator_pseudonyms": (actor.pseudonym,),
        "lines": (LineWish(seal.uid, document, "nobody", (Placement(1, 150_000, 60_000),)),),
        **changes,
    }
    return approvals.apply_for_use(actor, at, **said)  # type: ignore[arg-type]  # each field is of its kind


@kept
def pending(official: Seal, contract: str, wang: Person, noon: datetime) -> Use:
    return Use(apply(wang, noon, official, contract), contract)


@kept
def approved(pending: Use, li: Person, noon: datetime) -> Use:
    say_yes(li, noon, pending.uid)
    return pending


@kept
def wu(company: Company, long_ago: datetime) -> Person:
    """Approves too."""
    return holding(new_person("wu", "吴准"), Power.APPROVE, company, long_ago)


@kept
def ma(company: Company, long_ago: datetime) -> Person:
    """Uses too."""
    return holding(new_person("ma", "马行"), Power.USE, company, long_ago)


@kept
def stranger(installation: Installation) -> Person:
    """Holds no power."""
    return new_person("qiu", "丘外")


@kept
def second(company: Company, official: Seal, zhao: Person, li: Person, noon: datetime, signer: Client) -> Seal:
    """The company's seal for money matters."""
    return one_more_seal(zhao, li, noon, company, "财务专用章", SealType.FINANCE, signer)


def recorded() -> list[str]:
    return list(FactRow.objects.order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Give a database of its own, in which commits really happen; yield its URL."""
    with django_db_blocker.unblock(), cloned(OWNER) as url:
        yield url


@contextmanager
def cloned(template: str) -> Iterator[str]:
    """Work in a copy of a database that nobody is connected to; yield the copy's URL."""
    before, clone = connection.settings_dict["NAME"], f"clone_{os.getpid()}_{time.monotonic_ns()}"
    connection.close()
    _execute(f'CREATE DATABASE "{clone}" TEMPLATE "{template}" OWNER "{OWNER}" STRATEGY FILE_COPY')
    connections["default"].settings_dict["NAME"] = clone
    table_of.cache_clear()  # the policies of another database, as in the end
    try:
        yield _url(clone)
    finally:
        connection.close()
        connections["default"].settings_dict["NAME"] = before
        table_of.cache_clear()
        _execute(f'DROP DATABASE "{clone}" WITH (FORCE)')


def _url(database: str) -> str:
    base = os.environ["PRIVYSEAL_DATABASE_URL"]
    return base.replace("/privyseal?", f"/{database}?")


def _execute(statement: str) -> None:
    # As the superuser: another role's connection may still be dying when its database is dropped.
    with psycopg.connect(_url("postgres").replace("privyseal@", "postgres@"), autocommit=True) as maintenance:
        maintenance.execute(statement)
