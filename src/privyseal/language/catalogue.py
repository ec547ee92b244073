"""What the product says, compared with what has been translated; and compiled catalogues kept up to date."""

import warnings
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Final, TypeAlias

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

LOCALES: Final = ("zh_Hans", "en")
LOCALE_FOLDER: Final = Path(__file__).parent / "locale"
_SOURCE: Final = Path(__file__).parents[1]
_KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_WIDTH: Final = 120

Key: TypeAlias = tuple[str, str | None]
"""A msgid (its singular) and its context."""


def compile_stale() -> None:
    """Compile every catalogue that is newer than its compiled form."""
    for source in LOCALE_FOLDER.glob("*/LC_MESSAGES/django.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            data = BytesIO()
            write_mo(data, catalogue(source.parts[-3]))
            _replace(compiled, data.getvalue())


def catalogue(locale: str) -> Catalog:
    with _po(locale).open("rb") as file:
        return read_po(file, locale=locale)


def used() -> Catalog:
    """Return everything that code and templates say."""
    found = Catalog()
    for path in sorted(_SOURCE.rglob("*")):
        if path.suffix in {".py", ".html"}:
            place = path.relative_to(_SOURCE).as_posix()
            for msgid, context in _said_in(path):
                found.add(msgid, locations=[(place, 1)], context=context)
    return found


def keys(messages: Iterable[Message]) -> frozenset[Key]:
    return frozenset((_singular(message), message.context) for message in messages if message.id)


def update() -> None:
    """Bring every catalogue up to what is said: new messages untranslated, those no longer said taken out."""
    wanted = used()
    for locale in LOCALES:
        known = catalogue(locale)
        known.update(wanted, no_fuzzy_matching=True)
        known.obsolete.clear()
        data = BytesIO()
        write_po(data, known, width=_WIDTH, sort_output=True, omit_header=True, include_lineno=False)
        _replace(_po(locale), _header(known).encode() + data.getvalue())


def _header(known: Catalog) -> str:
    said = (
        "Content-Type: text/plain; charset=utf-8",
        f"Language: {known.locale}",
        f"Plural-Forms: {known.plural_forms}",
    )
    lines = "".join(f'"{line}\\n"\n' for line in said)
    return f'msgid ""\nmsgstr ""\n{lines}\n'


def _said_in(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        source = templatize(source)
    with warnings.catch_warnings():
        # A template turned into code is not meant to be read as Python: its filler looks like odd literals.
        warnings.simplefilter("ignore", SyntaxWarning)
        for _, msgid, _, context in extract("python", BytesIO(source.encode()), keywords=_KEYWORDS):
            yield msgid, context


def _singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _po(locale: str) -> Path:
    return LOCALE_FOLDER / locale / "LC_MESSAGES" / "django.po"


def _replace(path: Path, data: bytes) -> None:
    """Write beside and move over, so that nobody ever reads half a catalogue."""
    beside = path.with_suffix(f"{path.suffix}.new")
    beside.write_bytes(data)
    beside.replace(path)


if __name__ == "__main__":
    update()
