"""A web application that was taken over: it has its own key, the socket, and every yes that was ever said.

What it may get by right it does not ask for: what was approved and is unspent, or was answered before.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

from privyseal.device.enrolment import DeviceKind
from privyseal.device.orders import Order
from privyseal.kernel.canonical import Json, sha256
from privyseal.signer import requests
from privyseal.signer.agreements import Confirm, Mount, Unlock
from privyseal.signer.changes import Amend, Enter, Remove
from privyseal.signer.charters import APPROVERS, INSTALLATION, SECURITY, Charter, of_company, of_seal
from privyseal.signer.device_requests import Allow, Ordered
from privyseal.signer.passkeys import Credential, Page
from privyseal.signer.protocol import Frame
from privyseal.signer.software_passkeys import SoftwarePasskey
from privyseal.signer.statement import EXTERNAL, SESSION, AnyAssertion, Approved, Statement, vouch
from tests.signer.cast import (
    CHANGE,
    CONTRACT,
    DESTROY,
    FACE,
    INVOICE,
    LI,
    MAKE,
    MAKING,
    NOON,
    RESUME,
    SEAL,
    USE,
    WANG,
    WEB_KEY,
    ZHAO,
    ZHOU,
    document,
    uid,
)

Header = dict[str, Any]
_DOCUMENTS: Final = {sha256(data): data for data in (CONTRACT, INVOICE)}
_WANTED: Final[tuple[Statement, ...]] = (
    replace(USE, documents=(document(INVOICE),)),
    replace(USE, application=uid("application 80")),
    replace(USE, impressions=9),
    replace(USE, expires_at=NOON + timedelta(days=90)),
    replace(USE, stage=2),
    replace(MAKE, application=uid("application 81"), seal=uid("seal of straw")),
    CHANGE,
    DESTROY,
    RESUME,
)


@dataclass
class Adversary:
    chance: random.Random
    keys: dict[str, SoftwarePasskey]
    heard: Sequence[Approved]
    page: Page
    device: str = "D-0009"
    asked: int = 0
    own: SoftwarePasskey = field(init=False)

    def __post_init__(self) -> None:
        self.own = SoftwarePasskey(person=LI, page=self.page, id=self.keys[LI].id)

    def frame(self) -> Frame:
        """Return the next attempt."""
        self.asked += 1
        ways = (self._seal, self._seal, self._seal, self._move, self._make, self._change, self._open, self._agree)
        pick = self.chance.choice(ways)
        header, body = pick()
        return Frame(self._damaged(header) if self.chance.random() < 0.1 else header, body)

    def _seal(self) -> tuple[Header, bytes]:
        digest, data = self.chance.choice(list(_DOCUMENTS.items()))
        operator = self.chance.choice((WANG, ZHAO, LI, ZHOU))
        wish = requests.Seal(
            intent=uid(f"attack {self.asked}"),
            operator=operator,
            approved=self._approved(USE),
            document_sha256=self.chance.choice((digest, sha256(CONTRACT))),
            field="Seal1",
        )
        return dict(wish.header()), data

    def _move(self) -> tuple[Header, bytes]:
        kind = self.chance.choice((requests.Resume, requests.Destroy))
        return dict(kind(seal=SEAL, approved=self._approved(DESTROY, RESUME)).header()), b""

    def _make(self) -> tuple[Header, bytes]:
        manager = uid(f"straw {self.asked}")
        face: dict[str, Json] = {**FACE, "ring": self.chance.choice(("上海示例贸易有限公司", "别的公司"))}
        seal = self.chance.choice((SEAL, uid("seal of straw")))
        wish = requests.Make(seal=seal, approved=self._approved(MAKE, CHANGE), face=face, manager=manager)
        return dict(wish.header()), b""

    def _change(self) -> tuple[Header, bytes]:
        straw = Credential(
            id=f"straw {self.asked}".encode(), person=uid("straw"), key=self.own.key, is_bound=True, starts_at=NOON
        )
        easy = Charter(1, self.chance.choice((SESSION, EXTERNAL)))
        what = self.chance.choice(
            (
                Enter(self.chance.choice((APPROVERS, SECURITY)), straw),
                Enter(APPROVERS, replace(straw, id=self.keys[LI].id)),
                Remove(self.chance.choice((APPROVERS, SECURITY)), self.keys[self.chance.choice(list(self.keys))].id),
                Amend(INSTALLATION, self.chance.choice((1, 2, 3)), easy),
                Amend(of_company(MAKING.uscc), 1, easy),
                Amend(of_seal(SEAL), 1, easy),
            )
        )
        approved = Approved(what.to_bytes(), self._assertions(what.to_bytes()))
        return dict(requests.ChangeRule(approved).header()), b""

    def _open(self) -> tuple[Header, bytes]:
        wish = Allow(
            grant=uid(f"attack {self.asked}"),
            device=self.device,
            permit=uid("permit"),
            operators=(self.chance.choice((WANG, ZHAO, LI, ZHOU)),),
            impressions=1,
            opens_at=NOON,
            closes_at=NOON + timedelta(minutes=self.chance.choice((30, 60, 600))),
            approved=self._approved(USE),
            minutes=self.chance.choice((0, 0, 30)),
        )
        return dict(wish.header()), b""

    def _agree(self) -> tuple[Header, bytes]:
        name = uid(f"attack {self.asked}")
        seen = Confirm(
            device=self.device, ticket=uid("ticket"), seal=SEAL, impression=1, picture_sha256=sha256(CONTRACT)
        )
        out = Mount(order=name, device=self.device, kind=DeviceKind.HANDHELD, slot=1, seal=SEAL, is_in=False)
        open_ = Unlock(device=self.device, until=9, because="looked-at")
        kind = self.chance.choice((Order.CONFIRM, Order.UNLOCK, Order.MOUNT))
        said = {Order.CONFIRM: seen.to_bytes(), Order.UNLOCK: open_.to_bytes(), Order.MOUNT: out.to_bytes()}[kind]
        agreed = Approved(said, self._assertions(said))
        order = Ordered(order=name, device=self.device, type=kind, agreed=agreed)
        return dict(order.header()), b""

    def _approved(self, *fit: Statement) -> tuple[Approved, ...]:
        """Return statements, most of them of the purposes of these."""
        wanted = [one for one in _WANTED if one.purpose in {each.purpose for each in fit}]
        wished = wanted if self.chance.random() < 0.9 else _WANTED
        return tuple(self._one(wished) for _ in range(self.chance.choice((1, 1, 1, 2, 3))))

    def _one(self, wished: Sequence[Statement]) -> Approved:
        old = self.chance.choice(self.heard)
        match self.chance.randrange(4):
            case 0:
                return Approved(self._text(self.chance.choice(wished).to_bytes()), old.assertions)
            case 1:
                return Approved(old.statement, self._assertions(old.statement))
            case 2:
                return Approved(self._text(old.statement), old.assertions)
        wanted = self.chance.choice(wished).to_bytes()
        return Approved(wanted, self._assertions(wanted))

    def _text(self, said: bytes) -> bytes:
        """Return a statement as it is, cut short, said twice, or with something in it said again or otherwise."""
        match self.chance.randrange(25):
            case 0:
                return said[: self.chance.randrange(len(said))].decode("utf-8", "ignore").encode()
            case 1:
                return said + said
            case 2:
                return said[:-1] + b',"impressions":99}'
            case 3:
                return said.replace(b'"stage":1', b'"stage": 1')
            case 4:
                return said.replace(b'"impressions":1', b'"impressions":99')
        return said

    def _assertions(self, said: bytes) -> tuple[AnyAssertion, ...]:
        return tuple(self._assertion(said) for _ in range(self.chance.choice((0, 1, 1, 2, 2))))

    def _assertion(self, said: bytes) -> AnyAssertion:
        stolen = self.chance.choice([each for old in self.heard for each in old.assertions])
        approver = self.chance.choice((LI, ZHOU, uid("chen"), uid("qian")))
        forged, assurance = self.own.says_yes(said), self.chance.choice((SESSION, EXTERNAL))
        tries: tuple[Callable[[], AnyAssertion], ...] = (
            lambda: stolen,
            lambda: replace(stolen, approver=approver),
            lambda: forged,
            lambda: replace(self.own, person=approver, id=self.keys[approver].id).says_yes(said),
            lambda: self.keys[LI].on(Page("https://seals.example")).says_yes(said),
            lambda: replace(self.keys[LI], flags=1).says_yes(said),
            lambda: replace(forged, signature=stolen.signature),
            lambda: vouch(said, approver=approver, web_key=WEB_KEY, assurance=assurance),
        )
        return self.chance.choice(tries)()

    def _damaged(self, header: Header) -> Header:
        """Return the header with a part of it missing, of another kind, or in another's place."""
        names = list(header)
        one, other = self.chance.choice(names), self.chance.choice(names)
        match self.chance.randrange(3):
            case 0:
                return {name: said for name, said in header.items() if name != one}
            case 1:
                return {**header, one: self.chance.choice((None, [], {}, "", 7, True))}
        return {**header, one: header[other]}
