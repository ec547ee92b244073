"""The played gateway at a broker: mosquitto on this machine, by the CA of the run."""

import getpass
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from privyseal.conformance.gateway import Gateway
from privyseal.device import line, mosquitto
from privyseal.device.line import OF_ALL_DEVICES, End, Heard, Line
from privyseal.device.orders import Acknowledgement
from privyseal.device.signed import Frame, FrameBroken, claimed, signed
from privyseal.kernel.canonical import Json

Start = Callable[[Sequence[str], Path], "subprocess.Popen[bytes]"]
_HOST: Final = "127.0.0.1"
_SECONDS: Final = 10.0
_ANSWERED: Final = frozenset((200, 409))


class NoBroker(Exception):
    """mosquitto is not installed, or does not start."""


class AtBroker:
    """``start`` runs a program, with a file for what it says."""

    def __init__(self, gateway: Gateway, start: Start) -> None:
        self._gateway = gateway
        self._start = start
        self._folder = TemporaryDirectory(prefix="privyseal-conformance-")
        self._changed = threading.Event()

    def __enter__(self) -> Self:
        folder, program = Path(self._folder.name), mosquitto.program()
        if program is None:
            raise NoBroker
        port, inside = _free(), _free()
        self._write(folder)
        made = mosquitto.configured(folder, host=_HOST, port=port, inside=(_HOST, inside), account=getpass.getuser())
        self._process = self._start([program, "-c", str(made)], folder / "log")
        self._line = self._connected(f"{_HOST}:{inside}")
        self._gateway.meet_at(f"{_HOST}:{port}", self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.stop()
        self._process.terminate()
        self._process.wait()
        self._folder.cleanup()

    def attend(self, *, is_there: bool) -> None:
        """Hear devices, or not: then the broker tells them that nobody does."""
        self._changed.clear()
        if is_there:
            self._line.client.subscribe(OF_ALL_DEVICES, qos=1)
        else:
            self._line.client.unsubscribe(OF_ALL_DEVICES)
        self._changed.wait(_SECONDS)

    def push(self, text: str) -> None:
        """Say something that was not asked for."""
        self._line.say(self._gateway.played.serial, End.COMMANDS, text)

    def _heard(self, one: Heard) -> None:
        self._line.confirm(one)
        with self._gateway.lock:
            self._gateway.played.by_broker += 1
            status, said = self._gateway.exchanged({"frames": [one.text]}, is_by_broker=True)
        if status in _ANSWERED and "frames" in said:
            self._answer(one, said)

    def _answer(self, one: Heard, said: Mapping[str, Json]) -> None:
        frames = [str(frame) for frame in said["frames"]] if isinstance(said["frames"], list) else []
        told = [frame for frame in frames if not _acknowledges(frame)]
        acknowledged = [frame for frame in frames if frame not in told]
        for frame in told:
            self._line.say(one.serial, End.COMMANDS, frame)
        # The last says that this was all; it acknowledges nothing where the case that runs has the gateway be silent.
        nothing = signed(Frame.ACKNOWLEDGEMENT, Acknowledgement(one.serial, 0, "0" * 64).to_json(), self._key)
        is_right = bool(acknowledged) and not self._gateway.played.is_silent
        last = acknowledged.pop(0) if is_right else nothing
        for frame in acknowledged:
            self._line.say(one.serial, End.ACKNOWLEDGEMENTS, frame)
        self._line.say(one.serial, End.ACKNOWLEDGEMENTS, last, asked=one.asked)

    @property
    def _key(self) -> ec.EllipticCurvePrivateKey:
        return self._gateway.keys.gateway

    def _connected(self, address: str) -> Line:
        keys = self._gateway.keys
        ca = keys.certificate(keys.ca.public_key(), "conformance", is_ca=True)
        own = keys.certificate(keys.gateway.public_key(), mosquitto.GATEWAY)
        context = line.context(ca, own, _pem(keys.gateway))
        made = Line(mosquitto.GATEWAY, context, [OF_ALL_DEVICES], self._heard, joined=self._changed.set)
        made.client.on_unsubscribe = lambda *_: self._changed.set()
        until = time.monotonic() + _SECONDS
        while not _listens(address):
            if self._process.poll() is not None or time.monotonic() > until:
                raise NoBroker
            time.sleep(0.02)
        made.start(address)
        if not made.wait_joined(_SECONDS):
            raise NoBroker
        return made

    def _write(self, folder: Path) -> None:
        keys, own = self._gateway.keys, ec.generate_private_key(ec.SECP256R1())
        said = {
            "ca.pem": ssl.DER_cert_to_PEM_cert(keys.certificate(keys.ca.public_key(), "conformance", is_ca=True)),
            "broker.pem": ssl.DER_cert_to_PEM_cert(keys.certificate(own.public_key(), "broker")),
            "key.pem": _pem(own),
        }
        for name, text in said.items():
            (folder / name).write_text(text)


def _acknowledges(frame: str) -> bool:
    with suppress(FrameBroken):
        return claimed(frame) is Frame.ACKNOWLEDGEMENT
    return False  # a case has something said that is no frame


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


def _free() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


def _listens(address: str) -> bool:
    try:
        socket.create_connection(line.apart(address)).close()
    except OSError:
        return False
    return True
