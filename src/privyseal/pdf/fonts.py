"""Fonts that a document names and does not carry: whoever opens it may see other letters."""

from collections.abc import Iterable, Iterator
from typing import Final

from pikepdf import Array, Dictionary, Name, Object, Stream

_FILES: Final = (Name.FontFile, Name.FontFile2, Name.FontFile3)
_DRAWN_IN_PLACE: Final = Name.Type3
_DEEPEST: Final = 8


def are_missing(pages: Iterable[Dictionary]) -> bool:
    """Return whether any page shows text in a font that is not in the file."""
    seen: set[tuple[int, int]] = set()
    return any(_is_missing(font) for page in pages for font in _fonts(page.get(Name.Resources), seen, 0))


def _fonts(resources: Object | None, seen: set[tuple[int, int]], depth: int) -> Iterator[Dictionary]:
    if not isinstance(resources, Dictionary) or depth > _DEEPEST or _is_known(resources, seen):
        return
    fonts, objects = resources.get(Name.Font), resources.get(Name.XObject)
    if isinstance(fonts, Dictionary):
        yield from (font for font in fonts.values() if isinstance(font, Dictionary) and not _is_known(font, seen))
    if isinstance(objects, Dictionary):
        for form in objects.values():
            if isinstance(form, Stream) and not _is_known(form, seen):
                yield from _fonts(form.get(Name.Resources), seen, depth + 1)


def _is_known(value: Object, seen: set[tuple[int, int]]) -> bool:
    number = value.objgen
    if number in seen and number != (0, 0):
        return True
    seen.add(number)
    return False


def _is_missing(font: Dictionary) -> bool:
    if font.get(Name.Subtype) == _DRAWN_IN_PLACE:
        return False
    inner = font.get(Name.DescendantFonts)
    if isinstance(inner, Array) and len(inner) and isinstance(inner[0], Dictionary):
        font = inner[0]
    descriptor = font.get(Name.FontDescriptor)
    return not isinstance(descriptor, Dictionary) or not any(name in descriptor for name in _FILES)
