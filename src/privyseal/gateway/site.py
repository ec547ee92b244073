"""Frames by HTTPS: a WSGI application of seven addresses, which docs/device-protocol.md describes to vendors."""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from privyseal.device import signed, wrapping
from privyseal.device.enrolment import DeviceUnknown
from privyseal.device.events import ChainBroken, EventsMissing
from privyseal.device.hello import MOST_SEALED, Picture
from privyseal.device.signed import FrameBroken, FrameForged
from privyseal.devices import actions
from privyseal.devices.actions.enrolling import GATEWAY
from privyseal.devices.hearing import awaited_picture
from privyseal.devices.rules import (
    MOST_PICTURE_BYTES,
    DeviceDiffers,
    DeviceRevoked,
    EnrolmentRefused,
    PictureUnknown,
)
from privyseal.gateway.exchange import Exchange
from privyseal.gateway.house import House
from privyseal.gateway.patience import Patience, TooOften
from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json, NotCanonical, canonical
from privyseal.kernel.errors import Refused
from privyseal.kernel.shapes import Misshapen
from privyseal.signer.client import Client

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

MOST_BYTES: Final = 1 << 20
_MOST_FRAMES: Final = 16
_PICTURES: Final = "/v1/pictures/"
_CARRIED_PICTURES: Final = "/v1/carried/"
_REVOKED: Final = "/v1/revoked"
_SCHEME: Final = "Privyseal"
_LOOKS_EVERY: Final = 0.5
_LIST_HOLDS: Final = timedelta(minutes=1)
_AGAIN_AFTER: Final = 30
_LOG: Final = logging.getLogger("privyseal.gateway")

# fmt: off
STATUSES: Final[tuple[tuple[type[Refused], HTTPStatus], ...]] = (
    (EventsMissing,    HTTPStatus.CONFLICT),              # it forgets up to what is known, and sends the next
    (ChainBroken,      HTTPStatus.CONFLICT),              # it stops: somebody tells two stories
    (PictureUnknown,   HTTPStatus.CONFLICT),              # it tells its events first
    (FrameBroken,      HTTPStatus.BAD_REQUEST),           # sent again it would be as broken
    (FrameForged,      HTTPStatus.UNAUTHORIZED),          # whoever it is, it is not this machine
    (DeviceUnknown,    HTTPStatus.UNAUTHORIZED),          # likewise
    (DeviceRevoked,    HTTPStatus.UNAUTHORIZED),          # it is heard no more
    (EnrolmentRefused, HTTPStatus.UNAUTHORIZED),          # which of the reasons is not said
    (DeviceDiffers,    HTTPStatus.UNAUTHORIZED),          # likewise; it is on record
    (Refused,          HTTPStatus.SERVICE_UNAVAILABLE),   # whatever else it is, it is no fault of the machine
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Answer:
    status: HTTPStatus
    said: Mapping[str, Json]
    again_after: int = 0
    file: bytes = b""


class TooLarge(Exception):
    """More than a machine may send at once."""


class TooSlow(Exception):
    """What was sent did not come whole in time."""


class Site:
    """One gateway; ``waiting`` is how many machines may wait at a time, the others are answered at once.

    ``between`` is done before and after each request: connections that died are given up. ``leave`` gives up those of
    this thread before it waits, and ``look`` looks whether there is something to say, for all that wait.
    """

    def __init__(
        self,
        house: House,
        signer: Client,
        now: Callable[[], datetime],
        *,
        pause: Callable[[float], None] = time.sleep,
        between: Callable[[], None] = lambda: None,
        leave: Callable[[], None] = lambda: None,
        look: Callable[[Callable[[], bool]], bool] = lambda looks: looks(),
        waiting: int = 32,
        patience: Patience | None = None,
    ) -> None:
        self._house = house
        self._signer = signer
        self._now = now
        self._pause = pause
        self._between = between
        self._leave = leave
        self._look = look
        self._list: tuple[bytes, datetime] | None = None
        self._patience = patience or Patience()
        self._waiting = threading.BoundedSemaphore(waiting)
        self._asked: Final[Mapping[tuple[str, str], Callable[[Mapping[str, Json]], Mapping[str, Json]]]] = {
            ("POST", "/v1/enrolment"): self._enrol,
            ("POST", "/v1/renewal"): self._renew,
            ("POST", "/v1/frames"): self._exchange,
            ("POST", "/v1/carried"): partial(self._exchange, is_carried=True),
            ("GET", "/healthz"): lambda _: {},
        }

    def __call__(self, environ: Mapping[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        status, headers, body = self.answered(environ)
        start_response(f"{status.value} {status.phrase}", headers)
        return [body]

    def answered(self, environ: Mapping[str, Any]) -> tuple[HTTPStatus, list[tuple[str, str]], bytes]:
        self._between()
        try:
            answer = self._answer(environ)
        finally:
            self._between()
        body = answer.file or canonical(answer.said)
        kind = "application/pkix-crl" if answer.file else "application/json"
        headers = [("Content-Type", kind), ("Content-Length", str(len(body)))]
        again_after = _AGAIN_AFTER if answer.status is HTTPStatus.SERVICE_UNAVAILABLE else answer.again_after
        if again_after:
            headers.append(("Retry-After", str(again_after)))
        return answer.status, headers, body

    def _answer(self, environ: Mapping[str, Any]) -> Answer:
        method, path = str(environ["REQUEST_METHOD"]), str(environ["PATH_INFO"])
        try:
            return self._asked_for(environ, method, path)
        except TooLarge:
            return Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"code": "too-large"})
        except TooSlow:
            return Answer(HTTPStatus.SERVICE_UNAVAILABLE, {"code": "too-slow"})
        except TooOften as error:
            return Answer(HTTPStatus.TOO_MANY_REQUESTS, {"code": "too-often"}, error.seconds)
        except (Misshapen, NotCanonical, Refused) as error:
            return self._refused(FrameBroken() if isinstance(error, Misshapen | NotCanonical) else error)
        except Exception:  # noqa: BLE001  the outermost loop of a process, which logs and goes on
            _LOG.exception("broken")
            return Answer(HTTPStatus.SERVICE_UNAVAILABLE, {"code": "unavailable"})

    def _asked_for(self, environ: Mapping[str, Any], method: str, path: str) -> Answer:
        act = self._asked.get((method, path))
        if act is not None:
            return Answer(HTTPStatus.OK, act(_read(environ)))
        if method == "PUT" and path.startswith(_PICTURES):
            return self._picture(environ, path.removeprefix(_PICTURES))
        if method == "PUT" and path.startswith(_CARRIED_PICTURES):
            return self._picture(environ, path.removeprefix(_CARRIED_PICTURES), is_carried=True)
        if (method, path) == ("GET", _REVOKED):
            return Answer(HTTPStatus.OK, {}, file=self._revoked())
        return Answer(HTTPStatus.NOT_FOUND, {"code": "not-found"})

    def _enrol(self, said: Mapping[str, Json]) -> Mapping[str, Json]:
        house = self._house
        text, proof = actions.enrol(
            self._now(), frame=_frame(said), gateway=house.public, broker=house.broker, signer=self._signer
        )
        return {"frame": text, "proof": proof}

    def _renew(self, said: Mapping[str, Json]) -> Mapping[str, Json]:
        house, frame = self._house, _frame(said)
        renewed = actions.renew(
            self._now(), frame=frame, gateway=house.public, broker=house.broker, signer=self._signer
        )
        return {"frame": renewed}

    def _exchange(self, said: Mapping[str, Json], *, is_carried: bool = False) -> Mapping[str, Json]:
        """Take the frames of one machine in turn, and answer what it lacks; wait for that where it asks to."""
        listed = shapes.items(shapes.fields(said, frozenset({"frames"}))["frames"], least=1, most=_MOST_FRAMES)
        texts = [_text(one) for one in listed]
        if len({signed.device_in(text) for text in texts}) != 1:
            raise FrameBroken
        exchange, serial = Exchange(self._house, self._signer, is_carried=is_carried), signed.device_in(texts[0])
        payer = f"{serial} carried" if is_carried else serial  # what a carrier says again costs its machine nothing
        self._patience.check(payer, self._now())
        for text in texts:
            exchange.take(text, self._now())
        self._patience.spend(payer, self._now())
        if exchange.wait and not is_carried and self._waiting.acquire(blocking=False):
            try:
                self._wait(exchange)
            finally:
                self._waiting.release()
        return {"frames": list(exchange.answer(self._now()))}

    def _picture(self, environ: Mapping[str, Any], sha256: str, *, is_carried: bool = False) -> Answer:
        """Keep a picture that an event named; whose it is and whether it is there are asked before it is read.

        One that was carried is sealed to this gateway, and its machine is told that it may forget it.
        """
        scheme, _, frame = str(environ.get("HTTP_AUTHORIZATION") or "").partition(" ")
        if scheme != _SCHEME:
            raise FrameBroken
        serial = signed.device_in(frame)
        payer = f"{serial} carried" if is_carried else serial
        self._patience.check(payer, self._now())
        picture = awaited_picture(frame, self._now(), sha256=sha256)
        self._patience.spend(payer, self._now())
        kept = Picture(serial, sha256, picture.bytes)
        said: Mapping[str, Json] = {"frames": [self._house.kept(kept)]} if is_carried else {}
        if picture.received_at is not None:
            return Answer(HTTPStatus.OK, said)
        data = _body(environ, most=MOST_SEALED if is_carried else MOST_PICTURE_BYTES)
        if is_carried:
            data = wrapping.unwrapped(data.decode("ascii", "replace"), self._house.key)
        actions.take_picture(GATEWAY, self._now(), picture=picture, data=data)
        return Answer(HTTPStatus.CREATED, said)

    def _revoked(self) -> bytes:
        """Return the list of certificates that count no more, asked for once a minute for whoever asks."""
        known, at = self._list, self._now()
        if known is None or abs(at - known[1]) >= _LIST_HOLDS:
            known = self._list = self._signer.revoked_devices(), at
        return known[0]

    def _wait(self, exchange: Exchange) -> None:
        """Wait, without a connection of its own, until there is something to say or the machine waits no longer."""
        since, longest = self._now(), timedelta(seconds=exchange.wait)
        self._leave()
        while self._look(lambda: exchange.lacks_nothing(self._now())) and abs(self._now() - since) < longest:
            self._pause(_LOOKS_EVERY)

    def _refused(self, refusal: Refused) -> Answer:
        status = next(status for kind, status in STATUSES if isinstance(refusal, kind))
        said: dict[str, Json] = {"code": refusal.code}
        if isinstance(refusal, EventsMissing):
            device = str(refusal.facts["device"])
            said["frames"] = [Exchange(self._house, self._signer).acknowledgement(device)]
        return Answer(status, said)


def _read(environ: Mapping[str, Any]) -> Mapping[str, Json]:
    """Return what a body says, in any form of JSON: what is signed is inside, and has one form."""
    try:
        said = json.loads(_body(environ, most=MOST_BYTES) or b"{}")
    except (ValueError, RecursionError) as error:
        raise Misshapen from error
    if not isinstance(said, dict):
        raise Misshapen
    return said


def _body(environ: Mapping[str, Any], *, most: int) -> bytes:
    length = str(environ.get("CONTENT_LENGTH") or "0")
    if not length.isdigit() or int(length) > most:
        raise TooLarge
    body: bytes = environ["wsgi.input"].read(int(length))
    return body


def _frame(said: Mapping[str, Json]) -> str:
    return _text(shapes.fields(said, frozenset({"frame"}))["frame"])


def _text(value: Json) -> str:
    if not isinstance(value, str) or len(value) > signed.MOST_CHARACTERS:
        raise Misshapen
    return value
