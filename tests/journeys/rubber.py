"""A rubber seal of the demo company and a permit to stamp with it, put beside the product while it runs."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from privyseal.approvals import actions as approvals
from privyseal.approvals.checking import digest_of, remarks_of
from privyseal.approvals.papers import Papers
from privyseal.approvals.queries import application_visible_to
from privyseal.approvals.wishes import LineWish
from privyseal.config import demo
from privyseal.custody import actions as custody
from privyseal.custody.models import Slot
from privyseal.custody.rules.places import StoreKind
from privyseal.identity.models import Company
from privyseal.pdf.placement import Placement
from privyseal.sealing import actions as sealing
from privyseal.seals import actions as seals
from privyseal.seals.models import Seal
from privyseal.seals.rules import SealType
from tests.pdfs import one_page
from tests.running.served import ROOT, Served

_COUNTED: Final = (
    "from privyseal.config.loading import load; load('tests.journeys.rubber');"
    "from tests.journeys import rubber; print(rubber.make_count(), end='')"
)
_ALONE: Final = (
    "from privyseal.config.loading import load; load('tests.journeys.rubber');"
    "from tests.journeys import rubber; print(rubber.make({copies}, {off_site!r}), end='')"
)


def permit(served: Served, *, copies: int, off_site: str = "") -> str:
    """Have wang allowed to stamp so many copies, with gu for keeper and ke for supervisor; return the permit's uid.

    With a place that is not the company's own the seal is taken out for it.
    """
    return _beside(served, _ALONE.format(copies=copies, off_site=off_site))


def count(served: Served) -> tuple[str, list[str], str]:
    """Have wang count a cabinet of three seals, A1 to A3; return the stock-take, the seals' numbers, the first uid."""
    take, first, *numbers = _beside(served, _COUNTED).split()
    return take, numbers, first


def environment_of(served: Served) -> dict[str, str]:
    """Return what a process that works beside the product has to know."""
    kept = Path(f"/proc/{served.pid_of('privyseal worker')}/environ").read_bytes()
    return dict(os.fsdecode(line).split("=", 1) for line in kept.split(b"\0") if b"=" in line)


def _beside(served: Served, program: str) -> str:
    made = subprocess.run(
        [sys.executable, "-c", program],
        env=environment_of(served),
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return made.stdout


def make_count() -> str:
    """Set a cabinet up with three seals and have it counted, in a process that works beside the product."""
    at, zhao, wang, gu = datetime.now(UTC), *(demo.person(login) for login in ("zhao", "wang", "gu"))
    company = Company.objects.get(name=demo.COMPANY)
    store = custody.set_up_store(
        zhao, at, company_uid=company.uid, kind=StoreKind.CABINET, name=f"柜 {at:%H%M%S%f}", rows=2, columns=3
    )
    numbers, uids = [], []
    for slot in Slot.objects.filter(store__uid=store).order_by("number")[:3]:
        named = f"合同专用章 {slot.label} {at:%H%M%S%f}"
        existing = seals.ExistingSeal(name=named, type=SealType.CONTRACT, keeper_pseudonym=gu.pseudonym)
        seal = seals.enter_existing(zhao, at, company_uid=company.uid, existing=existing)
        Seal.objects.filter(uid=seal).update(state="active")
        custody.assign_place(gu, at, seal_uid=seal, slot_id=slot.pk)
        numbers.append(Seal.objects.get(uid=seal).number)
        uids.append(seal)
    take = custody.open_stock_take(zhao, at, company_uid=company.uid, store_uid=store, counter_pseudonym=wang.pseudonym)
    return " ".join((take, uids[0], *numbers))


def make(copies: int, off_site: str) -> str:
    """Do the same in a process that works beside the product."""
    at = datetime.now(UTC)
    application = applied_for(at, a_seal(at), copies=copies, off_site=off_site)
    demo.approve(at, application)
    (issued,) = application_visible_to(demo.person("wang"), at, application).permits
    return str(issued.uid)


def a_seal(at: datetime) -> str:
    """Enter a rubber seal of the company, which gu keeps."""
    company = Company.objects.get(name=demo.COMPANY)
    keeper = demo.person("gu").pseudonym
    existing = seals.ExistingSeal(name=f"合同专用章 {at:%H%M%S%f}", type=SealType.CONTRACT, keeper_pseudonym=keeper)
    uid = seals.enter_existing(demo.person("zhao"), at, company_uid=company.uid, existing=existing)
    Seal.objects.filter(uid=uid).update(state="active")
    return uid


def applied_for(at: datetime, seal: str, *, copies: int, off_site: str = "") -> str:
    """Have wang apply to stamp so many copies with a seal, and ke supervise it."""
    wang, ke, company = demo.person("wang"), demo.person("ke"), Company.objects.get(name=demo.COMPANY)
    document = sealing.receive_document(
        wang, at, company_uid=company.uid, name="合同.pdf", data=one_page(f"By hand {at.isoformat()}")
    )
    ends_at = at + timedelta(days=7)
    remarks = remarks_of([company], [document], starts_at=at, expires_at=ends_at)
    return approvals.apply_for_use(
        wang,
        at,
        company_uid=company.uid,
        papers=Papers(supervisor_pseudonym=ke.pseudonym, acknowledged=digest_of(remarks), off_site=off_site),
        reason="与乙方签订合同",
        starts_at=at,
        expires_at=ends_at,
        operator_pseudonyms=(wang.pseudonym,),
        lines=(LineWish(seal, document, "others", (Placement(1, 150_000, 60_000),), copies=copies),),
    )
