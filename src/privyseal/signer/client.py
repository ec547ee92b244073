"""How the rest of the product speaks to the signer."""

import socket
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

from privyseal.device.signed import FrameKey
from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json, sha256
from privyseal.kernel.errors import Refused
from privyseal.kernel.quorum import Quorum
from privyseal.signer import answers, batches, certifying, device_requests, protocol, requests, unlocking
from privyseal.signer.bodies import Body
from privyseal.signer.charters import Charter
from privyseal.signer.denials import Denial
from privyseal.signer.epochs import with_epoch
from privyseal.signer.passkeys import Page
from privyseal.signer.protocol import Frame, SignerUnavailable
from privyseal.signer.sockets import connect
from privyseal.signer.statement import SESSION, Approved

__all__ = ["Client", "SignerUnavailable"]

_TIMEOUT_SECONDS: Final = 60.0
_BYTES_A_SECOND: Final = 4_000_000
"""A large document is waited for longer: it has to be hashed, sealed and judged before there is an answer."""

_T = TypeVar("_T")


class Client:
    """One typed method an operation; a connection of its own for each call, so threads and forks may share it."""

    def __init__(
        self, socket_path: Path, *, timeout_seconds: float = _TIMEOUT_SECONDS, epoch: Callable[[], int] | None = None
    ) -> None:
        """``epoch`` tells which signer the caller knows; another one refuses. Without it nobody is told apart."""
        self._socket_path = socket_path
        self._timeout_seconds = timeout_seconds
        self._epoch = epoch

    def meet(self) -> None:
        """Find out which signer the caller knows, before threads that ask for nothing else speak to it."""
        if self._epoch:
            self._epoch()

    def status(self) -> answers.Status:
        result, _ = self._ask(requests.Status())
        return _read(answers.Status.parse, result)

    def pinned_cosigners(self) -> list[answers.PinnedQuorum]:
        """Return whose cosignatures a use takes, and took before, the last one now."""
        result, _ = self._ask(requests.PinnedCosigners())
        return _read(answers.PinnedQuorum.parse_all, result)

    def public(self) -> answers.Public:
        result, _ = self._ask(requests.Public())
        return _read(answers.Public.parse, result)

    def ocsp(self, question: bytes) -> bytes:
        """Return the signed answer, in DER, to a question about a certificate of the authority."""
        _, answer = self._ask(requests.Ocsp(question))
        return answer

    def found(
        self,
        *,
        public_url: str,
        origin: str,
        web_key: bytes,
        approvals: int = 1,
        assurance: str = SESSION,
        is_demo: bool,
        rule: Approved | None = None,
    ) -> answers.Public:
        """Make the installation's keys, once, and pin the web application's Ed25519 public key, or refuse.

        ``assurance`` is the least that a yes must be made of, in the words of the statements; ``rule`` the page,
        charter and rosters that it begins with, as everybody on them and a witness said yes to by passkey.
        """
        request = requests.Found(
            public_url=public_url,
            origin=origin,
            web_key=web_key,
            charter=Charter(approvals=approvals, assurance=assurance),
            is_demo=is_demo,
            rule=rule,
        )
        result, _ = self._ask(request)
        return _read(answers.Public.parse, result)

    def open(self, share: str) -> None:
        """Give one custodian's share, or the content of the key file, or refuse; ``status`` says what is missing."""
        self._ask(unlocking.Open(share))

    def lock(self) -> None:
        """Have the signer forget what opens its keys, at once."""
        self._ask(unlocking.Lock())

    def entrust(self, *, needed: int, shares: int, by: Sequence[str] = ()) -> tuple[str, ...]:
        """Return shares of a new master key, or refuse; it holds once ``confirm`` was shown all of them."""
        result, _ = self._ask(unlocking.Entrust(needed=needed, shares=shares, by=tuple(by)))
        return _read(answers.Entrusted.parse, result).shares

    def confirm(self, shares: Collection[str]) -> None:
        """Put every key under the master key of these shares, or refuse; again, the same."""
        self._ask(unlocking.Confirm(tuple(shares)))

    def pin_cosigners(self, quorum: Quorum, *, by: Sequence[str]) -> None:
        """Ask for these cosignatures from now on, by leave of those who keep the keys; or refuse."""
        self._ask(unlocking.PinCosigners(quorum=quorum, by=tuple(by)))

    def pin_page(self, origin: str) -> None:
        """Pin the origin on which passkeys are asked, once and for good; again the same, or refuse."""
        self._ask(requests.PinPage(Page(origin)))

    def change_rule(self, approved: Approved) -> None:
        """Change a roster or a charter as those who may have said yes to, or refuse; again, the same."""
        self._ask(requests.ChangeRule(approved))

    def make(self, *, seal: str, approved: Sequence[Approved], face: Mapping[str, Json], manager: str) -> answers.Made:
        """Make an approved seal's key and certificate, or refuse; again, the same certificate."""
        result, _ = self._ask(requests.Make(seal=seal, approved=tuple(approved), face=face, manager=manager))
        return _read(answers.Made.parse, result)

    def certificate_request(self, seal: str) -> bytes:
        """Return what this seal's next certificate is asked for with (PKCS#10, DER), or refuse: nothing-awaited."""
        result, _ = self._ask(certifying.CertificateRequest(seal))
        return _read(certifying.read_request, result)

    def certify(self, *, seal: str, certificate: bytes, between: Sequence[bytes]) -> None:
        """Bring the certificate that came, or refuse; the making, asked again, ends with it."""
        self._ask(certifying.Certify(seal, certificate, tuple(between)))

    def revoked_outside(self, *, seal: str, version: int, evidence: bytes) -> None:
        """Have a seal rest whose certificate is revoked by this list or answer, or refuse; again, the same."""
        self._ask(certifying.RevokedOutside(seal, version), evidence)

    def seal(
        self,
        *,
        intent: str,
        operator: str,
        approved: Sequence[Approved],
        document: Body,
        field: str,
        member: bytes = b"",
        stamp: Callable[[bytes], bytes] | None = None,
    ) -> answers.Sealed:
        """Seal an approved document, or refuse; again with the same intent, the same bytes.

        A document in a file is sent from there, and never held in memory.
        ``member`` is the word that the operator belongs to the unit of a standing permit.
        ``stamp`` fetches a time stamp over a SHA-256: the signer has no network and asks for it in between.
        """
        request = requests.Seal(
            intent=intent,
            operator=operator,
            approved=tuple(approved),
            document_sha256=sha256(document),
            field=field,
            time_stamp=stamp is not None,
            member=member,
        )
        result, appended = self._ask(request, document, stamp)
        return _read(lambda value: answers.Sealed.parse(value, appended), result)

    def seal_each(
        self, *, operator: str, approved: Sequence[Approved], each: Sequence[tuple[str, str, bytes]]
    ) -> list[answers.Outcome]:
        """Seal documents of one application in one call, or refuse the call; return what became of each, in order.

        Each is an intent, a field and the document. A refused one keeps none of the others; asked again, each gets the
        same answer, also by itself.
        """
        asked = tuple(
            batches.One(intent=intent, document_sha256=sha256(document), field=field, size=len(document))
            for intent, field, document in each
        )
        request = batches.SealEach(operator=operator, approved=tuple(approved), each=asked)
        result, appended = self._ask(request, b"".join(document for _, _, document in each))
        found = _read(lambda value: answers.outcomes(value, appended, refusal=_refused), result)
        if len(found) != len(asked):
            raise SignerUnavailable
        return found

    def suspend(self, *, seal: str, company: str = "") -> None:
        self._ask(requests.Suspend(seal=seal, company=company))

    def deny(self, denied: Collection[Denial]) -> None:
        """Have permits, mandates and applications refused from now on and for good; again, the same."""
        self._ask(requests.Deny(denied=tuple(denied)))

    def ask_own_yes(self, *, seal: str, kind: str) -> None:
        """Have a seal made before types were known ask for its person's own yes, or refuse; again, the same."""
        self._ask(requests.AskOwnYes(seal=seal, type=kind))

    def resume(self, *, seal: str, approved: Sequence[Approved]) -> None:
        self._ask(requests.Resume(seal=seal, approved=tuple(approved)))

    def destroy(self, *, seal: str, approved: Sequence[Approved]) -> None:
        """End a seal's key for good and revoke its certificate, or refuse; again, the same."""
        self._ask(requests.Destroy(seal=seal, approved=tuple(approved)))

    def checkpoint(self, *, size: int, root: bytes, old_size: int, proof: Sequence[bytes]) -> str:
        """Return the signed note of a tree that extends the last one signed, or refuse."""
        request = requests.Checkpoint(size=size, root=root, old_size=old_size, proof=tuple(proof))
        result, _ = self._ask(request)
        return _read(_note, result)

    def cosigned(self, *, note: str) -> None:
        """Show the signer a head with its cosignatures, or refuse; it keeps what is newer than what it knows."""
        self._ask(requests.Cosigned(note=note))

    def serve_devices(self, key: FrameKey, names: Sequence[str], *, is_broker: bool = False) -> answers.House:
        """Return what a gateway or broker shows devices, made anew each time, and by what it knows them."""
        result, _ = self._ask(device_requests.House(key, tuple(names), is_broker))
        return _read(answers.House.parse, result)

    def enrol(self, request: device_requests.Enrol) -> answers.EnrolledDevice:
        """Return what a device is told for its own frame, or refuse; again, the same epoch."""
        result, _ = self._ask(request)
        return _read(answers.EnrolledDevice.parse, result)

    def end_device(self, serial: str) -> None:
        """Make nothing for this device from now on, until it is enrolled anew; nobody's approval is needed."""
        self._ask(device_requests.End(serial))

    def revoked_devices(self) -> bytes:
        """Return the list, in DER, of certificates of devices that count no more."""
        result, _ = self._ask(device_requests.Revoked())
        return _read(answers.octets_of("crl"), result)

    def device_authority(self) -> bytes:
        """Return the certificate, in DER, of the authority above all devices."""
        result, _ = self._ask(device_requests.Authority())
        return _read(answers.octets_of("ca"), result)

    def order_device(self, request: device_requests.Ordered) -> str:
        """Return the frame of an order, or refuse; again, the same."""
        result, _ = self._ask(request)
        return _read(answers.a_text("frame"), result)

    def orders_of(self, serial: str, *, after: int) -> list[str]:
        """Return the orders of a device with numbers above this one, as they were signed, but for the time."""
        result, _ = self._ask(device_requests.Orders(serial, after))
        return _read(answers.texts("frames", most=device_requests.MOST_ORDERS), result)

    def allow_device(self, request: device_requests.Allow) -> str:
        """Return a ticket, or the twenty digits of a code, for a use that was approved, or refuse; again, the same."""
        result, _ = self._ask(request)
        return _read(answers.a_text("answer"), result)

    def close_device(self, serial: str, receipt: str) -> answers.Closed:
        """Take the receipt of a device's last code, or refuse; again, the same."""
        result, _ = self._ask(device_requests.Close(serial, receipt))
        return _read(answers.Closed.parse, result)

    def bits_of_head(self, serial: str, sequence: int, head: str) -> int:
        """Return the bits that the receipt of this code has for this head of the device's chain."""
        result, _ = self._ask(device_requests.Bound(serial, sequence, head))
        return _read(answers.bits_of_head, result)

    def _ask(
        self, request: requests.Request, body: Body = b"", stamp: Callable[[bytes], bytes] | None = None
    ) -> tuple[Json, bytes]:
        header = dict(request.header())
        answer = self._exchange(Frame(with_epoch(header, self._epoch()) if self._epoch else header, body), stamp)
        if answer.header.get("ok") is not True:
            raise _refusal(answer.header)
        return answer.header.get("result"), answer.body[:]

    def _exchange(self, question: Frame, stamp: Callable[[bytes], bytes] | None) -> Frame:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(self._timeout_seconds + len(question.body) / _BYTES_A_SECOND)
                connect(connection, self._socket_path, seconds=self._timeout_seconds)
                # A no can come before the whole question is read; it is worth reading all the same.
                with suppress(BrokenPipeError):
                    protocol.send(connection, question)
                answer = _received(connection)
                if stamp and (imprint := protocol.imprint_asked(answer)):
                    protocol.send(connection, protocol.token(stamp(imprint)))
                    answer = _received(connection)
                return answer
        except OSError as error:
            raise SignerUnavailable from error


def _received(connection: socket.socket) -> Frame:
    try:
        answer = protocol.receive(connection)
    except protocol.SignerRefused as error:
        raise SignerUnavailable from error
    if answer is None:
        raise SignerUnavailable
    return answer


def _read(parse: Callable[[Json], _T], result: Json) -> _T:
    try:
        return parse(result)
    except shapes.Misshapen as error:
        raise SignerUnavailable from error


def _note(result: Json) -> str:
    note = shapes.fields(result, frozenset({"note"}))["note"]
    if not isinstance(note, str):
        raise shapes.Misshapen
    return note


def _refusal(header: Mapping[str, Json]) -> Refused:
    code, facts = header.get("code"), header.get("facts")
    if not isinstance(code, str) or not isinstance(facts, Mapping):
        return SignerUnavailable()
    return _refused(code, facts)


def _refused(code: str, facts: Mapping[str, Json]) -> Refused:
    from privyseal.signer import refusals  # noqa: PLC0415  0.2 s of imports that no caller pays before the first no

    return refusals.refusal(code, {name: fact for name, fact in facts.items() if isinstance(fact, str | int | None)})
