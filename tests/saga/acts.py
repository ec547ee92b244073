"""What the hands are told to do: each is one call of the product's own, and what its caller would hear."""

import os
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import psycopg
from django.conf import settings

from privyseal.approvals import actions as approvals
from privyseal.approvals.checking import digest_of, remarks_of
from privyseal.approvals.papers import Papers
from privyseal.approvals.queries import application_visible_to
from privyseal.approvals.wishes import LineWish
from privyseal.config import demo
from privyseal.config.backup import proving
from privyseal.identity.models import Company
from privyseal.kernel.canonical import sha256
from privyseal.kernel.note import VerifierKey
from privyseal.ledger.integrator import Integrator
from privyseal.ledger.models import CheckpointRow, FactRow
from privyseal.ledger.proofs import audit
from privyseal.pdf.accepted import Accepted
from privyseal.pdf.face import Face
from privyseal.pdf.placement import PageSize, usual_place
from privyseal.sealing import actions as sealing
from privyseal.sealing.models import Intent
from privyseal.sealing.signing import client
from privyseal.seals import actions as seals
from privyseal.seals.models import Permit, Seal, UseEntry
from privyseal.signer import replaying
from privyseal.signer.statement import Purpose
from tests.pdfs import one_page

_A4: Final = PageSize(width=209_903, height=297_039)


def prepare(documents: int, name: str) -> dict[str, Any]:
    """Have one approved application for one seal on many documents; return its permit and their digests."""
    at = datetime.now(UTC)
    demo.found(at, signer=client())
    company = Company.objects.get(uscc=demo.ANSWERS.company.uscc)
    digests = [_entered(company, f"{name} {number}") for number in range(documents)]
    seal = company.seals.earliest("pk")
    spot = usual_place(1, _A4, Face.from_json(seal.face).size)
    remarks = remarks_of([company], digests, starts_at=at, expires_at=at + demo.WINDOW)
    operator = demo.person(demo.APPLICANT)
    application = approvals.apply_for_use(
        operator,
        at,
        company_uid=company.uid,
        papers=Papers(acknowledged=digest_of(remarks)),
        reason="签订合同。",
        starts_at=at,
        expires_at=at + demo.WINDOW,
        operator_pseudonyms=(operator.pseudonym,),
        lines=tuple(LineWish(seal.uid, digest, "nobody", (spot,)) for digest in digests),
    )
    demo.approve(datetime.now(UTC), application)
    (permit,) = application_visible_to(operator, datetime.now(UTC), application).permits
    return {"permit": permit.uid, "documents": digests}


def _entered(company: Company, title: str) -> str:
    data = one_page(title)
    accepted = Accepted(data, pages=(_A4,), changes=(), signed=False)
    digest: str = settings.BLOBS.put(data)
    return sealing.enter_document(
        demo.person(demo.APPLICANT),
        datetime.now(UTC),
        company_uid=company.uid,
        name=f"{title}.pdf",
        received_sha256=digest,
        accepted=accepted,
    )


def seal(permit: str, document: str) -> str:
    operator, at = demo.person(demo.APPLICANT), datetime.now(UTC)
    uid = sealing.seal_document(operator, at, permit_uid=permit, document_sha256=document, signer=client())
    return Intent.objects.get(uid=uid).result_sha256


def seal_each(permit: str) -> dict[str, str]:
    """Seal all documents of an application together; return what was made of each."""
    operator, at = demo.person(demo.APPLICANT), datetime.now(UTC)
    sealing.seal_each(operator, at, permit_uid=permit, signer=client())
    done = Intent.objects.filter(permit__uid=permit, state=Intent.State.SEALED).select_related("line")
    return {intent.line.document_sha256: intent.result_sha256 for intent in done}


def sweep() -> int:
    """Finish what was left open, once it is old enough."""
    return sealing.finish_open_intents(datetime.now(UTC) + timedelta(seconds=31), signer=client())


def integrate() -> int:
    with psycopg.connect(os.environ["PRIVYSEAL_INTEGRATOR_DATABASE_URL"]) as own:
        integrator = Integrator(own, client())
        if not integrator.take_lead():
            raise RuntimeError("another integrator leads")
        return sum(iter(integrator.step, 0))


def end_permit(permit: str) -> str:
    """End a permit, which is then denied at the key."""
    holder, at = demo.person(demo.APPLICANT), datetime.now(UTC)
    return seals.end(holder, at, command_id=uuid4(), permit_uid=permit, reason="合同取消", signer=client())


def suspend() -> str:
    """Suspend the official seal, at the key too."""
    auditor, seal = demo.person(demo.AUDITOR), Seal.objects.earliest("pk")
    return seals.suspend(auditor, datetime.now(UTC), seal_uid=seal.uid, reason="核查", signer=client())


def replay(folder: str) -> dict[str, Any]:
    """Tell an old copy of the signer's file what the record says since."""
    copy = Path(folder)
    found = asdict(replaying.replay(copy, proving.later(copy), at=datetime.now(UTC)))
    del found["size"]
    return found


def stand() -> dict[str, Any]:
    """Return how the register stands, to be compared with the signer's own book."""
    intents = Intent.objects.select_related("line").order_by("pk")
    done = [intent for intent in intents if intent.state == Intent.State.SEALED]
    return {
        "open": [intent.uid for intent in intents if intent.state == Intent.State.INTENDED],
        "failed": [intent.uid for intent in intents if intent.state == Intent.State.FAILED],
        "sealed": {intent.uid: intent.result_sha256 for intent in done},
        "results": {intent.line.document_sha256: intent.result_sha256 for intent in done},
        "used": sum(Permit.objects.filter(purpose=Purpose.USE).values_list("used", flat=True)),
        "registered": UseEntry.objects.count(),
        "intended_facts": FactRow.objects.filter(kind="document.seal.intended").count(),
        "sealed_facts": FactRow.objects.filter(kind="document.sealed").count(),
        "facts": FactRow.objects.count(),
        "covered": CheckpointRow.objects.order_by("-size").values_list("size", flat=True).first() or 0,
        "missing": [intent.uid for intent in done if not _is_stored(intent.result_sha256)],
    }


def check(log_key: str) -> str | None:
    return audit(VerifierKey.parse(log_key)).broken


def _is_stored(digest: str) -> bool:
    return sha256(settings.BLOBS.get(digest)) == digest


ACTS: Final[Mapping[str, Callable[..., Any]]] = {
    act.__name__: act for act in (prepare, seal, seal_each, sweep, integrate, end_permit, suspend, replay, stand, check)
}
