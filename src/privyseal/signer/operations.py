"""What the signer does: each operation checks for itself, keeps its own record, and is safe to ask again."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol

from privyseal import __version__
from privyseal.kernel import note, steps
from privyseal.kernel.canonical import Json, canonical
from privyseal.kernel.quorum import Quorum
from privyseal.kernel.steps import Step
from privyseal.pdf.revision import Hashed
from privyseal.pdf.timestamps import TimestampAuthority
from privyseal.signer import (
    additions,
    answers,
    authority,
    checks,
    denials,
    heads,
    ocsp,
    opening,
    protocol,
    requests,
    unlocking,
)
from privyseal.signer.bodies import Body
from privyseal.signer.claims import Claim
from privyseal.signer.cosigned import Cosigned
from privyseal.signer.database import Database
from privyseal.signer.denials import Denials
from privyseal.signer.device_requests import OfDevices
from privyseal.signer.devices import Devices
from privyseal.signer.documents import Document
from privyseal.signer.epochs import Epochs
from privyseal.signer.hardware import Hardware
from privyseal.signer.impressions import Impressions
from privyseal.signer.keys import Keys
from privyseal.signer.protocol import Frame, SignerRefused
from privyseal.signer.ruling import Ruling
from privyseal.signer.statement import Purpose
from privyseal.signer.store import Installation, SealVersion, Store
from privyseal.signer.terms import Making
from privyseal.signer.tokens import Token, TokenKey, is_elsewhere

NOBODY: Final = Quorum()


class SealAlreadyMade(SignerRefused):
    code = "seal-already-made"


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


class Signer:
    """One installation's keys and the conditions of their use."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        keys: Keys,
        quorum: Quorum = NOBODY,
        token: Token | None = None,
        epochs: Epochs | None = None,
        *,
        names_responder: bool = False,
    ) -> None:
        self._database = database
        self._keys = keys
        self._store = Store(database, keys)
        self._hardware = Hardware(database, token)
        self._hardware.destroy_nobodys()
        self._names_responder = names_responder
        self._impressions = Impressions(database)
        self._denials = Denials(database)
        self._ruling = Ruling(database, self._store)
        self._devices = Devices(database, keys, self._store, self._ruling, now)
        self._cosigned = Cosigned(database, quorum)
        self._now = now
        self._epochs = epochs or Epochs()

    def answer(self, frame: Frame, stamps: TimestampAuthority | None = None) -> Frame:
        """Return the answer to a request, or refuse; where it wants a time stamp, ``stamps`` is asked for one."""
        frame = self._epochs.admit(frame)
        request = requests.parse_request(frame.header)
        if frame.body and not isinstance(request, requests.Seal):
            raise requests.RequestUnreadable
        appended = b""
        result: Mapping[str, Json] = {}
        match request:
            case requests.Status():
                result = self.status().to_json()
            case requests.Public():
                result = self.public().to_json()
            case requests.Ocsp():
                appended = self.ocsp(request)
            case requests.Found():
                result = self.found(request).to_json()
            case requests.Make():
                result = self.make(request).to_json()
            case requests.Seal():
                sealed = self.seal(request, frame.body, stamps if request.time_stamp else None)
                result, appended = sealed.to_json(), sealed.appended
            case requests.Checkpoint():
                result = {"note": self.checkpoint(request)}
            case unlocking.Open() | unlocking.Lock() | unlocking.Entrust() | unlocking.Confirm():
                result = self.unlock(request)
            case _:
                result = self._move(request)
        return protocol.answer(result, appended)

    def status(self) -> answers.Status:
        is_founded = self._store.installation() is not None
        log_size = self._store.checkpoint().size if is_founded else 0
        return answers.Status(
            is_founded=is_founded,
            log_size=log_size,
            version=__version__,
            needed=self._keys.needed,
            missing=self._keys.missing,
        )

    def found(self, request: requests.Found) -> answers.Public:
        """Make the authority and the log key, pin the web application's key and the first rule, once."""
        opening.found(self._store, self._keys, request, now=self._time)
        return self.public()

    def public(self) -> answers.Public:
        """Return what strangers judge by; while the signer is sealed, the list of revoked ones as last signed."""
        installation = self._store.founded()
        origin = installation.founding.origin
        if self._keys.is_open:
            crl = authority.revocation_list(
                self._store.revoked(),
                authority_key=self._store.authority_key(),
                authority=installation.ca_certificate,
                at=self._now(),
            )
            self._store.show(note.verifier_key(origin, authority.log_key(self._store.log_key())).text, crl)
        log_key, crl = self._store.shown()
        return answers.Public(ca=installation.ca_certificate, crl=crl, log_key=log_key, origin=origin)

    def ocsp(self, request: requests.Ocsp) -> bytes:
        """Return whether a certificate of the authority is in force now, signed by whom it has delegated that to."""
        return self._store.answered(request.question, self._now()) if self._keys.is_open else ocsp.later()

    def make(self, request: requests.Make) -> answers.Made:
        """Make the key and certificate of an approved seal version, once."""
        installation = self._store.founded()
        case = checks.one_case(request.approved, purposes={Purpose.MAKE, Purpose.CHANGE, Purpose.EXTEND})
        made = self._store.seal_version(request.seal, case.statement.seal_version)
        if made is None:
            made = self._made(installation, request, case)
        if made.request_sha256 != requests.request_sha256(request):
            raise SealAlreadyMade(seal=request.seal, version=made.version)
        return answers.Made(certificate=made.certificate, serial=made.serial, not_after=made.not_after)

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
            version = case.statement.seal_version
            sealed = self._sealed(installation, request, hashed, claim, version, at=at, stamps=stamps)
            steps.reached(Step.JUDGED)
            # (5) committed
            self._impressions.spend(request.intent, sealed, request_sha256=request_sha256, grounds=rule.grounds)
            steps.reached(Step.COUNTED)
        # (6) released
        return sealed

    def suspend(self, request: requests.Suspend) -> None:
        """Take a seal out of force at once; nobody's approval is needed to be careful."""
        self._store.suspend(request.seal)

    def deny(self, request: requests.Deny) -> None:
        """Refuse permits, mandates and applications from now on; nobody's approval is needed, and nothing undoes it."""
        self._denials.keep(request.denied, at=self._time())

    def ask_own_yes(self, request: requests.AskOwnYes) -> None:
        """Use a seal that was made before types were known with its person's own yes alone; it only asks for more."""
        self._store.ask_own_yes(request.seal, request.type)

    def resume(self, request: requests.Resume) -> None:
        """Put a suspended seal back into force, as approved, once an application."""
        case, seal, at = _wakes(request), self._store.seal(request.seal), self._time()
        rule = self._ruling.of(request.approved, seal=seal)
        # What was done before it was denied was done: its caller learns so, and suspends.
        if not self._store.is_resumed_by(request.seal, case.statement.application):
            self._denials.check(rule.grounds.named)
        checks.may_act(case, request, seal=seal, pinned=rule.pinned, at=at)
        self._store.resume(request.seal, application=case.statement.application, grounds=rule.grounds)

    def destroy(self, request: requests.Destroy) -> None:
        """End a seal for good, as approved: no key, no use, its certificates on the list of revoked ones."""
        at = self._time()
        case = checks.one_case(request.approved, purposes={Purpose.DESTROY, Purpose.INVALIDATE})
        seal, application = self._store.seal(request.seal), case.statement.application
        if not self._store.is_destroyed_by(request.seal, application):
            rule = self._ruling.of(request.approved, seal=seal)
            self._denials.check(rule.grounds.named)
            checks.may_act(case, request, seal=seal, pinned=rule.pinned, at=at)
            self._store.destroy(request.seal, application=application, at=at, grounds=rule.grounds)
        self._hardware.destroy_ended()

    def checkpoint(self, request: requests.Checkpoint) -> str:
        """Return the signed note of a tree that extends the last one signed, or refuse."""
        head, is_new = heads.extend(self._store, request)
        if is_new:
            self._cosigned.remember(head.size, at=self._now())
        return head.note

    def cosigned(self, request: requests.Cosigned) -> None:
        """Take note of who cosigned a head of this log, or refuse; it opens nothing that others did not sign."""
        self._store.founded()
        self._cosigned.take(request.note, note.VerifierKey.parse(self.public().log_key))

    def unlock(self, request: unlocking.Unlocks) -> Mapping[str, Json]:
        """Open, lock, or hand on what opens the keys; those who keep it ask, and nobody else."""
        return opening.custody_of_keys(self._keys, request, at=self._now())

    def _move(self, request: requests.Moves | OfDevices) -> Mapping[str, Json]:
        if isinstance(request, OfDevices):
            return self._devices.answer(request)
        match request:
            case requests.PinPage():
                self._ruling.pin(request.page)
            case requests.ChangeRule():
                self._ruling.change(request, at=self._time())
            case requests.Cosigned():
                self.cosigned(request)
            case requests.AskOwnYes():
                self.ask_own_yes(request)
            case requests.Suspend():
                self.suspend(request)
            case requests.Deny():
                self.deny(request)
            case requests.Resume():
                self.resume(request)
            case requests.Destroy():
                self.destroy(request)
        return {}

    def _time(self) -> datetime:
        return self._database.see(self._now())

    def _made(self, installation: Installation, request: requests.Make, case: checks.Case) -> SealVersion:
        """Make a version and keep it, by the charter of its seal, or, for a first one, of its company."""
        self._keys.check_open()
        self._denials.check(denials.named_in(request.approved))
        known, at, said = self._store.seal(request.seal), self._time(), case.statement.make
        rule = self._ruling.of(request.approved, seal=known, company=said.uscc if said else "")
        making = checks.may_make(case, request, seal=known, pinned=rule.pinned, at=at)
        fresh = self._new_version(installation, request, making, case.statement.seal_version, at=at)
        saved = self._store.save_seal_version(
            fresh,
            manager=request.manager,
            kind=making.type,
            company=making.uscc,
            at=self._time(),
            grounds=rule.grounds,
        )
        self._hardware.destroy_ended()  # a version before this one has ended
        return saved

    def _new_version(
        self, installation: Installation, request: requests.Make, making: Making, version: int, *, at: datetime
    ) -> SealVersion:
        _engine().check_face(request.face)
        issued = authority.new_seal(
            making,
            authority_key=self._store.authority_key(),
            authority=installation.ca_certificate,
            pki_url=f"{installation.founding.public_url}/pki",
            at=at,
            names_responder=self._names_responder,
            elsewhere=self._hardware.new_key(
                request.seal, version, kind=making.type, request_sha256=requests.request_sha256(request)
            ),
        )
        return SealVersion(
            seal=request.seal,
            version=version,
            request_sha256=requests.request_sha256(request),
            face=canonical(request.face),
            key=issued.key,
            certificate=issued.certificate,
            serial=issued.serial,
            not_after=issued.not_after,
        )

    def _sealed(
        self,
        installation: Installation,
        request: requests.Seal,
        document: Hashed,
        claim: Claim,
        seal_version: int,
        *,
        at: datetime,
        stamps: TimestampAuthority | None,
    ) -> answers.Sealed:
        version, key = (
            self._store.seal_version(claim.seal, seal_version),
            self._store.seal_key(claim.seal, seal_version),
        )
        if version is None:
            raise checks.SealUnknown(seal=claim.seal)
        if not key:
            raise checks.SealDestroyed(seal=claim.seal)
        sealed_at = at.replace(microsecond=0)  # a PDF counts whole seconds
        appended = _engine().seal_document(
            document,
            approved=claim.document,
            version=replace(version, key=key),
            ca_certificate=installation.ca_certificate,
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
    _engine()


def _engine() -> Engine:
    from privyseal.signer import engine  # noqa: PLC0415  a second of imports; status answers before they are done

    return engine


def _wakes(request: requests.Resume) -> checks.Case:
    return checks.one_case(request.approved, purposes={Purpose.RESUME, Purpose.UNFREEZE})
