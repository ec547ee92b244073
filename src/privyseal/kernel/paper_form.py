"""How the values of a code on paper become bytes: C40 of ISO/IEC 16022 and MessagePack, each in one form. Pure."""

from typing import Final

from privyseal.kernel.errors import Refused

_LETTERS: Final = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FIRST_LETTER: Final = 3  # C40 in ISO/IEC 16022 begins its basic set with the space, at 3
_FIX_TEXT, _TEXT_8, _OCTETS_8 = 0xA0, 0xD9, 0xC4  # MessagePack's first bytes
_NUMBER_8, _NUMBER_16 = 0xCC, 0xCD
_LONGEST_FIX, _LARGEST_FIX, _LARGEST_8 = 0x1F, 0x7F, 0xFF


class PaperCodeUnreadable(Refused):
    """This is no code of this form, or not all of it."""

    code = "paper-code-unreadable"


def c40(said: str) -> bytes:
    values = [_LETTERS.index(letter) + _FIRST_LETTER for letter in said]
    threes = (values[at : at + 3] for at in range(0, len(values), 3))
    return b"".join((a * 1600 + b * 40 + c + 1).to_bytes(2, "big") for a, b, c in threes)


def letters(packed: bytes) -> str:
    values: list[int] = []
    for at in range(0, len(packed), 2):
        three = int.from_bytes(packed[at : at + 2], "big") - 1
        values += (three // 1600, three // 40 % 40, three % 40)
    if not all(_FIRST_LETTER <= value < _FIRST_LETTER + len(_LETTERS) for value in values):
        raise PaperCodeUnreadable
    return "".join(_LETTERS[value - _FIRST_LETTER] for value in values)[:8]


def octets(value: bytes) -> bytes:
    return bytes((_OCTETS_8, len(value))) + value


def text(value: str) -> bytes:
    content = value.encode()
    if len(content) > _LARGEST_8:
        raise PaperCodeUnreadable
    start = (_FIX_TEXT | len(content),) if len(content) <= _LONGEST_FIX else (_TEXT_8, len(content))
    return bytes(start) + content


def number(value: int) -> bytes:
    if value <= _LARGEST_FIX:
        return bytes((value,))
    return bytes((_NUMBER_8, value)) if value <= _LARGEST_8 else bytes((_NUMBER_16,)) + value.to_bytes(2, "big")


class Values:
    """Takes one value of MessagePack after the other, or refuses; that each is in its shortest form is asked after."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def octets(self) -> bytes:
        if self._int(1) != _OCTETS_8:
            raise PaperCodeUnreadable
        return self._take(self._int(1))

    def text(self) -> str:
        first = self._int(1)
        length = self._int(1) if first == _TEXT_8 else first - _FIX_TEXT
        if not 0 <= length <= (_LARGEST_8 if first == _TEXT_8 else _LONGEST_FIX):
            raise PaperCodeUnreadable
        try:
            return self._take(length).decode()
        except UnicodeDecodeError as error:
            raise PaperCodeUnreadable from error

    def number(self) -> int:
        first = self._int(1)
        if first <= _LARGEST_FIX:
            return first
        if first not in (_NUMBER_8, _NUMBER_16):
            raise PaperCodeUnreadable
        return self._int(1 if first == _NUMBER_8 else 2)

    def _int(self, length: int) -> int:
        return int.from_bytes(self._take(length), "big")

    def _take(self, length: int) -> bytes:
        taken, self._content = self._content[:length], self._content[length:]
        if len(taken) != length:
            raise PaperCodeUnreadable
        return taken
