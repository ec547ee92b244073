"""How large the face of a seal is: as it was drawn, or as rubber usually is."""

from typing import Final

from privyseal.pdf.face import Face
from privyseal.pdf.placement import Size
from privyseal.seals.models import Seal

# The round seal of a company is cut to 40 or 42 mm. A rubber seal that was entered has no drawing.
RUBBER: Final = Size(42_000, 42_000)


def size_of(seal: Seal) -> Size:
    return RUBBER if seal.face is None else Face.from_json(seal.face).size
