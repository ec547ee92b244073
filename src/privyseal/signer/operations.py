"""What the signer does: each operation checks for itself, keeps its own record, and is safe to ask again."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from privyseal import __version__
from privyseal.kernel import note
from privyseal.kernel.canonical import Json, canonical
from privyseal.kernel.quorum import Quorum
from privyseal.pdf.timestamps import TimestampAuthority
from privyseal.signer import (
    answers,
    authority,
    batches,
    checks,
    denials,
    heads,
    ocsp,
    opening,
    protocol,
    requests,
    rubber,
    unlocking,
)
from privyseal.signer.awaiting import Awaiting
from privyseal.signer.bodies import Body
from privyseal.signer.certifying import OfCertificates, RevokedOutside
from privyseal.signer.cosigned import Cosigned
from privyseal.signer.database import Database
from privyseal.signer.denials import Denials
from privyseal.signer.device_requests import OfDevices
from privyseal.signer.devices import Devices
from privyseal.signer.epochs import Epochs
from privyseal.signer.hardware import Hardware
from privyseal.signer.impressions import Impressions
from privyseal.signer.keys import Keys
from privyseal.signer.outside import CertificateAwaited, Outside
from privyseal.signer.paper_codes import PaperCodes
from privyseal.signer.protocol import Frame, SignerRefused
from privyseal.signer.rosters import Grounds
from privyseal.signer.ruling import Ruling
from privyseal.signer.statement import Purpose
from privyseal.signer.store import Installation, SealVersion, Store
from privyseal.signer.terms import Making
from privyseal.signer.tokens import Token
from privyseal.signer.uses import Uses, engine

NOBODY: Final = Quorum()
OURS_ALONE: Final = Outside()


class SealAlreadyMade(SignerRefused):
    code = "seal-already-made"


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
        outside: Outside = OURS_ALONE,
        names_responder: bool = False,
    ) -> None:
        self._database = database
        self._keys = keys
        self._store = Store(database, keys)
        self._hardware = Hardware(database, token)
        self._awaiting = Awaiting(database, keys, self._hardware, outside)
        self._awaiting.give_up_ended()
        self._hardware.destroy_nobodys()
        self._names_responder = names_responder
        self._denials = Denials(database)
        self._ruling = Ruling(database, self._store)
        self._cosigned = Cosigned(database, quorum)
        self._devices = Devices(database, keys, self._store, self._ruling, self._cosigned, now)
        self._paper_codes = PaperCodes(database, keys, self._store)
        self._uses = self._using(Impressions(database))
        self._now = now
        self._epochs = epochs or Epochs()

    def answer(self, frame: Frame, stamps: TimestampAuthority | None = None) -> Frame:
        """Return the answer to a request, or refuse; where it wants a time stamp, ``stamps`` is asked for one."""
        frame = self._epochs.admit(frame)
        request = requests.parse_request(frame.header)
        if frame.body and not isinstance(request, requests.Seal | batches.SealEach | RevokedOutside):
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
            case requests.Seal() | batches.SealEach():
                result, appended = self._used(request, frame.body, stamps)
            case requests.Checkpoint():
                result = {"note": self.checkpoint(request)}
            case _ if isinstance(request, unlocking.Unlocks):
                result = self.unlock(request)
            case _:
                result = self._other(request, frame.body)
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
            clock=self._store.clock_set(),
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
        paper = self._paper_codes.certificates()
        return answers.Public(ca=installation.ca_certificate, crl=crl, log_key=log_key, origin=origin, paper=paper)

    def ocsp(self, request: requests.Ocsp) -> bytes:
        """Return whether a certificate of the authority is in force now, signed by whom it has delegated that to."""
        return self._store.answered(request.question, self._now()) if self._keys.is_open else ocsp.later()

    def make(self, request: requests.Make) -> answers.Made:
        """Make the key and certificate of an approved seal version, once; or refuse while it is awaited."""
        installation = self._store.founded()
        case = checks.one_case(request.approved, purposes={Purpose.MAKE, Purpose.CHANGE, Purpose.EXTEND})
        made = self._store.seal_version(request.seal, case.statement.seal_version)
        if made is None:
            made = self._made(installation, request, case)
        if made.request_sha256 != requests.request_sha256(request):
            raise SealAlreadyMade(seal=request.seal, version=made.version)
        return answers.Made(made.certificate, made.serial, made.not_after, made.chain)

    def seal(self, request: requests.Seal, document: Body, stamps: TimestampAuthority | None = None) -> answers.Sealed:
        """Return the appended revision for an approved document, the same bytes however often it is asked."""
        return self._uses.seal(request, document, stamps)

    def seal_each(self, request: batches.SealEach, documents: Body) -> list[answers.Outcome]:
        """Return what became of each document of a batch; one that is refused keeps none of the others."""
        return self._uses.seal_each(request, documents)

    def _used(
        self, request: requests.Seal | batches.SealEach, body: Body, stamps: TimestampAuthority | None
    ) -> tuple[Mapping[str, Json], bytes]:
        if isinstance(request, requests.Seal):
            sealed = self.seal(request, body, stamps if request.time_stamp else None)
            return sealed.to_json(), sealed.appended
        outcomes = self.seal_each(request, body)
        appended = b"".join(one.appended for one in outcomes if isinstance(one, answers.Sealed))
        return {"each": [answers.outcome_json(one) for one in outcomes]}, appended

    def suspend(self, request: requests.Suspend) -> None:
        """Take a seal out of force at once; nobody's approval is needed to be careful."""
        self._store.suspend(request.seal, company=request.company)

    def deny(self, request: requests.Deny) -> None:
        """Refuse permits, mandates and applications from now on; nobody's approval is needed, and nothing undoes it."""
        self._denials.keep(request.denied, at=self._time())
        self._awaiting.give_up_ended()

    def ask_own_yes(self, request: requests.AskOwnYes) -> None:
        """Use a seal that was made before types were known with its person's own yes alone; it only asks for more."""
        self._store.ask_own_yes(request.seal, request.type)

    def resume(self, request: requests.Resume) -> None:
        """Put a suspended seal back into force, as approved, once an application."""
        case, at = _wakes(request), self._time()
        seal = self._store.seal(request.seal) or rubber.known(self._database, case.statement)
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
            self._awaiting.give_up_ended()
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
        if isinstance(request, unlocking.PinCosigners):
            self._keys.check_keepers(request.by)
            self._cosigned.pin(request.quorum)
            return {}
        return opening.custody_of_keys(self._keys, request, at=self._now())

    def _other(self, request: requests.Moves | requests.Elsewhere, body: Body) -> Mapping[str, Json]:
        if isinstance(request, requests.PinnedCosigners):
            return {"pinned": [answers.PinnedQuorum(*one).to_json() for one in self._cosigned.pinned()]}
        if isinstance(request, OfDevices):
            return self._devices.answer(request)
        if isinstance(request, OfCertificates):
            return self._awaiting.answer(request, body, at=self._time())
        self._move(request)
        return {}

    def _move(self, request: requests.Moves) -> None:
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

    def _using(self, impressions: Impressions) -> Uses:
        return Uses(
            impressions,
            store=self._store,
            keys=self._keys,
            hardware=self._hardware,
            denials=self._denials,
            ruling=self._ruling,
            cosigned=self._cosigned,
            paper_codes=self._paper_codes,
            time=self._time,
        )

    def _time(self) -> datetime:
        return self._database.see(self._now())

    def _made(self, installation: Installation, request: requests.Make, case: checks.Case) -> SealVersion:
        """Make a version and keep it, by the charter of its seal, or, for a first one, of its company.

        What waits for its certificate was approved when its key was made; it ends if it was not taken back since.
        """
        self._keys.check_open()
        named = denials.named_in(request.approved)
        self._denials.check(named)
        if awaited := self._awaiting.known(requests.request_sha256(request)):
            if awaited.certified is None:
                raise CertificateAwaited(seal=request.seal)
            since = Grounds(named=named - denials.passkeys_in(request.approved))
            return self._kept(awaited.certified, awaited.making, request.manager, since)
        known, at, said = self._store.seal(request.seal), self._time(), case.statement.make
        rule = self._ruling.of(request.approved, seal=known, company=said.uscc if said else "")
        making = checks.may_make(case, request, seal=known, pinned=rule.pinned, at=at)
        engine().check_face(request.face)
        if self._awaiting.is_for(request.seal, making.type):
            self._awaiting.begin(request, case, making, grounds=rule.grounds)
            raise CertificateAwaited(seal=request.seal)
        fresh = self._new_version(installation, request, making, case.statement.seal_version, at=at)
        return self._kept(fresh, making, request.manager, rule.grounds)

    def _kept(self, fresh: SealVersion, making: Making, manager: str, grounds: Grounds) -> SealVersion:
        saved = self._store.save_seal_version(
            fresh, manager=manager, kind=making.type, company=making.uscc, at=self._time(), grounds=grounds
        )
        self._hardware.destroy_ended()  # a version before this one has ended
        return saved

    def _new_version(
        self, installation: Installation, request: requests.Make, making: Making, version: int, *, at: datetime
    ) -> SealVersion:
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


def _wakes(request: requests.Resume) -> checks.Case:
    return checks.one_case(request.approved, purposes={Purpose.RESUME, Purpose.UNFREEZE})
