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
# Marks that Chinese writes as wide as a character, and other languages as wide as they are.
_MARKS: Final = "‘’“”"
_PROPORTIONAL: Final = "pwid"


class SmallFont:
    """Keeps what it has cut, and cuts anew where somebody needs a character that is not in it. For several threads."""

    def __init__(self, *, is_wide: bool) -> None:
        """``is_wide`` is for Chinese: its marks take the room of a character."""
        self._lock = Lock()
        self._is_wide = is_wide
        self._characters = frozenset(printable)  # a report in English finds its letters there after one in Chinese
        self._cut = b""

    def covering(self, characters: Iterable[str]) -> bytes:
        """Return an OpenType font with all of these characters that the whole font has."""
        wanted = frozenset(characters)
        with self._lock:
            if not self._cut or not wanted <= self._characters:
                together = self._characters | wanted
                self._cut, self._characters = _cut(together, is_wide=self._is_wide), together
            return self._cut


def _cut(characters: Iterable[str], *, is_wide: bool) -> bytes:
    options = Options()
    options.layout_features = []
    options.notdef_outline = True
    options.drop_tables += _UNUSED
    options.desubroutinize = True  # each report cuts from it again, and follows no calls then
    cutter, written = Subsetter(options), BytesIO()
    # The box of the whole font holds for a part of it.
    with TTFont(str(pylopdf_fonts_zh_cn.sans_path()), lazy=True, recalcBBoxes=False) as whole:
        if not is_wide:
            _narrow_marks(whole)
        cutter.populate(text="".join(characters))
        cutter.subset(whole)
        whole.save(written)
    return written.getvalue()


def _narrow_marks(font: TTFont) -> None:
    """Let these characters stand for the glyphs that the font keeps for lines of Latin letters."""
    rules = font["GSUB"].table
    lookups = {
        index
        for record in rules.FeatureList.FeatureRecord
        if record.FeatureTag == _PROPORTIONAL
        for index in record.Feature.LookupListIndex
    }
    narrow = {
        wide: glyph
        for index in lookups
        for part in rules.LookupList.Lookup[index].SubTable
        for wide, glyph in getattr(part, "ExtSubTable", part).mapping.items()
    }
    for table in font["cmap"].tables:
        if table.isUnicode():
            for code in map(ord, _MARKS):
                if code in table.cmap:
                    table.cmap[code] = narrow.get(table.cmap[code], table.cmap[code])
