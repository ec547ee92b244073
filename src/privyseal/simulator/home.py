"""What a simulated device has on its disk: a folder of its own, each file written whole or not at all."""

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from privyseal.device import enrolment, wrapping
from privyseal.device.codes import Holder
from privyseal.device.enrolment import DeviceKind, Enrolled
from privyseal.device.parts import Identity
from privyseal.kernel.canonical import Json, canonical, parse

NO_SEAL: Final = "0" * 32
_OWN: Final = "device.json"
_KEPT: Final = "kept.json"
_KEPT_IN: Final = "kept-{}.json"
_TAKEN: Final = ".taken"
_PARTS: Final = "parts.json"
_PICTURES: Final = "pictures"


class NotEnrolled(Exception):
    """The device was never enrolled: it knows nobody and opens for nobody."""


@dataclass(frozen=True, slots=True)
class Own:
    """Who the device is. ``enrolled`` is the frame that made it so, empty before; ``address`` where its gateway is."""

    serial: str
    kind: str
    slots: int
    key: str
    agreement: str
    enrolled: str = ""
    address: str = ""

    @property
    def signing(self) -> ec.EllipticCurvePrivateKey:
        return _private(self.key)

    @property
    def agreeing(self) -> ec.EllipticCurvePrivateKey:
        return _private(self.agreement)

    def told(self) -> Enrolled:
        """Return what the device was told at its enrolment, or raise."""
        if not self.enrolled:
            raise NotEnrolled
        return enrolment.enrolled(self.enrolled)

    def identity(self) -> Identity:
        told = self.told()
        seal = next((seal for seal in told.seals if seal), NO_SEAL)
        return Identity(
            serial=self.serial,
            key=self.signing,
            signer=told.signer,
            gateway=told.gateway,
            holder=Holder(self.serial, seal, told.epoch),
            code_key=wrapping.unwrapped(told.code_key, self.agreeing),
            is_cabinet=self.kind == DeviceKind.CABINET.value,
            names_epochs=told.names_epochs,
        )

    def to_json(self) -> dict[str, Json]:
        return {name: getattr(self, name) for name in self.__slots__}


class Home:
    """The folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / _PICTURES).mkdir(exist_ok=True)

    def own(self, *, serial: str, kind: str, slots: int) -> Own:
        """Return who this device is; a folder without one becomes this one."""
        said = self._read(_OWN)
        if said:
            return Own(**parse(said))
        own = Own(serial, kind, slots, _new_key(), _new_key())
        self.save_own(own)
        return own

    def save_own(self, own: Own) -> None:
        self._write(_OWN, canonical(own.to_json()))

    def kept(self, epoch: int) -> bytes | None:
        """Return what the device keeps in this enrolment of it; a folder of before has one file for all."""
        return self._read(_KEPT_IN.format(epoch)) or self._read(_KEPT)

    def save_kept(self, epoch: int, data: bytes) -> None:
        self._write(_KEPT_IN.format(epoch), data)

    def parts(self) -> dict[str, Any]:
        said = self._read(_PARTS)
        return parse(said) if said else {}

    def save_parts(self, said: dict[str, Json]) -> None:
        self._write(_PARTS, canonical(said))

    def save_picture(self, digest: str, picture: bytes) -> None:
        """Keep a picture that was taken, before anything is told of it."""
        self._write(f"{_PICTURES}/{digest}{_TAKEN}", picture)

    def picture_told(self, digest: str) -> None:
        """Have a picture sent that an event names."""
        taken = self.folder / _PICTURES / f"{digest}{_TAKEN}"
        if taken.exists():
            taken.replace(taken.with_suffix(""))

    def settle_pictures(self, told: Collection[str]) -> None:
        """After a cut have those sent that an event names, and forget those that none does."""
        for path in (self.folder / _PICTURES).glob(f"*{_TAKEN}"):
            if path.stem in told:
                self.picture_told(path.stem)
            path.unlink(missing_ok=True)

    def pictures(self) -> dict[str, bytes]:
        """Return the pictures that the gateway has not taken yet, by their digests."""
        return {
            path.name: path.read_bytes() for path in sorted((self.folder / _PICTURES).iterdir()) if path.suffix == ""
        }

    def forget_picture(self, digest: str) -> None:
        (self.folder / _PICTURES / digest).unlink(missing_ok=True)

    def _read(self, name: str) -> bytes | None:
        path = self.folder / name
        return path.read_bytes() if path.exists() else None

    def _write(self, name: str, data: bytes) -> None:
        path, new = self.folder / name, self.folder / f"{name}.new"
        with new.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)


def _new_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode("ascii")


def _private(text: str) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(text.encode("ascii"), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise NotEnrolled
    return key
