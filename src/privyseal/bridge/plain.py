"""The simplest cloud: JSON both ways, each call signed as Standard Webhooks 1.0 says, with Ed25519."""

import json
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from privyseal.bridge.cloud import CloudBroken, CloudRefused, Happened, Told
from privyseal.device.events import SERIAL
from privyseal.device.tickets import Ticket
from privyseal.egress import AnswerLost, Egress
from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json, canonical, utc_text
from privyseal.kernel.shapes import Misshapen
from privyseal.webhooks import HookUnsigned, checked, headers_for

MOST_BYTES: Final = 12 << 20
_OURS: Final = re.compile("|".join(Happened))
_ALARM: Final = re.compile(r"[a-z-]{0,40}")
_MOST_PICTURE: Final = 8 << 20
_TOLD: Final = frozenset(("happened", "device", "grant", "operator", "counter", "picture", "alarm"))
_LOST: Final = 500


@dataclass(frozen=True, slots=True)
class PlainCloud:
    """``key`` signs what we ask, ``theirs`` what is told to us; ``now`` is the clock of both."""

    address: str
    key: Ed25519PrivateKey
    theirs: Ed25519PublicKey
    way: Egress

    def allow(self, ticket: Ticket) -> None:
        said: dict[str, Json] = {
            "grant": ticket.uid,
            "device": ticket.device,
            "seal": ticket.seal,
            "operators": list(ticket.operators),
            "impressions": ticket.impressions,
            "opens_at": utc_text(ticket.opens_at),
            "closes_at": utc_text(ticket.closes_at),
            "place": ticket.place.to_json() if ticket.place else None,
        }
        self._ask("allow", ticket.uid, said)

    def withdraw(self, device: str, grant: str) -> None:
        self._ask("withdraw", grant, {"device": device, "grant": grant})

    def lock(self, device: str) -> None:
        self._ask("lock", device, {"device": device})

    def unlock(self, device: str) -> None:
        self._ask("unlock", device, {"device": device})

    def told(self, headers: Mapping[str, str], body: bytes, at: datetime) -> Told:
        if len(body) > MOST_BYTES:
            raise CloudBroken
        try:
            name = checked(self.theirs, headers, body, at)
            return _told(name, json.loads(body))
        except (HookUnsigned, Misshapen, ValueError, RecursionError) as error:
            raise CloudBroken from error

    def _ask(self, what: str, about: str, said: Mapping[str, Json]) -> None:
        body = canonical(said)
        headers = headers_for(self.key, f"{what}-{about}", datetime.now().astimezone(), body)
        answer = self.way.ask(f"{self.address}/{what}", body, headers)
        if answer.status >= _LOST:
            raise AnswerLost(host=self.address)
        if not answer.is_ok:
            raise CloudRefused(status=answer.status)


def _told(name: str, said: object) -> Told:
    read = shapes.fields(said, _TOLD)
    picture = b64decode(shapes.text(read["picture"], most=2 * _MOST_PICTURE) if read["picture"] else "", validate=True)
    return Told(
        name=name,
        happened=Happened(shapes.word(read["happened"], _OURS)),
        device=shapes.word(read["device"], SERIAL),
        grant=shapes.uid(read["grant"]) if read["grant"] else "",
        operator=shapes.uid(read["operator"]) if read["operator"] else "",
        counter=shapes.integer(read["counter"], least=0, most=2**53 - 1),
        picture=picture[:_MOST_PICTURE],
        alarm=shapes.word(read["alarm"], _ALARM),
    )
