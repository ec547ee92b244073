"""Where the product hands in what a telephone carried: at the gateway, as the frames are."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from privyseal.device.way import Answer, GatewayAway, Way
from privyseal.kernel.errors import Refused

_SECONDS: Final = 15.0
_LATER: Final = range(500, 600)
_TOO_OFTEN: Final = 429


class NoGateway(Refused):
    """The gateway of machines is not reached, or not now: what was carried is carried still."""

    code = "gateway-away"


@dataclass(frozen=True, slots=True)
class Counter:
    """``address`` is empty where there is no gateway; ``ca`` is the authority of machines, as the gateway wrote it."""

    address: str
    ca: Path

    def carried(self, frames: Sequence[str]) -> Answer:
        """Return what the gateway answers to frames of one machine, or refuse: gateway-away."""
        return self._handed_in(lambda way: way.carried(frames))

    def pictured(self, digest: str, sealed: bytes, frame: str) -> Answer:
        """Return what the gateway answers to a picture that was sealed to it, or refuse: gateway-away."""
        return self._handed_in(lambda way: way.carried_picture(digest, sealed, frame))

    def _handed_in(self, hand_in: Callable[[Way], Answer]) -> Answer:
        try:
            with closing(Way(self.address, self.ca.read_text("ascii"), seconds=_SECONDS)) as way:
                answer = hand_in(way)
        except (GatewayAway, OSError) as error:
            raise NoGateway from error
        if answer.status in _LATER or answer.status == _TOO_OFTEN:
            raise NoGateway(status=answer.status)
        return answer
