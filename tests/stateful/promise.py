"""One promise as SQL, and the words that all of them share."""

from dataclasses import dataclass
from typing import Final

# Who held what, from when until when.
HELD: Final = """
held AS (
    SELECT g.person_id, p.pseudonym, g.power, g.company_id, g.unit_id, g.seal_uid,
           greatest(g.confirmed_at, g.starts_at) AS since,
           least(coalesce(g.ends_at, 'infinity'), coalesce(g.revoked_at, 'infinity')) AS until
    FROM power_grant g JOIN person p ON p.id = g.person_id WHERE g.confirmed_at IS NOT NULL
),
line AS (
    SELECT id AS unit, id AS above FROM unit
    UNION SELECT line.unit, u.parent_id FROM line JOIN unit u ON u.id = line.above WHERE u.parent_id IS NOT NULL
),
yes AS (
    SELECT v.*, a.uid, a.company_id, a.applicant_id, a.shown_sha256 AS asked
    FROM application_vote v JOIN application a ON a.id = v.application_id WHERE v.decision = 'approve'
),
pressed AS (
    SELECT i.*, p.purpose, p.used, p.impressions, p.starts_at, p.expires_at, p.application_uid, s.company_id, s.unit_id,
           l.document_sha256, l.permit_id AS line_permit, 'seal:' || s.uid AS seal, s.id AS seal_id,
           s.type AS seal_type, p.own_yes_id, p.mandate_id
    FROM intent i JOIN permit p ON p.id = i.permit_id JOIN seal s ON s.id = p.seal_id
    JOIN permit_line l ON l.id = i.line_id
)
"""


@dataclass(frozen=True, slots=True)
class Promise:
    """``broken`` yields a row for each thing that breaks it; ``spoil`` breaks it, where nothing forbids it."""

    name: str
    broken: str
    spoil: str
