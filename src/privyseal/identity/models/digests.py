"""Digests, kept as the bytes they are."""

from typing import TYPE_CHECKING, Any, TypeAlias

from django.db import models

if TYPE_CHECKING:
    _Text: TypeAlias = models.Field[str, str]
else:
    _Text = models.Field


class DigestField(_Text):
    """A digest or an id in hexadecimal digits, or nothing, kept as bytes: half the room in tables and indexes."""

    empty_strings_allowed = True

    def db_type(self, connection: Any) -> str:  # noqa: ANN401, ARG002  Django's own signature
        return "bytea"

    def from_db_value(self, kept: Any, *_: object) -> str | None:  # noqa: ANN401  what the driver returns
        return None if kept is None else bytes(kept).hex()  # nothing: of a row that a join did not find

    def get_prep_value(self, value: Any) -> Any:  # noqa: ANN401  Django's own signature
        """Return the bytes; what is no digest finds nothing, and the column's constraint refuses it."""
        if not isinstance(value, str):
            return value
        try:
            return bytes.fromhex(value)
        except ValueError:
            return value.encode()
