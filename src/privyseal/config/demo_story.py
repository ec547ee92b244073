"""The demo cast's way from a PDF to a sealed, recorded, verified one: each step is the product's own."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.utils import translation

from privyseal.approvals import actions as approvals
from privyseal.approvals.checking import digest_of, remarks_of
from privyseal.approvals.papers import Papers
from privyseal.approvals.placing import Asked, placed
from privyseal.approvals.queries import application_visible_to
from privyseal.approvals.rules import Step as Vote
from privyseal.config import demo
from privyseal.config.beginning import NOT_FOR_PRODUCTION
from privyseal.identity.models import Company, Installation, Person
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import DutiesNotSeparate, Refused
from privyseal.language.refusals import words_for
from privyseal.ledger import proofs
from privyseal.ledger.queries import Fact, last_fact_about
from privyseal.pdf.asking import Across, At, AtWords, OverDate, Wish
from privyseal.pdf.face import Face
from privyseal.pdf.judgement import Verdict
from privyseal.pdf.placement import NoSuchPage, PageSize, Placement, usual_place
from privyseal.pdf.spots import Edge, Seam, Spot, pages_of
from privyseal.sealing import actions as sealing
from privyseal.sealing import queries as documents
from privyseal.sealing.models import Document
from privyseal.sealing.signing import client
from privyseal.seals.models import Seal
from privyseal.signer.passkeys import PASSKEY
from privyseal.signer.statement import SESSION
from privyseal.verification.checks import Answer, check_file

Said = tuple[str, str, str]
_MICROMETRES: Final = 1000
_EDGES: Final = {"right": (Edge.RIGHT,), "left": (Edge.LEFT,), "both": (Edge.RIGHT, Edge.LEFT)}


class NotJudgedValid(Refused):
    """The verifier did not call our own sealed file valid."""

    code = "not-judged-valid"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the seal is to stand, as the command's options say it."""

    page: int = 0
    x_mm: float | None = None
    y_mm: float | None = None
    at_words: str | None = None
    over_date: bool = False
    edge: str | None = None


class Story:
    def __init__(self, name: str, data: bytes, *, password: str = "") -> None:
        self._name, self._data, self._password = name, data, password
        self._signer = client()
        self._document_sha256 = self._application = self._intent = ""
        self.verdict = ""

    def ceremony(self) -> Iterator[Said]:
        """Found the demo company where it is not, and say who is who."""
        demo.found(_now(), signer=self._signer)
        company, seal = self._company, self._seal
        yield "Ceremony", "founds the installation: keys, log, people in six offices", self._founded.origin
        yield "Ceremony", "puts passkeys onto the signer's rosters, the auditor as witness", NOT_FOR_PRODUCTION
        yield _name(demo.SECURITY), "registers the company by its licence", f"{company.name} {company.uscc}"
        yield _name(demo.SECOND), "examines the proofs and verifies the company", "verified"
        yield _name(demo.MANAGER), "applies for the official seal", f"{seal.number} {seal.name}"
        yield _name(demo.APPROVER), "approves the making", f"{seal.created_by.name} carries it out"
        yield "Signer", "makes key and certificate", f"serial {seal.versions.get(version=seal.version).serial}"

    def receive(self) -> Said:
        self._document_sha256 = sealing.receive_document(
            self._applicant,
            _now(),
            company_uid=self._company.uid,
            name=self._name,
            data=self._data,
            password=self._password,
        )
        changes = ", ".join(self._document.changes) or "nothing had to be changed"
        outcome = f"pages: {len(self._document.pages)}, SHA-256 {self._document_sha256} ({changes})"
        return _name(demo.APPLICANT), f"brings {self._name}", outcome

    def apply(self, place: Place) -> Said:
        at = _now()
        asked = Asked(
            seal_uid=self._seal.uid,
            document_sha256=self._document_sha256,
            following="nobody",
            wishes=tuple(self._wishes(place)),
        )
        lines = placed(self._applicant, at, asked)
        ends_at = at + demo.WINDOW
        remarks = remarks_of([self._company], [self._document_sha256], starts_at=at, expires_at=ends_at)
        self._application = approvals.apply_for_use(
            self._applicant,
            at,
            company_uid=self._company.uid,
            papers=Papers(acknowledged=digest_of(remarks)),
            reason="演示：签订合同。A demonstration: signing a contract.",
            starts_at=at,
            expires_at=ends_at,
            operator_pseudonyms=(self._applicant.pseudonym,),
            lines=lines,
        )
        where = "; ".join(_told(spot) for line in lines for spot in line.placements)
        return _name(demo.APPLICANT), "applies to use the official seal", where

    def try_to_approve_oneself(self) -> Said:
        """Try the forbidden thing and tell how it was refused; it would be a bug if it were not."""
        what = "tries to approve the application, which is forbidden"
        shown = application_visible_to(self._applicant, _now(), self._application).shown_sha256
        try:
            approvals.vote(
                self._applicant, _now(), application_uid=self._application, step=Vote.APPROVE, shown_sha256=shown
            )
        except DutiesNotSeparate as refusal:
            return _name(demo.APPLICANT), what, f"refused [{refusal.code}]: {self.words(refusal)}"
        raise AssertionError("an applicant approved their own application")

    def approve(self) -> Said:
        state = demo.approve(_now(), self._application)
        outcome = f"{state}; a permit is issued. The yes: {self.made_of}"
        return _name(demo.APPROVER), "sees the document and approves exactly it", outcome

    @property
    def made_of(self) -> str:
        """Return what the yes to this use is made of, as its receipt says."""
        view = application_visible_to(self._applicant, _now(), self._application)
        made = {one["assurance"] for vote in view.votes for said in vote.approved for one in said["assertions"]}
        return f"{', '.join(sorted(made))}. {NOT_FOR_PRODUCTION}" if PASSKEY in made else SESSION

    def seal(self) -> Said:
        (permit,) = application_visible_to(self._applicant, _now(), self._application).permits
        self._intent = sealing.seal_document(
            self._applicant,
            _now(),
            permit_uid=permit.uid,
            document_sha256=self._document_sha256,
            signer=self._signer,
        )
        return _name(demo.APPLICANT), "has the document sealed; the signer checks the approval itself", self._digest

    def is_provable(self) -> bool:
        try:
            self.receipt()
        except proofs.NotYetProvable:
            return False
        return True

    def record(self) -> Said:
        return "Ledger", "numbers the use and signs its tree", f"fact {self._fact.index} of {self._founded.origin}"

    def verify(self) -> Said:
        judged = self._answer.judgement
        self.verdict = judged.verdict.value
        if judged.verdict is not Verdict.VALID or self._answer.record is None:
            raise NotJudgedValid(verdict=judged.verdict.value, reasons=",".join(judged.reasons))
        record = self._answer.record
        return "Anybody", "verifies the sealed file", f"{judged.verdict.value}: {record.company} {record.seal_name}"

    @cached_property
    def sealed(self) -> bytes:
        content: bytes = settings.BLOBS.get(self._digest)
        return content

    def receipt(self) -> str:
        return proofs.receipt_for(self._fact.id)

    def authority_pem(self) -> bytes:
        return x509.load_der_x509_certificate(bytes(self._founded.authority)).public_bytes(Encoding.PEM)

    def log_key(self) -> str:
        return self._founded.log_key + "\n"

    def words(self, refusal: Refused) -> str:
        with translation.override("en"):
            return str(words_for(refusal))

    def _wishes(self, place: Place) -> Iterator[Wish]:
        if place.at_words:
            yield AtWords(place.at_words)
        elif place.over_date:
            yield OverDate()
        else:
            yield self._at(place)
        if place.edge:
            yield Across(edges=_EDGES[place.edge])

    def _at(self, place: Place) -> At:
        pages = self._document.pages
        number = place.page or len(pages)
        if not 1 <= number <= len(pages):
            raise NoSuchPage(page=number, pages=len(pages))
        usual = usual_place(number, PageSize(**pages[number - 1]), Face.from_json(self._seal.face).size)
        x = usual.x if place.x_mm is None else round(place.x_mm * _MICROMETRES)
        y = usual.y if place.y_mm is None else round(place.y_mm * _MICROMETRES)
        return At(str(number), x, y)

    @property
    def _applicant(self) -> Person:
        return demo.person(demo.APPLICANT)

    @property
    def _founded(self) -> Installation:
        return Installation.objects.get()

    @property
    def _company(self) -> Company:
        return Company.objects.get(uscc=demo.ANSWERS.company.uscc)

    @property
    def _seal(self) -> Seal:
        return self._company.seals.select_related("created_by").earliest("pk")

    @property
    def _document(self) -> Document:
        return documents.document_visible_to(self._applicant, _now(), self._document_sha256)

    @property
    def _digest(self) -> str:
        return documents.sealed_visible_to(self._applicant, _now(), self._intent).result_sha256

    @property
    def _fact(self) -> Fact:
        fact = last_fact_about("document.sealed", "document", sha256(self.sealed))
        if fact is None:
            raise LookupError("the use is not on record")
        return fact

    @cached_property
    def _answer(self) -> Answer:
        return check_file(self.sealed, address=f"demo {sys.executable} {self._intent}", at=_now())


def _told(spot: Spot) -> str:
    if isinstance(spot, Placement):
        return f"page {spot.page}, {spot.x / _MICROMETRES:.0f} mm x {spot.y / _MICROMETRES:.0f} mm, once"
    return f"across the {spot.edge.value} edge of {len(pages_of(spot))} pages" if isinstance(spot, Seam) else "pages"


def _name(login: str) -> str:
    person = demo.person(login)
    return f"{person.name} ({login})"


def _now() -> datetime:
    return datetime.now(UTC)
