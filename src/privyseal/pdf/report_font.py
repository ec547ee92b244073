"""The font of reports, cut down to the characters that were asked for so far: whole it takes four times as long."""

from collections.abc import Iterable
from io import BytesIO
from string import printable
from threading import Lock
from typing import Final

import pylopdf_fonts_zh_cn
from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]  # the library ships no types
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

# Tables for vertical lines, variants of characters and their spacing: no report has any of these.
_UNUSED: Final = ("BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx")


class SmallFont:
    """Keeps what it has cut, and cuts anew where somebody needs a character that is not in it. For several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._characters = frozenset(printable)  # a report in English finds its letters there after one in Chinese
        self._cut = b""

    def covering(self, characters: Iterable[str]) -> bytes:
        """Return an OpenType font with all of these characters that the whole font has."""
        wanted = frozenset(characters)
        with self._lock:
            if not self._cut or not wanted <= self._characters:
                together = self._characters | wanted
                self._cut, self._characters = _cut(together), together
            return self._cut


def _cut(characters: Iterable[str]) -> bytes:
    options = Options()
    options.layout_features = []
    options.notdef_outline = True
    options.drop_tables += _UNUSED
    options.desubroutinize = True  # each report cuts from it again, and follows no calls then
    cutter, written = Subsetter(options), BytesIO()
    # The box of the whole font holds for a part of it.
    with TTFont(str(pylopdf_fonts_zh_cn.sans_path()), lazy=True, recalcBBoxes=False) as whole:
        cutter.populate(text="".join(characters))
        cutter.subset(whole)
        whole.save(written)
    return written.getvalue()
