"""The registers of a seeded group's uses."""

from typing import Final

from django.conf import settings

from privyseal.config.seeding.tables import Connection
from privyseal.seals.filling import ENTER_MADE

# Whoever holds a permit has used it by the end of the working day on which it was issued.
_MADE: Final = """
    CREATE TEMPORARY TABLE made ON COMMIT DROP AS
    SELECT line.id AS line_id, seal.company_id, seal.id AS seal_id, part.person_id AS operator_id,
        permit.issued_at + interval '1 hour' AS at, line.impressions
    FROM permit JOIN seal ON seal.id = permit.seal_id JOIN permit_line AS line ON line.permit_id = permit.id
    JOIN permit_part AS part ON part.permit_id = permit.id AND part.part = 'holder'
    WHERE permit.purpose = 'use' AND permit.used > 0 AND seal.company_id >= %(first)s
"""
TABLES: Final = ("use_entry", "use_book", "seal_uses")


def fill(connection: Connection, *, first_company: int) -> None:
    """Enter every use of the companies from this one on, book by book."""
    connection.execute(_MADE, {"first": first_company})
    connection.execute(ENTER_MADE.format(zone=settings.TIME_ZONE))
