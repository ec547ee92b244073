"""Parts that do not exist: motor, tags, camera, doors, clock, power; and what breaks in them on command."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from privyseal.kernel.canonical import Json, sha256
from privyseal.simulator.home import Home

FIRMWARE: Final = "1.0"
MOMENTS: Final = ("reserved", "fired")


class PowerCut(Exception):
    """The device is dead from here on, until power comes back."""


@dataclass(frozen=True, slots=True)
class State:
    """What metal remembers without a disk, and the faults that wait. ``cut`` is when power goes at the next impression.

    ``counter`` is the mechanical count, ``pictures`` how many were taken (no two are the same), ``jams`` how many times
    the seal will not come down, ``clock`` by how many seconds the device's own clock is wrong, ``days`` of the places
    are millionths of a degree.
    """

    counter: int = 0
    pictures: int = 0
    slots: Mapping[str, str] = field(default_factory=dict)
    place: tuple[int, int] | None = None
    jams: int = 0
    cut: str = ""
    clock: int = 0
    has_camera: bool = True
    has_network: bool = True
    has_power: bool = True
    battery: int = 100
    free_kilobytes: int = 4_000_000

    @classmethod
    def of(cls, said: dict[str, Any]) -> "State":
        place = said.get("place")
        return cls(**{**said, "place": tuple(place) if place else None}) if said else cls()


class Parts:
    """What ``privyseal.device`` asks of a maker."""

    def __init__(self, home: Home, draw: Callable[[str, int], bytes]) -> None:
        self._home = home
        self._draw = draw
        self.state = State.of(home.parts())
        self._under = ""

    def change(self, **changes: Any) -> None:  # noqa: ANN401  a field of ``State``
        self.state = replace(self.state, **changes)
        said = asdict(self.state)
        self._home.save_parts(said | {"place": list(self.state.place) if self.state.place else None})

    def now(self, at: datetime) -> datetime:
        """Return what the device's own clock shows at this true time."""
        return at + timedelta(seconds=self.state.clock)

    @property
    def counter(self) -> int:
        return self.state.counter

    @property
    def slots(self) -> Mapping[int, str]:
        return {int(slot): seal for slot, seal in self.state.slots.items()}

    @property
    def seals(self) -> frozenset[str]:
        return frozenset(seal for seal in self.state.slots.values() if seal)

    def place(self) -> tuple[int, int] | None:
        return self.state.place

    def press(self, seal: str) -> None:
        self._cut_at("reserved")
        self._under = seal
        if self.state.jams:
            self.change(jams=self.state.jams - 1)
            return
        self.change(counter=self.state.counter + 1)
        self._cut_at("fired")

    def photograph(self) -> bytes | None:
        if not self.state.has_camera:
            return None
        self.change(pictures=self.state.pictures + 1)
        picture = self._draw(self._under, self.state.pictures)
        self._home.save_picture(sha256(picture), picture)
        return picture

    def health(self) -> Mapping[str, Json]:
        state = self.state
        return {
            "battery": state.battery,
            "signal": 80 if state.has_network else 0,
            "free_kilobytes": state.free_kilobytes,
            "firmware": FIRMWARE,
            "scanner": True,
            "by_picture": True,
        }

    def _cut_at(self, moment: str) -> None:
        if self.state.cut == moment:
            self.change(cut="", has_power=False)
            raise PowerCut
