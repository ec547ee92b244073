"""A seal that bears ma's name, one that is said to, a mandate of ma's, a use that waits for ma, a standing permit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from privyseal.approvals import actions as approvals
from privyseal.approvals.models import OwnYes
from privyseal.identity import actions as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Office
from privyseal.sealing.models import StandingUse
from privyseal.seals import actions as seals
from privyseal.seals.models import Permit, Seal
from privyseal.seals.rules import SealType
from privyseal.signer.client import Client
from tests.conftest import FACE, apply, one_more_seal, permit_of, say_yes
from tests.standing import standing_permit


@dataclass(frozen=True, slots=True)
class Named:
    """``mandate`` covers a time before which ``asked`` ends: ma's own yes is asked for. ``consented`` has it."""

    seal: Seal
    said: Seal
    standing: str
    mandate: str
    asked: str
    consented: str

    @property
    def shown(self) -> str:
        return OwnYes.objects.get(application__uid=self.asked).application.shown_sha256


def named(
    people: Mapping[str, Person], at: datetime, company: Company, official: Seal, contract: str, signer: Client
) -> Named:
    zhao, li, wang, ma, chen = (people[login] for login in ("zhao", "li", "wang", "ma", "chen"))
    post = identity.open_post(chen, at, company_uid=company.uid, name="法定代表人", office=Office.LEGAL_REPRESENTATIVE)
    identity.fill_post(chen, at, post_uid=post, person_pseudonym=ma.pseudonym, starts_at=at)
    kind = SealType.LEGAL_REPRESENTATIVE
    own = one_more_seal(zhao, li, at, company, "法定代表人章", kind, signer)
    application = approvals.apply_for_seal(
        zhao, at, company_uid=company.uid, reason="需要", name="马行之印", type=SealType.PERSONAL, face=FACE
    )
    say_yes(li, at, application)
    said = permit_of(application).seal
    seals.name_person(zhao, at, seal_uid=said.uid, person_pseudonym=ma.pseudonym)
    paper = settings.BLOBS.put(b"%PDF-1.7 a signed mandate")
    wish = approvals.MandateWish(purpose="劳动合同", paper_sha256=paper, starts_at=at, ends_at=at + timedelta(days=2))
    permit = standing_permit(wang, li, at, official, reviewer=ma)
    Permit.objects.filter(pk=permit.pk).update(used=1)
    line = permit.lines.create(document_sha256=contract, following="nobody", impressions=1)
    StandingUse.objects.create(permit=permit, number=1, line=line, by=wang, at=at, is_sample=True)
    consented = apply(wang, at, own, contract)
    shown = OwnYes.objects.get(application__uid=consented).application.shown_sha256
    approvals.consent(ma, at, application_uid=consented, shown_sha256=shown)
    return Named(
        standing=permit.uid,
        seal=own,
        said=said,
        mandate=approvals.give_mandate(ma, at, seal_uid=own.uid, wish=wish),
        asked=apply(wang, at, own, contract),
        consented=consented,
    )
