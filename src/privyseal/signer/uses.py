"""A seal is used: checked, set aside, made and judged, counted, and only then released."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from privyseal.kernel import steps
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import Refused
from privyseal.kernel.quorum import CosignersStale
from privyseal.kernel.steps import Step
from privyseal.pdf.revision import Hashed
from privyseal.pdf.timestamps import TimestampAuthority
from privyseal.signer import additions, answers, batches, checks, claims, denials, requests
from privyseal.signer.bodies import Body, Finished
from privyseal.signer.checks import Allowed, Case
from privyseal.signer.cosigned import Cosigned
from privyseal.signer.denials import Denials
from privyseal.signer.documents import Document
from privyseal.signer.hardware import Hardware
from privyseal.signer.impressions import Impressions, Judged
from privyseal.signer.keys import Keys
from privyseal.signer.paper_codes import PaperCodes, Use
from privyseal.signer.protocol import SignerUnavailable
from privyseal.signer.requests import RequestUnreadable
from privyseal.signer.ruling import Rule, Ruling
from privyseal.signer.statement import Approved, Statement
from privyseal.signer.store import SealVersion, Store
from privyseal.signer.tokens import TokenKey, is_elsewhere

if TYPE_CHECKING:
    from privyseal.signer.engine import Tool

T = TypeVar("T")
R = TypeVar("R")


class Engine(Protocol):
    """What the signer needs of privyseal.signer.engine."""

    def check_face(self, face: Mapping[str, Json]) -> None: ...

    def make(
        self,
        document: Hashed,
        *,
        approved: Document,
        tool: "Tool",
        field: str,
        at: datetime,
        stamps: TimestampAuthority | None,
    ) -> bytes: ...

    def check_each(
        self, finished: Sequence[Finished], *, tool: "Tool", ca_certificate: bytes, at: datetime
    ) -> Sequence[Refused | None]: ...

    def pages_of(self, document: Body) -> int: ...

    def tool(self, version: SealVersion, elsewhere: TokenKey | None) -> "Tool": ...


@dataclass(frozen=True, slots=True)
class Basis:
    """What a use rests on before any of its documents is looked at, found once for all documents of a call."""

    at: datetime
    ca_certificate: bytes
    case: Case
    rule: Rule
    allowed: Allowed
    tool: "Tool"

    @property
    def sealed_at(self) -> datetime:
        """Return when a seal goes on: a PDF counts whole seconds."""
        return self.at.replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and the digest that tells it from another."""

    request: requests.Seal
    request_sha256: str


@dataclass(frozen=True, slots=True)
class Ready:
    """A held intent with its claim: the document, and what was approved of it with its codes signed."""

    asked: Asked
    document: Hashed
    approved: Document


class Uses:
    def __init__(
        self,
        impressions: Impressions,
        *,
        store: Store,
        keys: Keys,
        hardware: Hardware,
        denials: Denials,
        ruling: Ruling,
        cosigned: Cosigned,
        paper_codes: PaperCodes,
        time: Callable[[], datetime],
    ) -> None:
        self._impressions = impressions
        self._store = store
        self._keys = keys
        self._hardware = hardware
        self._denials = denials
        self._ruling = ruling
        self._cosigned = cosigned
        self._paper_codes = paper_codes
        self._time = time

    def seal(self, request: requests.Seal, document: Body, stamps: TimestampAuthority | None = None) -> answers.Sealed:
        """Return the appended revision for an approved document, the same bytes however often it is asked.

        (1) an intent that was answered gets its answer again; (2) the signer is open, cosigners see the log, nothing
        that it names is denied, and the use is approved; (3) the document has a claim, and its impressions are set
        aside; (4) the bytes are made and judged, and stay here; (5) counter, intent and bytes are committed together,
        unless something was denied, removed or amended meanwhile; (6) only then are they released.
        """
        asked = Asked(request, requests.request_sha256(request))
        with self._impressions.holding(request.intent):
            # (1) answered before
            known = self._impressions.sealed(request.intent, request_sha256=asked.request_sha256)
            if known is not None:
                return known
            # (2) approved
            basis = self._basis(request.approved, request.operator)
            # (3) (4) set aside, made and judged
            ready = self._set_aside(basis, asked, document)
            (judged,) = _judgements(basis, [(ready, _made(basis, ready, stamps))])
            if isinstance(judged, Refused):
                raise judged
            # (5) committed
            refused = self._impressions.spend(judged)
            steps.reached(Step.COUNTED)
        for no in refused.values():
            raise no
        # (6) released
        return judged.sealed

    def seal_each(self, request: batches.SealEach, body: Body) -> list[answers.Outcome]:
        """Seal many documents as ``seal`` does each, with one commit for all that may be; refuse those that may not.

        What the signer says no to about itself ends the call, with nothing counted: each is asked again. Each is known
        by the request that would ask for it alone, so that either way of asking finds what the other has done.
        """
        if not batches.fits(request.each, body):
            raise RequestUnreadable
        said = requests.canonical_statements(request.approved)
        alone = (_alone(request, one) for one in request.each)
        asked = {one.intent: Asked(one, requests.seal_sha256(one, said)) for one in alone}
        with self._impressions.holding(*(one.intent for one in request.each)):
            found = self._known(asked.values())
            documents = zip(request.each, request.documents(body), strict=True)
            fresh = [(asked[one.intent], document) for one, document in documents if one.intent not in found]
            outcomes = self._judged_each(request, fresh) if fresh else {}
            made = [outcome for outcome in outcomes.values() if isinstance(outcome, Judged)]
            refused = self._impressions.spend(*made) if made else {}
            steps.reached(Step.COUNTED)
        found |= {intent: outcome for intent, outcome in outcomes.items() if not isinstance(outcome, Judged)}
        found |= {judged.intent: refused.get(judged.intent) or judged.sealed for judged in made}
        return [found[one.intent] for one in request.each]

    def _known(self, asked: Iterable[Asked]) -> dict[str, answers.Outcome]:
        """Return what was answered before, and the no to an intent that was used for something else."""
        found: dict[str, answers.Outcome] = {}
        for one in asked:
            known: answers.Outcome | None
            try:
                known = self._impressions.sealed(one.request.intent, request_sha256=one.request_sha256)
            except Refused as refusal:
                known = refusal
            if known is not None:
                found[one.request.intent] = known
        return found

    def _judged_each(
        self, request: batches.SealEach, fresh: Sequence[tuple[Asked, bytes]]
    ) -> dict[str, Judged | Refused]:
        try:
            basis = self._basis(request.approved, request.operator)
        except (SignerUnavailable, CosignersStale):
            raise  # a no about itself: the whole call is asked again
        except Refused as refusal:
            return {one.request.intent: refusal for one, _ in fresh}
        # Each step for all documents before the next one: code that has just run runs again a tenth faster.
        found: dict[str, Judged | Refused] = {}
        ready = self._each(found, fresh, lambda one: one[0], lambda one: self._set_aside(basis, *one))
        made = self._each(found, ready, lambda one: one.asked, lambda one: (one, _made(basis, one)))
        for (one, _), judged in zip(made, _judgements(basis, made), strict=True):
            if isinstance(judged, Refused):
                self._impressions.drop(one.asked.request.intent)
            found[one.asked.request.intent] = judged
        return found

    def _each(
        self,
        refused: dict[str, Judged | Refused],
        every: Iterable[T],
        asked: Callable[[T], Asked],
        step: Callable[[T], R],
    ) -> list[R]:
        """Take one step for each of many held intents; who is refused keeps nothing, and none of the others from it."""
        done: list[R] = []
        for one in every:
            try:
                done.append(step(one))
            except (SignerUnavailable, CosignersStale):
                raise  # a no about itself: the whole call is asked again
            except Refused as refusal:
                intent = asked(one).request.intent
                self._impressions.drop(intent)
                refused[intent] = refusal
        return done

    def _basis(self, approved: Sequence[Approved], operator: str) -> Basis:
        """Return what the use rests on, by what the signer itself knows, or refuse: step 2 of ``seal``."""
        # (2) open, seen by others, not denied, and a use that was approved
        self._keys.check_open()
        installation, at = self._store.founded(), self._time()
        self._cosigned.check(at=at)
        self._denials.check(denials.named_in(approved))
        case, added = additions.cases_of(approved)
        seal = self._store.seal(case.statement.seal)
        rule = self._ruling.of(approved, seal=seal)
        reach = additions.reach_of(case, added, seal=seal, pinned=rule.pinned, at=at)
        allowed = checks.may_use(case, operator, seal=seal, pinned=rule.pinned, at=at, reach=reach)
        tool = self._tool(case.statement)
        return Basis(at, installation.ca_certificate, case, rule, allowed, tool)

    def _tool(self, statement: Statement) -> "Tool":
        """Return face and key of the version that was approved, ready to be used many times, or refuse."""
        seal, number = statement.seal, statement.seal_version
        version, key = self._store.seal_version(seal, number), self._store.seal_key(seal, number)
        if version is None:
            raise checks.SealUnknown(seal=seal)
        if not key:
            raise checks.SealDestroyed(seal=seal)
        claims.check_face(statement, version.face)
        elsewhere = self._hardware.key(key, version.certificate, version.chain[:-1]) if is_elsewhere(key) else None
        return engine().tool(replace(version, key=key), elsewhere)

    def _set_aside(self, basis: Basis, asked: Asked, document: Body) -> Ready:
        """Return what a held intent has its claim for, or refuse: step 3 of ``seal``."""
        request, hashed = asked.request, Hashed(document, hashlib.sha256(document))
        claim = checks.may_seal(
            basis.case,
            request,
            hashed.sha256.hexdigest(),
            allowed=basis.allowed,
            web_key=basis.rule.pinned.voices.web_key,
            origin=self._impressions.origin(request.document_sha256),
        )
        # (3) set aside
        self._impressions.reserve(request.intent, claim, at=basis.at)
        steps.reached(Step.SET_ASIDE)
        return Ready(asked, hashed, self._with_codes(basis, claim.document, document))

    def _with_codes(self, basis: Basis, approved: Document, document: Body) -> Document:
        """Return what was approved of a document with its codes signed, where they are to be."""
        if not any(code.is_signed for code in approved.codes):
            return approved
        stated, pages = basis.case.statement, engine().pages_of(document)
        seal, version = self._store.seal(stated.seal), self._store.seal_version(stated.seal, stated.seal_version)
        if seal is None or version is None:
            raise checks.SealUnknown(seal=stated.seal)
        use = Use(version.certificate, seal.company, stated.amount, pages, basis.at)
        return self._paper_codes.signed(approved, use)


def _made(basis: Basis, ready: Ready, stamps: TimestampAuthority | None = None) -> bytes:
    """Return the appended revision, or refuse: the first half of step 4 of ``seal``."""
    return engine().make(
        ready.document,
        approved=ready.approved,
        tool=basis.tool,
        field=ready.asked.request.field,
        at=basis.sealed_at,
        stamps=stamps,
    )


def _judgements(basis: Basis, made: Sequence[tuple[Ready, bytes]]) -> list[Judged | Refused]:
    """Return each use whose finished file our own verifier accepts, and its no to others: the rest of step 4."""
    finished = [Finished(one.document.data, more, one.approved, one.asked.request.field) for one, more in made]
    noes = engine().check_each(finished, tool=basis.tool, ca_certificate=basis.ca_certificate, at=basis.sealed_at)
    return [_judged(basis, one, more) if no is None else no for (one, more), no in zip(made, noes, strict=True)]


def _judged(basis: Basis, ready: Ready, appended: bytes) -> Judged:
    asked, whole = ready.asked, ready.document.sha256.copy()
    whole.update(appended)
    sealed = answers.Sealed(appended=appended, sealed_sha256=whole.hexdigest(), sealed_at=basis.sealed_at)
    steps.reached(Step.JUDGED)
    return Judged(
        intent=asked.request.intent, request_sha256=asked.request_sha256, sealed=sealed, grounds=basis.rule.grounds
    )


def warm_up() -> None:
    """Import the PDF engine."""
    engine()


def engine() -> Engine:
    from privyseal.signer import engine as loaded  # noqa: PLC0415  a second of imports; status answers before they are done

    return loaded


def _alone(request: batches.SealEach, one: batches.One) -> requests.Seal:
    return requests.Seal(
        intent=one.intent,
        operator=request.operator,
        approved=request.approved,
        document_sha256=one.document_sha256,
        field=one.field,
    )
