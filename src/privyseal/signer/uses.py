"""A seal is used: checked, set aside, made and judged, counted, and only then released."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from privyseal.kernel import steps
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import Refused
from privyseal.kernel.quorum import CosignersStale
from privyseal.kernel.steps import Step
from privyseal.pdf.revision import Hashed
from privyseal.pdf.timestamps import TimestampAuthority
from privyseal.signer import additions, answers, batches, checks, denials, requests
from privyseal.signer.bodies import Body
from privyseal.signer.claims import Claim
from privyseal.signer.cosigned import Cosigned
from privyseal.signer.denials import Denials
from privyseal.signer.documents import Document
from privyseal.signer.hardware import Hardware
from privyseal.signer.impressions import Impressions, Judged
from privyseal.signer.keys import Keys
from privyseal.signer.protocol import SignerUnavailable
from privyseal.signer.requests import RequestUnreadable
from privyseal.signer.ruling import Ruling
from privyseal.signer.store import SealVersion, Store
from privyseal.signer.tokens import TokenKey, is_elsewhere


class Engine(Protocol):
    """What the signer needs of privyseal.signer.engine."""

    def check_face(self, face: Mapping[str, Json]) -> None: ...

    def seal_document(
        self,
        document: Hashed,
        *,
        approved: Document,
        version: SealVersion,
        ca_certificate: bytes,
        field: str,
        at: datetime,
        stamps: TimestampAuthority | None,
        elsewhere: TokenKey | None,
    ) -> bytes: ...


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
        time: Callable[[], datetime],
    ) -> None:
        self._impressions = impressions
        self._store = store
        self._keys = keys
        self._hardware = hardware
        self._denials = denials
        self._ruling = ruling
        self._cosigned = cosigned
        self._time = time

    def seal(self, request: requests.Seal, document: Body, stamps: TimestampAuthority | None = None) -> answers.Sealed:
        """Return the appended revision for an approved document, the same bytes however often it is asked.

        (1) an intent that was answered gets its answer again; (2) the signer is open, cosigners see the log, nothing
        that it names is denied, and the request has a claim; (3) impressions are set aside; (4) the bytes are made and
        judged, and stay here; (5) counter, intent and bytes are committed together, unless something was denied,
        removed or amended meanwhile; (6) only then are they released.
        """
        request_sha256 = requests.request_sha256(request)
        with self._impressions.holding(request.intent):
            # (1) answered before
            known = self._impressions.sealed(request.intent, request_sha256=request_sha256)
            if known is not None:
                return known
            # (2) to (4)
            judged = self._judged(request, request_sha256, document, stamps)
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
        found: dict[str, answers.Outcome] = {}
        made: list[Judged] = []
        with self._impressions.holding(*(one.intent for one in request.each)):
            for one, document in zip(request.each, request.documents(body), strict=True):
                outcome = self._judged_or_known(_alone(request, one), document)
                if isinstance(outcome, Judged):
                    made.append(outcome)
                else:
                    found[one.intent] = outcome
            refused = self._impressions.spend(*made) if made else {}
            steps.reached(Step.COUNTED)
        found |= {judged.intent: refused.get(judged.intent) or judged.sealed for judged in made}
        return [found[asked.intent] for asked in request.each]

    def _judged_or_known(self, request: requests.Seal, document: bytes) -> Judged | answers.Outcome:
        request_sha256 = requests.request_sha256(request)
        try:
            known = self._impressions.sealed(request.intent, request_sha256=request_sha256)
            return known or self._judged(request, request_sha256, document)
        except (SignerUnavailable, CosignersStale):
            raise  # a no about itself: the whole call is asked again
        except Refused as refusal:
            self._impressions.drop(request.intent)
            return refusal

    def _judged(
        self, request: requests.Seal, request_sha256: str, document: Body, stamps: TimestampAuthority | None = None
    ) -> Judged:
        """Return a held intent's bytes, made and judged, or refuse: steps 2 to 4 of ``seal``."""
        # (2) open, seen by others, not denied, and a claim, by what the signer itself knows
        self._keys.check_open()
        installation, at = self._store.founded(), self._time()
        self._cosigned.check(at=at)
        self._denials.check(denials.named_in(request.approved))
        hashed = Hashed(document, hashlib.sha256(document))
        case, added = additions.cases_of(request.approved)
        seal = self._store.seal(case.statement.seal)
        rule = self._ruling.of(request.approved, seal=seal)
        claim = checks.may_seal(
            case,
            request,
            hashed.sha256.hexdigest(),
            seal=seal,
            pinned=rule.pinned,
            at=at,
            origin=self._impressions.origin(request.document_sha256),
            reach=additions.reach_of(case, added, seal=seal, pinned=rule.pinned, at=at),
        )
        # (3) set aside
        self._impressions.reserve(request.intent, claim, at=at)
        steps.reached(Step.SET_ASIDE)
        # (4) made and judged
        sealed = self._sealed(installation.ca_certificate, request, hashed, claim, at=at, stamps=stamps)
        steps.reached(Step.JUDGED)
        return Judged(intent=request.intent, request_sha256=request_sha256, sealed=sealed, grounds=rule.grounds)

    def _sealed(
        self,
        ca_certificate: bytes,
        request: requests.Seal,
        document: Hashed,
        claim: Claim,
        *,
        at: datetime,
        stamps: TimestampAuthority | None,
    ) -> answers.Sealed:
        version, key = (
            self._store.seal_version(claim.seal, claim.seal_version),
            self._store.seal_key(claim.seal, claim.seal_version),
        )
        if version is None:
            raise checks.SealUnknown(seal=claim.seal)
        if not key:
            raise checks.SealDestroyed(seal=claim.seal)
        sealed_at = at.replace(microsecond=0)  # a PDF counts whole seconds
        appended = engine().seal_document(
            document,
            approved=claim.document,
            version=replace(version, key=key),
            ca_certificate=ca_certificate,
            field=request.field,
            at=sealed_at,
            stamps=stamps,
            elsewhere=self._hardware.key(key, version.certificate) if is_elsewhere(key) else None,
        )
        whole = document.sha256.copy()
        whole.update(appended)
        return answers.Sealed(appended=appended, sealed_sha256=whole.hexdigest(), sealed_at=sealed_at)


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
