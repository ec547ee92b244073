"""What a device does that a telephone carries frames for, by Bluetooth: fragments in, fragments out."""

from collections.abc import Iterator
from typing import Final

from privyseal.conformance.trial import OPERATOR, Trial, Wrong
from privyseal.device import carried
from privyseal.device.carried import Fragment, Say
from privyseal.device.signed import Frame, FrameBroken, claimed, signed

_AT_ONCE: Final = 100
_BEGIN: Final = Fragment(Say.BEGIN)


class Phone:
    """A telephone that asks for each piece, and stops in the middle where it is told to."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial
        who = bytes.fromhex(trial.done("carrier", "on").more)
        self.most = int.from_bytes(who[1:3], "big")
        if who[:1] != bytes((carried.VERSION,)) or who[3:].decode("ascii") != trial.holder.serial:
            raise Wrong("it does not say who it is as the document has it")
        if not carried.LEAST_FRAGMENT <= self.most <= carried.MOST_FRAGMENT:
            raise Wrong(f"it says that it takes fragments of {self.most} bytes")

    def write(self, data: bytes) -> list[Fragment]:
        """Write one fragment, and return what it tells."""
        try:
            return [carried.read(bytes.fromhex(one)) for one in self._trial.done("fragment", data.hex()).more.split()]
        except (FrameBroken, ValueError) as error:
            raise Wrong("it tells what is no fragment") from error

    def offers(self, asked: Fragment = _BEGIN) -> list[Fragment]:
        told = self.write(asked.to_bytes())
        if [one.say for one in told] != [Say.OFFER] * (len(told) - 1) + [Say.END]:
            raise Wrong("it does not answer what it is asked for by what it offers, and 'end'")
        if told[-1].number != len(told) - 1:
            raise Wrong("its 'end' says another number of frames than it offers")
        return told[:-1]

    def fetched(self, offer: Fragment, *, at_once: int = _AT_ONCE) -> str:
        """Ask for a frame or picture piece by piece, out of order too, and return it."""
        pieces = range(0, offer.number, at_once)
        got = {start: self.piece(offer, start, at_once) for start in reversed(pieces)}
        frame = b"".join(got[start] for start in pieces)
        if carried.name_of(frame) != offer.of:
            raise Wrong("what it sends is not the frame that it offered")
        return frame.decode("ascii")

    def piece(self, offer: Fragment, start: int, count: int) -> bytes:
        told = self.write(Fragment(Say.WANT, offer.of, start, most=count).to_bytes())
        if any(one.say is not Say.DATA or one.of != offer.of for one in told):
            raise Wrong("it answers 'want' by something else than what is wanted")
        return b"".join(one.data for one in told)

    def brought(self, text: str, *, stop_at: int = 0) -> None:
        """Bring a frame until it has it whole, or stop once it has this much."""
        frame = text.encode("ascii")
        wanted = self._wanted(self.write(_offered(frame)), frame)
        while wanted.number < len(frame):
            if stop_at and wanted.number >= stop_at:
                return
            if not wanted.most:
                raise Wrong("it wants nothing of a frame that it does not have whole")
            before, wanted = wanted.number, self._wanted(self._sent(frame, wanted, stop_at), frame)
            if wanted.number <= before:
                raise Wrong("it wants again what it was brought")
        if stop_at:
            raise Wrong("it wanted nothing more before it had the whole")

    def _sent(self, frame: bytes, wanted: Fragment, stop_at: int) -> list[Fragment]:
        most = min(wanted.most, max(1, stop_at - wanted.number)) if stop_at else wanted.most
        told: list[Fragment] = []
        for piece in carried.fragments_of(frame, wanted.number, most, most=self.most):
            told = self.write(piece)
        return told or self.write(_offered(frame))

    def _wanted(self, told: list[Fragment], frame: bytes) -> Fragment:
        if len(told) != 1 or told[0].say is not Say.WANT or told[0].of != carried.name_of(frame):
            raise Wrong("it does not say what it wants of a frame that is offered")
        return told[0]


def _offered(frame: bytes) -> bytes:
    return Fragment(Say.OFFER, carried.name_of(frame), len(frame)).to_bytes()


def carries(trial: Trial) -> None:
    """Carry events and hello from it, and what it is answered to it, a cut in the middle of a frame, each twice."""
    ticket = trial.ticket()
    trial.came()
    trial.done("network", "off")
    phone = Phone(trial)
    frames = [phone.fetched(one) for one in phone.offers()]
    if claimed(frames[-1]) is not Frame.HELLO or {*map(claimed, frames[:-1])} - {Frame.EVENTS}:
        raise Wrong("it does not offer its events and then a hello")
    text = signed(Frame.TICKET, ticket.to_json(), trial.gateway.keys.signer)
    phone.brought(text, stop_at=len(text) // 2)
    trial.done("carrier", "off")
    phone = Phone(trial)
    if phone.write(_offered(text.encode("ascii")))[0].number == 0:
        raise Wrong("after a cut it does not go on where it was")
    for _ in range(2):
        phone.brought(text)
    for line in (("open", ticket.uid, OPERATOR), ("press",), ("close",)):
        trial.done(*line)
    tell(trial, phone)
    if phone.offers()[:-1]:
        raise Wrong("it offers events that are acknowledged")
    trial.done("carrier", "off")
    if trial.do("fragment", Fragment(Say.BEGIN).to_bytes().hex()).how == "ok":
        raise Wrong("it speaks to a telephone for which nobody pressed the button")
    trial.done("network", "on")
    came = trial.came()
    for kind in ("session-opened", "reserved", "fired", "committed"):
        trial.one(came, kind, ticket.uid)


def garbled(trial: Trial) -> None:
    """Bring it what is no fragment, no frame, or not by whom it has to be: it goes on, and takes none of it."""
    ticket, forged = trial.ticket(), trial.ticket()
    trial.came()
    trial.done("network", "off")
    phone = Phone(trial)
    text = signed(Frame.TICKET, ticket.to_json(), trial.gateway.keys.signer).encode("ascii")
    of = carried.name_of(text)
    for data in _no_fragments(of):
        if any(one.say is Say.DATA for one in phone.write(data)):
            raise Wrong("it answers what is no fragment by a frame")
    phone.write(_offered(text))
    told = phone.write(Fragment(Say.DATA, of, 7, data=b"x").to_bytes())
    if [(one.say, one.number) for one in told] != [(Say.WANT, 0)]:
        raise Wrong("it does not ask again for what was left out")
    told = [
        one
        for piece in carried.fragments_of(b"x" * len(text), 0, len(text), most=phone.most)
        for one in _as(phone, of, piece)
    ]
    if told[-1:] and told[-1].number == len(text):
        raise Wrong("it takes other bytes than those that were offered")
    phone.brought(signed(Frame.TICKET, forged.to_json(), trial.gateway.keys.gateway))
    phone.brought(text.decode("ascii"))
    trial.done("carrier", "off")
    trial.done("network", "on")
    trial.refuses(forged.uid, "no-ticket")
    trial.done("open", ticket.uid, OPERATOR)


def _as(phone: Phone, of: bytes, piece: bytes) -> list[Fragment]:
    return phone.write(carried.read(piece)._replace(of=of).to_bytes())


def _no_fragments(of: bytes) -> Iterator[bytes]:
    yield from (b"\x09", b"\x00\x00", b"\x01", b"\x01" + of, b"\x03" + of + bytes(4))
    for number in (0, (1 << 18) + 1, (1 << 32) - 1):
        yield Fragment(Say.OFFER, of, number).to_bytes()
    yield Fragment(Say.WANT, of, 0, most=(1 << 32) - 1).to_bytes()
    yield Fragment(Say.DATA, of, (1 << 32) - 1, data=b"x").to_bytes()


def tell(trial: Trial, phone: Phone) -> None:
    """Have the gateway take what the telephone fetched, and bring what it answers."""
    with trial.gateway.lock:
        _, said = trial.gateway.exchanged({"frames": [phone.fetched(one) for one in phone.offers()]}, is_by_broker=True)
    answered = said.get("frames")
    for frame in answered if isinstance(answered, list) else []:
        phone.brought(str(frame))
