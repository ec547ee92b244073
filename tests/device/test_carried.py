"""A telephone carries frames, by its own script and over a bad radio; and one that means harm gets nowhere."""

import json
import subprocess
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path
from random import Random
from typing import Final

import pytest

from privyseal.conformance.gateway import Gateway
from privyseal.conformance.trial import OPERATOR, SEAL, Trial
from privyseal.device import wrapping
from privyseal.device.carried import GRANT, MOST_FRAGMENT, Berth, Fragment, Say, about, fragments_of, name_of, read
from privyseal.device.hello import picture
from privyseal.device.signed import MOST_CHARACTERS, Frame, FrameBroken, opened
from privyseal.kernel.canonical import sha256
from privyseal.simulator.device import Device
from tests.device.test_second_device import node
from tests.device.test_simulator import Here, made

SCRIPT: Final = Path(__file__).parent / "carrying.mjs"
MODULE: Final = Path(__file__).parents[2] / "src/privyseal/web/static/web/carrying.js"
PICTURES: Final = 6
FRAME: Final = b"a frame of more than one fragment, as they all are " * 30


class Radio:
    """What lies between: every so often a fragment is lost, every so often all is cut."""

    def __init__(self, device: Device, *, loses: int, cuts: int) -> None:
        self._device = device
        self._told, self._written = count(1), count(1)
        self._loses, self._cuts = loses, cuts
        self.cuts = 0

    def written(self, data: bytes) -> str:
        if next(self._written) % self._cuts == 0:
            self.cuts += 1
            self._device.carrier(is_there=False)
            return "cut"
        told = self._device.fragment(data) or []
        return " ".join(one.hex() for one in told if next(self._told) % self._loses)


def test_the_telephones_own_script_carries_everything_over_a_bad_radio(folder: Path, tmp_path: Path) -> None:
    """A hundred events there, a ticket and acknowledgements back: nothing is lost, and nothing is there twice."""
    module = tmp_path / "carrying.mjs"
    module.write_bytes(MODULE.read_bytes())
    with Gateway(SEAL) as gateway, closing(made(folder)) as device:
        trial = Trial(gateway, Here(device))
        trial.enrol()
        ticket = trial.offered(impressions=60)
        trial.came()
        trial.done("network", "off")
        trial.done("open", ticket.uid, OPERATOR)
        for number in range(25):
            trial.done("camera", "on" if number < PICTURES else "off")
            trial.done("press")
        later = trial.ticket()
        gateway.offer(later)
        radio = Radio(device, loses=17, cuts=11)
        carried(device, radio, gateway, module)
        kept = device.machine.kept if device.machine else None

        assert kept is not None
        assert (len(kept.unsent), later.uid in kept.tickets) == (0, True)
        assert [event.number for event in gateway.played.events] == [*range(1, kept.head.number + 1)]
        assert (gateway.played.broken, radio.cuts > 3) == ([], True)
        told = {str(event.said["sha256"]) for event in gateway.played.events if "sha256" in event.said}
        assert (set(gateway.played.pictures), len(told)) == (told, PICTURES)
        assert not [*(folder / "pictures").iterdir()]


def carried(device: Device, radio: Radio, gateway: Gateway, module: Path) -> None:
    with subprocess.Popen(
        [node(), str(SCRIPT), str(module)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as phone:
        assert phone.stdin is not None
        assert phone.stdout is not None
        for line in phone.stdout:
            what, _, more = line.strip().partition(" ")
            if what == "done":
                break
            answers: dict[str, Callable[[str], str]] = {
                "meet": lambda _: device.carrier(is_there=True).hex(),
                "w": lambda said: radio.written(bytes.fromhex(said)),
                "k": lambda said: kept(gateway, **json.loads(said)),
                "p": lambda said: json.dumps(gateway.exchanged({"frames": json.loads(said)})[1]["frames"]),
            }
            print(answers[what](more), file=phone.stdin, flush=True)


def kept(gateway: Gateway, frame: str, sealed: str) -> str:
    """Take a picture that was carried, and return the word that it is kept."""
    assert gateway.played.key is not None
    named = picture(opened(frame, Frame.PICTURE, gateway.played.key))
    data = wrapping.unwrapped(sealed, gateway.keys.gateway)
    assert (sha256(data), len(data)) == (named.sha256, named.size)
    gateway.played.pictures[named.sha256] = named.size
    return gateway.kept(named.sha256, named.size)


def test_a_frame_comes_whole_or_not_at_all_and_once() -> None:
    taken: list[str] = []
    berth = Berth(taken.append, list)
    (wanted,) = map(read, berth.answer(offer(FRAME)))
    assert (wanted.say, wanted.number, wanted.most) == (Say.WANT, 0, len(FRAME))

    pieces = [*fragments_of(FRAME, 0, len(FRAME), most=100)]
    answers = [berth.answer(piece) for piece in (pieces[1], *pieces[:-1], pieces[0], pieces[-1], pieces[-1])]
    assert [read(*answers[at]).number for at in (0, -3)] == [0, len(FRAME) - len(pieces[-1]) + 13]
    assert [read(one).number for one in answers[-2]] == [len(FRAME)]
    assert taken == [FRAME.decode()]
    assert read(*berth.answer(offer(FRAME))).number == len(FRAME)
    assert taken == [FRAME.decode()]


def test_what_is_no_fragment_is_not_answered_and_holds_no_memory() -> None:
    taken: list[str] = []
    berth = Berth(taken.append, lambda: ["x"])
    strange = Random(137)  # noqa: S311  not a secret
    for _ in range(2_000):
        data = bytes([strange.randrange(6)]) + strange.randbytes(strange.choice((0, 8, 12, 13, 16, 40, MOST_FRAGMENT)))
        assert len(berth.answer(data)) <= 2
    for size in (0, MOST_CHARACTERS + 1):
        assert berth.answer(Fragment(Say.OFFER, name_of(b"x"), size).to_bytes()) == []

    whole = [*berth.answer(Fragment(Say.BEGIN).to_bytes())]
    told = berth.answer(Fragment(Say.WANT, read(whole[0]).of, 0, most=(1 << 32) - 1).to_bytes())
    assert ([read(one).data for one in told], taken) == ([b"x"], [])


def test_more_than_is_granted_is_never_told_at_once() -> None:
    frame = "y" * (3 * GRANT)
    berth = Berth(lambda _: None, lambda: [frame], most=64)
    (offered, _) = map(read, berth.answer(Fragment(Say.BEGIN).to_bytes()))

    told = berth.answer(Fragment(Say.WANT, offered.of, 10, most=1 << 31).to_bytes())

    assert sum(len(read(one).data) for one in told) == GRANT
    assert {len(one) for one in told[:-1]} == {64}


@pytest.mark.parametrize(
    "data", [b"", b"\x05", b"\x00\x00", b"\x01" + bytes(11), b"\x02" + bytes(12), b"\x03" + bytes(12)]
)
def test_what_is_no_fragment_is_refused(data: bytes) -> None:
    with pytest.raises(FrameBroken):
        read(data)


def test_who_a_device_says_that_it_is() -> None:
    assert about("D-0009", most=244) == b"\x01\x00\xf4D-0009"


def offer(frame: bytes) -> bytes:
    return Fragment(Say.OFFER, name_of(frame), len(frame)).to_bytes()
