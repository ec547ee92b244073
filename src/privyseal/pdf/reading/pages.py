"""Pages by their number, with what they inherit."""

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from privyseal.pdf.reading import syntax
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.reading.syntax import DEEPEST, Entries, refuse
from privyseal.pdf.reading.values import Reference

_INHERITED: Final = (b"/Resources", b"/MediaBox", b"/CropBox", b"/Rotate")
_MOST_NODES: Final = 200_000


class Page(NamedTuple):
    """A page as written, and the entries it takes from the nodes above it."""

    number: int
    reference: Reference
    entries: Entries
    inherited: Mapping[bytes, bytes]

    def get(self, name: bytes) -> bytes | None:
        return self.entries.get(name, self.inherited.get(name))


_Node: TypeAlias = tuple[tuple[int, int], tuple[int, int] | None, int, Mapping[bytes, bytes]]
"""A node or page by its reference, the node above it, how deep it stands, and what it inherits."""


class _End(NamedTuple):
    """Where all pages below a node have come by: it says how many they are, counted from this one."""

    first: int
    pages: int


def count(file: PdfFile) -> int:
    """Return how many pages the file says it has; whether there are as many, ``find`` of all of them asks."""
    return _count(file, file.entries(file.catalog.get(b"/Pages")))


def find(file: PdfFile, wanted: Collection[int] | None = None) -> dict[int, Page]:
    """Return the pages of these numbers, from 1, that exist, all of them for None; or refuse a broken tree.

    What lies before a wanted page is skipped by the counts that the tree states; all of them are found only where each
    count, parent and type is right: one reader goes by the counts, another by the pages, one inherits from the node a
    page was found under, another from the one it names, and they would show two documents.
    """
    tree = syntax.reference(file.catalog.get(b"/Pages"))
    if tree is None:
        refuse("no-pages")
    found: dict[int, Page] = {}
    numbers = sorted(wanted or ())
    waiting: list[_Node | _End] = [(tree, None, 0, {})]
    seen: set[tuple[int, int]] = set()
    number = 1
    while waiting and (wanted is None or len(found) < len(wanted)):
        node = waiting.pop()
        if isinstance(node, _End):
            if number != node.first + node.pages:
                refuse("page-tree")
            continue
        reference, above, depth, inherited = node
        if reference in seen or len(seen) > _MOST_NODES or depth > DEEPEST:
            refuse("page-tree")
        seen.add(reference)
        entries = _checked(file, reference, above) if wanted is None else file.entries(reference)
        if b"/Kids" not in entries:
            if wanted is None or number in wanted:
                found[number] = Page(number, Reference(*reference), entries, inherited)
            number += 1
            continue
        pages_below = _count(file, entries)
        below = numbers[bisect_left(numbers, number) : bisect_left(numbers, number + pages_below)]
        if wanted is not None and not below:
            number += pages_below
            continue
        kids = syntax.reference_numbers(file.resolved(entries[b"/Kids"]) or b"")
        inherited = _handed_down(inherited, entries)
        are_pages = below and 2 * pages_below == len(kids)
        leaves = _leaves(file, kids, inherited, number, below) if are_pages else None
        if leaves is None:
            waiting += [_End(number, pages_below)] if wanted is None else []
            nodes = range(0, len(kids), 2)
            waiting += [(_reference(kids, at), reference, depth + 1, inherited) for at in reversed(nodes)]
        else:
            found |= leaves
            number += pages_below
    return found


def _checked(file: PdfFile, reference: tuple[int, int], above: tuple[int, int] | None) -> Entries:
    """Return a node or page that says what it is and which node is above it, as all readers need it; or refuse."""
    entries = file.entries(reference)
    if any(file.resolved(entries[name]) is None for name in _INHERITED if name in entries):
        refuse("page-tree")  # one reader takes null for nothing, and inherits
    kind = file.resolved(entries.get(b"/Type"))
    if kind != (b"/Pages" if b"/Kids" in entries else b"/Page") or (
        above is not None and syntax.reference(entries.get(b"/Parent")) != above
    ):
        refuse("page-tree")
    return entries


def _handed_down(inherited: Mapping[bytes, bytes], entries: Entries) -> Mapping[bytes, bytes]:
    """Return what the kids of this node inherit."""
    if entries.keys().isdisjoint(_INHERITED):
        return inherited
    return {**inherited, **{name: entries[name] for name in _INHERITED if name in entries}}


def _leaves(
    file: PdfFile,
    kids: Sequence[bytes],
    inherited: Mapping[bytes, bytes],
    first: int,
    wanted: Sequence[int],
) -> dict[int, Page] | None:
    """Return the wanted pages of a node that has as many pages as kids, None if one of them is no page."""
    found: dict[int, Page] = {}
    for number in wanted:
        kid = _reference(kids, 2 * (number - first))
        entries = file.entries(kid)
        if b"/Kids" in entries:
            return None
        found[number] = Page(number, kid, entries, inherited)
    return found


def _reference(numbers: Sequence[bytes], at: int) -> Reference:
    return Reference(int(numbers[at]), int(numbers[at + 1]))


def _count(file: PdfFile, entries: Entries) -> int:
    written = file.resolved(entries.get(b"/Count")) or b""
    return int(written) if written.isdigit() and len(written) <= 10 else refuse("page-tree")  # noqa: PLR2004  digits
