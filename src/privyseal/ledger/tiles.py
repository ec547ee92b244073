"""The ledger as tiles, as far as the newest checkpoint goes: hashes for everybody who may, entries for auditors."""

from django.db import connection

from privyseal.kernel import tiles
from privyseal.kernel.errors import NotFound
from privyseal.kernel.tiles import Tile
from privyseal.ledger import nodes
from privyseal.ledger.models import CheckpointRow, FactRow


def hashes(tile: Tile) -> bytes:
    """Return the hashes of a tile, 32 bytes each, or refuse: not-found, where the signed tree has not all of them."""
    _check_signed(tile)
    with connection.cursor() as cursor:
        found = nodes.fetch(cursor, tile.places)
    return b"".join(found[place] for place in tile.places)


def entries(tile: Tile) -> bytes:
    """Return the facts under a tile of the lowest level as a bundle, or refuse: not-found."""
    _check_signed(tile)
    rows = FactRow.objects.filter(leaf__index__gte=tile.begin, leaf__index__lt=tile.end).order_by("leaf__index")
    return tiles.bundle([bytes(body) for body in rows.values_list("body", flat=True)])


def _check_signed(tile: Tile) -> None:
    size = CheckpointRow.objects.order_by("-size").values_list("size", flat=True).first()
    if size is None or not tile.is_in(size):
        raise NotFound(tile=str(tile))
