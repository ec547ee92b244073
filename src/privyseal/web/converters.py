"""What stands in an address: ids, digests and tiles of the ledger, in their one spelling."""

from django.urls import register_converter
from django.urls.converters import StringConverter

from privyseal.kernel.tiles import FORM, Tile, parsed


class UidConverter(StringConverter):
    regex = "[0-9a-f]{32}"


class DigestConverter(StringConverter):
    regex = "[0-9a-f]{64}"


class TileConverter:
    regex = FORM

    def to_python(self, value: str) -> Tile:
        return parsed(value)

    def to_url(self, value: Tile) -> str:
        return str(value)


class BundleConverter(TileConverter):
    """A path without its level: entries lie under the lowest tiles alone."""

    regex = FORM.partition("/")[2]

    def to_python(self, value: str) -> Tile:
        return parsed(f"0/{value}")

    def to_url(self, value: Tile) -> str:
        return str(value).partition("/")[2]


def register() -> None:
    """Let addresses be written with these; before the first of them is."""
    for converter, name in (
        (UidConverter, "uid"),
        (TileConverter, "tile"),
        (BundleConverter, "bundle"),
        (DigestConverter, "sha256"),
    ):
        register_converter(converter, name)
