"""The two cosigners that a demo runs beside itself, to show them; those of a real installation are in other hands."""

import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from privyseal.config import accounts, env, sockets
from privyseal.cosigner import home
from privyseal.cosigner.home import Home
from privyseal.kernel.quorum import WITHIN, Needed, Quorum

OFFICES: Final = ("management", "auditor")


@dataclass(frozen=True, slots=True)
class Beside:
    """A cosigner in the data folder: whose it would be, its own folder, its socket."""

    office: str
    folder: Path
    socket: Path

    @property
    def setting(self) -> str:
        return f"{Home(self.folder).public.text}@unix:{self.socket}"

    def arguments(self, log_key: Path) -> list[str]:
        words = ["serve", "--data", str(self.folder), "--log-key", str(log_key), "--socket", str(self.socket)]
        return [sys.executable, "-m", "privyseal.cosigner", *words]


def make(data: Path, public_url: str) -> None:
    """Make both, once."""
    _folder(data, OFFICES[0]).parent.mkdir(mode=0o700, exist_ok=True)
    for office in OFFICES:
        home.make(_folder(data, office), f"{urlsplit(public_url).netloc}/cosigners/{office}")


def made(data: Path) -> list[Beside]:
    """Return those that were made here."""
    shared = sockets_of(data)
    every = [Beside(office, _folder(data, office), shared / office) for office in OFFICES]
    return [one for one in every if (one.folder / home.KEY).exists()]


def quorum() -> Quorum:
    """Return whose cosignatures are needed, and how fresh."""
    keys = tuple(one.key for one in env.cosigners("COSIGNERS"))
    needed = Needed(env.choice("COSIGNATURES", Needed.NONE, tuple(Needed)))
    if needed is not Needed.NONE and not keys:
        raise env.WrongSetting(name="PRIVYSEAL_COSIGNERS", expected="set where cosignatures are asked for")
    seconds = env.integer("COSIGNED_WITHIN_SECONDS", int(WITHIN.total_seconds()), least=60, most=604_800)
    return Quorum(keys, needed, timedelta(seconds=seconds))


def demanded() -> list[str]:
    """Return how a signer of ours is told whose cosignatures it has to see before it seals."""
    asked = quorum()
    if asked.needed is Needed.NONE:
        return []
    within = str(int(asked.within.total_seconds()))
    keys = [word for key in asked.keys for word in ("--cosigner", key.text)]
    return [*keys, "--cosignatures", asked.needed.value, "--cosigned-within", within]


def sockets_of(data: Path) -> Path:
    return sockets.place(accounts.current(), data).with_suffix(".cosigners")


def _folder(data: Path, office: str) -> Path:
    return data / "cosigners" / office
