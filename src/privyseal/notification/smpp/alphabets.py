"""Texts in the alphabets of telephones, in parts that fit: GSM 03.38 where it has every letter, UCS-2 otherwise."""

from collections.abc import Iterator, Sequence
from typing import Final

from privyseal.notification.smpp.pdus import Part

GSM, UCS2 = 0x00, 0x08  # data_coding (5.2.19)
# GSM 03.38, 6.2.1 and 6.2.1.1: the place of a letter is its number.
_BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}
_ESCAPE: Final = 0x1B
_GSM: Final = {
    **{letter: bytes([number]) for number, letter in enumerate(_BASIC) if number != _ESCAPE},
    **{letter: bytes([_ESCAPE, number]) for letter, number in _EXTENDED.items()},
}
# In a text of one part, and in each of several beside its header: septets, and bytes.
_WHOLE: Final = {GSM: 160, UCS2: 140}
_SHARE: Final = {GSM: 153, UCS2: 134}
_MOST_PARTS: Final = 10


def parts_of(text: str, reference: int, *, as_payload: bool = False) -> Sequence[Part]:
    """Return the text as one part, or as several that ``reference`` (0 to 255) holds together; too long, it is cut."""
    coding = GSM if all(letter in _GSM for letter in text) else UCS2
    letters = [_GSM[letter] if coding == GSM else letter.encode("utf-16-be", "replace") for letter in text]
    whole = b"".join(letters)
    if len(whole) <= _WHOLE[coding]:
        return [Part(coding, whole)]
    shares = list(_shares(letters, _SHARE[coding]))[:_MOST_PARTS]
    if as_payload:
        return [Part(coding, b"".join(shares), is_payload=True)]
    headers = (bytes([5, 0, 3, reference, len(shares), number]) for number in range(1, len(shares) + 1))
    return [Part(coding, share, header) for share, header in zip(shares, headers, strict=True)]


def _shares(letters: Sequence[bytes], most: int) -> Iterator[bytes]:
    """Cut between letters: neither an escape nor a surrogate pair is torn."""
    share = b""
    for letter in letters:
        if len(share) + len(letter) > most:
            yield share
            share = b""
        share += letter
    yield share
