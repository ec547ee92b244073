"""An installation whose web, worker, signer and database are killed in turn, and what must hold after each death."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from privyseal.config.postgres import Cluster
from privyseal.kernel.steps import Step
from privyseal.signer.client import Client, SignerUnavailable
from tests import prepared
from tests.disk import quick_folder
from tests.running.served import eventually

# What the kernel has survives a kill, whether or not the disk has it; what PostgreSQL still holds itself does not.
_SETTINGS: Final = {**prepared.SETTINGS, "synchronous_commit": "on", "max_connections": "20"}
_START_SECONDS: Final = 30.0


class Part(StrEnum):
    WEB = "web"
    SIGNER = "signer"
    SWEEP = "sweep"
    INTEGRATOR = "integrator"
    DATABASE = "database"


@dataclass(frozen=True, slots=True)
class Kill:
    part: Part
    at: Step

    def __str__(self) -> str:
        return f"{self.part} at {self.at.name}"


_OF_A_USE: Final = (Step.INTENDING, Step.INTENDED, Step.ANSWERED, Step.STORED, Step.CONFIRMING, Step.CONFIRMED)
_OF_THE_SIGNER: Final = (Step.SET_ASIDE, Step.JUDGED, Step.COUNTED, Step.HEAD_CHECKED, Step.HEAD_KEPT)
_OF_THE_TREE: Final = (Step.NUMBERED, Step.HEAD_SIGNED)
KILLS: Final = (
    *(Kill(Part.WEB, step) for step in _OF_A_USE),
    *(Kill(Part.SWEEP, step) for step in _OF_A_USE if step is not Step.INTENDING),
    *(Kill(Part.SIGNER, step) for step in _OF_THE_SIGNER),
    *(Kill(Part.INTEGRATOR, step) for step in _OF_THE_TREE),
    *(Kill(Part.DATABASE, step) for step in (*_OF_A_USE, *_OF_THE_TREE)),
)
# The first of the steps that a document of a batch takes alone is the middle of the batch.
KILLS_OF_A_BATCH: Final = (
    *(Kill(Part.WEB, step) for step in (Step.INTENDED, Step.STORED)),
    *(Kill(Part.SIGNER, step) for step in (Step.JUDGED, Step.COUNTED)),
    Kill(Part.DATABASE, Step.CONFIRMING),
)


@dataclass
class Scene:
    folder: Path
    cluster: Cluster
    hands: subprocess.Popen[str]
    acknowledged: dict[str, str] = field(default_factory=dict)

    def tell(self, act: str, *, at: Step | None = None, victim: Path | None = None, **words: Any) -> dict[str, Any]:  # noqa: ANN401  an act's own words
        order = {"act": act, "with": words, "at": at, "victim": None if victim is None else str(victim)}
        assert self.hands.stdin is not None
        assert self.hands.stdout is not None
        self.hands.stdin.write(json.dumps(order) + "\n")
        self.hands.stdin.flush()
        line = self.hands.stdout.readline()
        assert line, "the hands are gone"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def raise_signer(self, *, at: Step | None = None) -> bool:
        """Start a signer in the place of the one before; return whether that one had been killed."""
        was_killed = bool(self.tell("signer", at=at)["died"])
        client, deadline = Client(self.folder / "signer.sock"), time.monotonic() + _START_SECONDS
        while True:
            try:
                client.status()
            except SignerUnavailable:
                assert time.monotonic() < deadline
                time.sleep(0.01)
            else:
                return was_killed

    def seal(self, permit: str, document: str, *, at: Step | None = None, victim: Path | None = None) -> dict[str, Any]:
        """Ask for a use, and remember what its caller was told."""
        answer = self.tell("seal", at=at, victim=victim, permit=permit, document=document)
        if "heard" in answer:
            self.acknowledged[document] = answer["heard"]
        return answer

    def seal_each(self, permit: str, *, at: Step | None = None, victim: Path | None = None) -> dict[str, Any]:
        """Ask for a batch of uses, and remember what its caller was told."""
        answer = self.tell("seal_each", at=at, victim=victim, permit=permit)
        self.acknowledged |= answer.get("heard", {})
        return answer

    def suffer_batch(self, kill: Kill, permit: str) -> None:
        """Use the seal on all documents of an application, kill on the way, and bring everything up again."""
        if kill.part is Part.WEB:
            assert self.seal_each(permit, at=kill.at)["died"]
        elif kill.part is Part.SIGNER:
            self.raise_signer(at=kill.at)
            assert self.seal_each(permit)["refused"] == "signer-unavailable"
            assert self.raise_signer()
        else:
            self.seal_each(permit, at=kill.at, victim=self.folder / "data" / "postgres")
            eventually(lambda: not self.cluster.is_running(), seconds=10)  # the last of it may still be dying
            self.cluster.start()
        self.recover()

    def suffer(self, kill: Kill, permit: str, document: str) -> None:
        """Use the seal on a document, kill on the way, and bring everything up again."""
        match kill.part:
            case Part.WEB:
                assert self.seal(permit, document, at=kill.at)["died"]
            case Part.SWEEP:
                assert self.seal(permit, document, at=Step.INTENDED)["died"]
                assert self.tell("sweep", at=kill.at)["died"]
            case Part.SIGNER:
                self.raise_signer(at=kill.at)
                answer = self.seal(permit, document)
                if kill.at < Step.ANSWERED:
                    assert answer["refused"] == "signer-unavailable"
                else:
                    assert self.tell("integrate")["refused"] == "signer-unavailable"
                assert self.raise_signer()
            case Part.INTEGRATOR:
                self.seal(permit, document)
                assert self.tell("integrate", at=kill.at)["died"]
            case Part.DATABASE:
                victim = self.folder / "data" / "postgres"
                if kill.at < Step.NUMBERED:
                    self.seal(permit, document, at=kill.at, victim=victim)
                else:
                    self.seal(permit, document)
                    self.tell("integrate", at=kill.at, victim=victim)
                eventually(lambda: not self.cluster.is_running(), seconds=10)  # the last of it may still be dying
                self.cluster.start()
        self.recover()

    def recover(self) -> None:
        """Do what the worker does when everything runs again."""
        assert "heard" in self.tell("sweep")
        assert "heard" in self.tell("integrate")

    def check(self) -> None:
        """Hold the register against the signer's book, and both against what callers were told."""
        stand = self.tell("stand")["heard"]
        signed = self._signed()
        assert stand["open"] == []  # none left unreconciled
        assert stand["failed"] == []
        assert (
            stand["sealed"] == signed
        )  # no signature without an intent, and never another file than the one on record
        assert stand["missing"] == []
        assert self.acknowledged.items() <= stand["results"].items()  # no acknowledged use lost
        uses = {stand[name] for name in ("used", "registered", "intended_facts", "sealed_facts")}
        assert uses == {len(signed)}
        assert stand["covered"] == stand["facts"]

    def _signed(self) -> dict[str, str]:
        with closing(sqlite3.connect(f"file:{self.folder / 'signer' / 'signer.sqlite'}?mode=ro", uri=True)) as book:
            rows = book.execute("SELECT uid, sealed_sha256 FROM intent").fetchall()
            (counted,) = book.execute("SELECT coalesce(sum(used), 0) FROM counter").fetchone()
        assert counted == len(rows)
        return dict(rows)


@contextmanager
def scene() -> Iterator[Scene]:
    folder = quick_folder("privyseal-saga-")
    prepared.place(folder / "data")
    cluster = Cluster(folder / "data", settings=_SETTINGS)
    cluster.start()
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PRIVYSEAL_", "COV_"))}
    environment = {
        **own,
        "DJANGO_SETTINGS_MODULE": "privyseal.config.settings",
        "PRIVYSEAL_DATA": str(folder / "data"),
        "PRIVYSEAL_DATABASE_URL": cluster.url("privyseal_web"),
        "PRIVYSEAL_INTEGRATOR_DATABASE_URL": cluster.url("privyseal_integrator"),
        "PRIVYSEAL_SIGNER_SOCKET": str(folder / "signer.sock"),
        "SAGA_SIGNER": str(folder / "signer"),
        "SAGA_LOG": str(folder / "signer.log"),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-m", "tests.saga.hands"]
    try:
        with subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as hands:
            found = Scene(folder, cluster, hands)
            found.raise_signer()
            yield found
            found.tell("end")
            assert hands.stdin is not None
            hands.stdin.close()
    finally:
        cluster.remove()
        shutil.rmtree(folder)
