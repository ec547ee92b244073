"""A document that is taken in: applied for on every page and across the edges, approved and sealed: ``bids SHA256``.

Without a digest, who the applicant is.
"""

import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from privyseal.approvals import actions as approvals
from privyseal.approvals.placing import Asked, placed
from privyseal.approvals.queries import application_visible_to
from privyseal.config import demo
from privyseal.identity.models import Company
from privyseal.pdf.asking import Across, At
from privyseal.pdf.spots import Edge
from privyseal.sealing import actions as sealing
from privyseal.sealing.signing import client


def main(words: Sequence[str]) -> None:
    json.dump(_sealed(*words) if words else [demo.APPLICANT, demo.PASSWORD], sys.stdout)


def _sealed(sha256: str) -> dict[str, object]:
    applicant, at = demo.person(demo.APPLICANT), datetime.now(UTC)
    company = Company.objects.get(uscc=demo.ANSWERS.company.uscc)
    everywhere = (At("all", 150_000, 60_000), Across("all", (Edge.RIGHT,)))
    asked = Asked(
        seal_uid=company.seals.earliest("pk").uid, document_sha256=sha256, following="nobody", wishes=everywhere
    )
    uid = approvals.apply_for_use(
        applicant,
        at,
        company_uid=company.uid,
        reason="投标。",
        starts_at=at,
        expires_at=at + demo.WINDOW,
        operator_pseudonyms=(applicant.pseudonym,),
        lines=placed(applicant, at, asked),
    )
    demo.approve(datetime.now(UTC), uid)
    (permit,) = application_visible_to(applicant, datetime.now(UTC), uid).permits
    began = time.monotonic()
    intent = sealing.seal_document(
        applicant, datetime.now(UTC), permit_uid=permit.uid, document_sha256=sha256, signer=client()
    )
    return {"seal_seconds": time.monotonic() - began, "intent": intent}
