"""What can be wrong with the picture of an imprint, in words that need no picture library."""

from typing import Final

from privyseal.kernel.errors import Refused
from privyseal.kernel.file_kinds import IMPRINT

MAX_PIXELS: Final = 4_000_000
MAX_IMPRINT_BYTES: Final = IMPRINT.most_bytes


class ImprintUnreadable(Refused):
    """Neither PNG nor JPEG, or a damaged one."""

    code = "imprint-unreadable"


class ImprintTooLarge(Refused):
    code = "imprint-too-large"


class ImprintTooSmall(Refused):
    """Too few dots an inch, once the imprint is as large as it is on paper."""

    code = "imprint-too-small"


class ImprintWithoutInk(Refused):
    """Nothing of the chosen colour stands out from the paper."""

    code = "imprint-without-ink"


class ImprintBlurred(Refused):
    code = "imprint-blurred"


class ImprintCutOff(Refused):
    code = "imprint-cut-off"


class SeveralImprints(Refused):
    code = "several-imprints"


class ImprintSlanted(Refused):
    """Photographed from the side, or of another shape than was said."""

    code = "imprint-slanted"
