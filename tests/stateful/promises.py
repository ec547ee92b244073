"""The promises as SQL of their own: asked of the tables alone, without a query, a rule or a model of the product."""

from typing import Any, Final

import psycopg

from tests.stateful.further import FURTHER
from tests.stateful.let_out import AT_CABINETS
from tests.stateful.promise import HELD, Promise


def _apart(one: str, others: str) -> str:
    return (
        "SELECT a.person_id FROM held a JOIN held b ON a.person_id = b.person_id AND a.since < b.until"
        f" AND b.since < a.until WHERE a.power = '{one}' AND b.power <> '{one}' AND {others}"
    )


def _give(power: str, company: str, *, to: str) -> str:
    return (
        "INSERT INTO power_grant (person_id, power, company_id, granted_at, confirmed_at, starts_at)"
        f" SELECT p.id, '{power}', {company}, now(), '2000-01-01', '2000-01-01' FROM person p WHERE p.login = '{to}'"
    )


# A power narrowed to a unit or to a seal reaches what is below the unit, and that seal.
_REACHES: Final = (
    "(h.unit_id IS NULL OR EXISTS (SELECT FROM line l WHERE l.unit = i.unit_id AND l.above = h.unit_id))"
    " AND (h.seal_uid IS NULL OR 'seal:' || h.seal_uid = i.seal)"
)
_COMPANY: Final = "(SELECT company_id FROM seal LIMIT 1)"
_ANOTHER_VOTE: Final = (
    "INSERT INTO application_vote (application_id, stage, person_id, decision, comment, at, shown_sha256, approved)"
    " SELECT application_id, {stage}, {person}, 'approve', '', at, {shown}, approved FROM application_vote LIMIT 1"
)

PROMISES: Final = (
    Promise(
        "S1", _apart("manage", "b.power = 'use' AND a.company_id = b.company_id"), _give("use", _COMPANY, to="zhao")
    ),
    Promise(
        "S2",
        "SELECT y.person_id FROM yes y JOIN held h ON h.person_id = y.person_id AND h.company_id = y.company_id"
        " WHERE h.power = 'manage' AND y.at >= h.since AND y.at < h.until",
        _give("manage", _COMPANY, to="li"),
    ),
    Promise(
        "S3",
        "SELECT y.person_id FROM yes y WHERE y.person_id = y.applicant_id",
        "UPDATE application_vote v SET person_id = a.applicant_id FROM application a WHERE a.id = v.application_id",
    ),
    Promise(
        "S4",
        "SELECT v.application_id FROM application_vote v JOIN application a ON a.id = v.application_id"
        " WHERE v.person_id IN (SELECT tied_to(a.applicant_id, a.submitted_at, v.at))",
        "INSERT INTO post_holding"
        " (post_id, person_id, deputy_for_id, appointed_by_id, appointed_at, starts_at, ends_at)"
        " SELECT p.id, v.person_id, a.applicant_id, a.applicant_id, v.at, a.submitted_at, 'infinity'"
        " FROM post p, application a JOIN application_vote v ON v.application_id = a.id LIMIT 1",
    ),
    # Nor for another who has another part in it, whoever gives the vote; and nobody decides twice through another.
    Promise(
        "S4",
        "SELECT v.application_id FROM application_vote v JOIN application a ON a.id = v.application_id"
        " JOIN application_casting c ON c.application_id = v.application_id AND (c.is_applicant OR c.is_operator)"
        " WHERE v.for_person_id IN (SELECT tied_to(c.person_id, a.submitted_at, v.at))"
        " OR v.for_person_id IS NOT NULL AND v.person_id IN (SELECT tied_to(c.person_id, a.submitted_at, v.at))",
        "UPDATE application_vote v SET for_person_id = a.applicant_id FROM application a WHERE a.id = v.application_id",
    ),
    Promise(
        "S5",
        "SELECT v.application_id FROM application_vote v JOIN application_vote w USING (application_id)"
        " WHERE v.for_person_id IN (w.person_id, CASE WHEN w.person_id <> v.person_id THEN w.for_person_id END)",
        "UPDATE application_vote SET for_person_id = person_id",
    ),
    # An approved application has as many yes at each stage as it asked when it was submitted; an addition may be asked
    # the seats of what it adds to.
    Promise(
        "T9",
        "SELECT a.id FROM application a JOIN policy p ON p.number::text = a.policy"
        " LEFT JOIN application f ON f.id = a.adds_to_id AND f.policy = a.policy"
        " WHERE p.confirmed_at > a.submitted_at OR p.ended_at < coalesce(f.submitted_at, a.submitted_at)"
        " UNION ALL SELECT a.id FROM application a"
        " JOIN (SELECT application_id, stage, sum(greatest(needed, 1)) AS asked"
        "   FROM application_seat GROUP BY application_id, stage) s ON s.application_id = a.id"
        " WHERE a.state = 'approved' AND s.asked > (SELECT count(*) FROM yes y"
        "   WHERE y.application_id = a.id AND y.stage = s.stage)",
        "INSERT INTO application_seat (application_id, stage, position, who, name, needed, posts, people)"
        " SELECT id, 1, 99, 'approver', '', 2, '{}', '{}' FROM application WHERE state = 'approved' LIMIT 1",
    ),
    Promise(
        "S5",
        "SELECT application_id FROM application_vote GROUP BY application_id, stage, person_id HAVING count(*) > 1"
        " UNION ALL SELECT a.id FROM application a WHERE a.state = 'approved'"
        " AND NOT EXISTS (SELECT FROM yes y WHERE y.application_id = a.id)",
        _ANOTHER_VOTE.format(stage="stage", person="person_id", shown="shown_sha256"),
    ),
    Promise(
        "S6", f"{_apart('system', 'true')} UNION ALL {_apart('security', 'true')}", _give("use", _COMPANY, to="chen")
    ),
    Promise("S7", _apart("audit", "true"), _give("approve", _COMPANY, to="sun")),
    Promise(
        "S8",
        "SELECT i.id FROM pressed i JOIN yes y ON y.uid = i.application_uid WHERE y.person_id = i.operator_id"
        " UNION ALL SELECT y.person_id FROM yes y JOIN held h ON h.person_id = y.person_id"
        " WHERE h.power IN ('security', 'system') AND y.at >= h.since AND y.at < h.until",
        "UPDATE intent i SET operator_id = v.person_id FROM permit p, application a, application_vote v"
        " WHERE p.id = i.permit_id AND a.uid = p.application_uid AND v.application_id = a.id",
    ),
    Promise(
        "T1",
        "SELECT g.id FROM power_grant g WHERE g.granted_by_id IS NOT NULL AND g.mapping_id IS NULL"
        " AND (g.granted_by_id = g.person_id"
        " OR g.confirmed_by_id IN (g.person_id, g.granted_by_id)"
        " OR NOT EXISTS (SELECT FROM held h WHERE h.person_id = g.granted_by_id AND h.power = 'security'"
        "   AND g.granted_at >= h.since AND g.granted_at < h.until)"
        " OR (g.confirmed_at IS NOT NULL AND NOT EXISTS (SELECT FROM held h WHERE h.person_id = g.confirmed_by_id"
        "   AND h.power IN ('security', 'audit') AND g.confirmed_at >= h.since AND g.confirmed_at < h.until)))",
        "UPDATE power_grant SET granted_by_id = person_id",
    ),
    Promise(
        "T2",
        "SELECT f.id FROM ledger_fact f JOIN held h ON h.pseudonym = f.actor AND f.at >= h.since AND f.at < h.until"
        " WHERE h.power = 'audit' AND f.kind NOT LIKE '%.refused'"
        " AND f.kind NOT IN ('power.confirmed', 'power.granted', 'mapping.confirmed', 'company.verified',"
        "   'seal.suspended', 'seal.co-custody-left', 'incident.opinion-given', 'incident.reassigned',"
        "   'seal.lost', 'seal.stolen', 'seal.robbed', 'seal.disputed', 'incident.opened', 'incident.reclassified',"
        "   'incident.frozen', 'incident.drilled')"
        # What one act was to use with a seal that an auditor reports ends with the report.
        " AND NOT (f.kind = 'permit.ended' AND EXISTS (SELECT FROM ledger_fact k WHERE k.actor = f.actor"
        "   AND k.at = f.at AND k.id > f.id"
        "   AND k.kind IN ('seal.lost', 'seal.stolen', 'seal.robbed', 'seal.disputed')))",
        "INSERT INTO ledger_fact (kind, actor, at, subjects, body)"
        " SELECT 'application.voted', pseudonym, now(), '{}', '' FROM person WHERE login = 'sun'",
    ),
    Promise(
        "T5",
        "SELECT p.id FROM permit p WHERE p.used > p.impressions OR (p.purpose = 'use' AND p.used <>"
        " (SELECT coalesce(sum(l.impressions), 0) FROM intent i JOIN permit_line l ON l.id = i.line_id"
        "  WHERE i.permit_id = p.id)"
        " + (SELECT coalesce(sum(t.reserved - t.released), 0) FROM hand_turn t JOIN hand_use u ON u.id = t.use_id"
        "  WHERE u.permit_id = p.id)"
        " - (SELECT coalesce(sum(s.anew), 0) FROM hand_spoiled s JOIN hand_turn t ON t.id = s.turn_id"
        "  JOIN hand_use u ON u.id = t.use_id WHERE u.permit_id = p.id))",
        "UPDATE permit SET used = used + 1 WHERE purpose = 'use'",
    ),
    Promise(
        "T6",
        "SELECT i.id FROM pressed i WHERE i.intended_at < i.starts_at OR i.intended_at >= i.expires_at",
        "UPDATE permit SET expires_at = starts_at + interval '1 second' WHERE purpose = 'use'",
    ),
    Promise(
        "T7",
        "SELECT i.id FROM pressed i WHERE i.line_permit <> i.permit_id OR (i.purpose = 'use' AND NOT EXISTS (SELECT"
        " FROM application_line l JOIN application a ON a.id = l.application_id WHERE a.uid = i.application_uid"
        " AND l.document_sha256 = i.document_sha256))",
        "UPDATE permit_line SET document_sha256 = 'another'",
    ),
    Promise(
        "T8",
        "SELECT i.id FROM pressed i WHERE NOT EXISTS (SELECT FROM held h WHERE h.person_id = i.operator_id"
        f"   AND h.power = 'use' AND h.company_id = i.company_id AND {_REACHES}"
        "   AND i.intended_at >= h.since AND i.intended_at < h.until)"
        " OR NOT EXISTS (SELECT FROM permit_part q WHERE q.permit_id = i.permit_id AND q.part = 'approver')"
        " OR EXISTS (SELECT FROM permit_part q WHERE q.permit_id = i.permit_id AND q.part = 'approver'"
        "   AND NOT EXISTS (SELECT FROM held h WHERE h.person_id = q.person_id AND h.power = 'approve'"
        f"     AND h.company_id = i.company_id AND {_REACHES}"
        "      AND i.intended_at >= h.since AND i.intended_at < h.until))",
        "UPDATE power_grant SET revoked_at = '2001-01-01' WHERE power = 'approve'",
    ),
    Promise(
        "T10",
        "SELECT count(*) FROM (SELECT 'document.seal.intended' AS kind, count(*) FROM intent"
        " UNION ALL SELECT 'document.sealed', count(*) FROM intent WHERE state = 'sealed'"
        " UNION ALL SELECT 'document.seal.failed', count(*) FROM intent WHERE state = 'failed'"
        " UNION ALL SELECT 'application.submitted', count(*) FROM application"
        " UNION ALL SELECT 'application.voted', (SELECT count(*) FROM application_vote)"
        " + (SELECT count(*) FROM application_vote_void)"
        " UNION ALL SELECT 'application.approved', count(*) FROM application WHERE state = 'approved'"
        " UNION ALL SELECT 'application.rejected', count(*) FROM application WHERE state = 'rejected'"
        " UNION ALL SELECT 'application.withdrawn', count(*) FROM application WHERE state = 'withdrawn'"
        " UNION ALL SELECT 'permit.issued', count(*) FROM permit"
        " UNION ALL SELECT 'power.granted', count(*) FROM power_grant WHERE granted_by_id IS NOT NULL"
        " UNION ALL SELECT 'power.confirmed', count(*) FROM power_grant WHERE confirmed_by_id IS NOT NULL"
        "   AND mapping_id IS NULL"
        " UNION ALL SELECT 'power.ended', count(*) FROM power_grant WHERE revoked_at IS NOT NULL) said(kind, n)"
        " WHERE n <> (SELECT count(*) FROM ledger_fact f WHERE f.kind = said.kind) HAVING count(*) > 0",
        "UPDATE application SET state = 'withdrawn', decided_at = now() WHERE state = 'approved'",
    ),
    Promise(
        "T11",
        "SELECT i.id FROM intent i WHERE 1 <> (SELECT count(*) FROM ledger_fact f"
        "   WHERE f.kind = 'document.seal.intended' AND f.subjects @> ARRAY[ledger_key('intent:' || i.uid)])"
        " OR (i.state <> 'intended')::int <> (SELECT count(*) FROM ledger_fact f"
        "   WHERE f.kind IN ('document.sealed', 'document.seal.failed')"
        "   AND f.subjects @> ARRAY[ledger_key('intent:' || i.uid)])",
        "UPDATE intent SET uid = 'of nobody'",
    ),
    Promise(
        "T12",
        "SELECT f.id FROM ledger_fact f WHERE f.kind = 'document.seal.intended' AND 'seal.active' IS DISTINCT FROM"
        " (SELECT k.kind FROM ledger_fact k WHERE k.id < f.id AND k.kind IN"
        "   ('seal.active', 'seal.suspended', 'seal.collected', 'seal.disputed', 'seal.lost', 'seal.stolen',"
        "    'seal.robbed', 'seal.retired', 'seal.destroyed', 'seal.void')"
        "  AND k.subjects @> ARRAY[ledger_key('seal:' || (ledger_text(f.body)::json #>> '{subjects,seal}'))]"
        "  ORDER BY k.id DESC LIMIT 1)",
        "INSERT INTO ledger_fact (id, kind, actor, at, subjects, body) OVERRIDING SYSTEM VALUE"
        " SELECT f.id - 1000000, f.kind, f.actor, f.at, f.subjects, f.body FROM ledger_fact f"
        " WHERE f.kind = 'document.seal.intended' LIMIT 1",
    ),
    Promise(
        "T14",
        "SELECT 1 FROM seal HAVING count(*) <> count(DISTINCT number) OR count(*) <> max(substr(number, 2)::int)",
        "UPDATE seal SET number = 'S00009'",
    ),
    # Of the rubber and the keys of one seal, one alone is in force.
    Promise(
        "T14",
        "SELECT v.seal_id FROM seal_version v WHERE v.voided_at IS NULL GROUP BY v.seal_id HAVING count(*) > 1",
        "INSERT INTO seal_version SELECT (jsonb_populate_record(v, jsonb_build_object('id', v.id + 1000,"
        "   'version', v.version + 1))).* FROM seal_version v LIMIT 1",
    ),
    # A seal is destroyed before two.
    Promise(
        "T3",
        "SELECT s.id FROM seal s WHERE s.state = 'destroyed' AND 2 > (SELECT count(DISTINCT a.person_id)"
        "   FROM attestation a JOIN permit p ON p.id = a.permit_id WHERE p.seal_id = s.id AND p.purpose = 'destroy'"
        "   AND a.role = 'witness')",
        "UPDATE seal SET state = 'destroyed'",
    ),
    Promise(
        "T15",
        "SELECT c.id FROM custody c WHERE c.permit_id IS NOT NULL AND NOT EXISTS (SELECT FROM attestation r"
        "   JOIN attestation w ON w.permit_id = r.permit_id AND w.is_return = r.is_return"
        "   AND w.person_id <> r.person_id"
        "   WHERE r.permit_id = c.permit_id AND r.role = 'receiver' AND r.person_id = c.keeper_id AND r.at <= c.since"
        "   AND w.role = 'witness' AND w.at <= c.since)"
        " UNION ALL SELECT a.id FROM custody a JOIN custody b ON b.seal_id = a.seal_id AND b.id > a.id"
        " WHERE tstzrange(a.since, a.until) && tstzrange(b.since, b.until)",
        "INSERT INTO custody (seal_id, keeper_id, since) SELECT s.id, p.id, now() FROM seal s, person p"
        " WHERE p.login IN ('gu', 'ke')",
    ),
    Promise(
        "T17",
        "SELECT s.id FROM seal s WHERE s.state IN ('lost', 'stolen', 'robbed', 'disputed') AND NOT EXISTS"
        "  (SELECT FROM incident i WHERE i.seal_id = s.id AND i.ended_at IS NULL AND i.kind <> 'other')"
        " UNION ALL SELECT p.id FROM permit p JOIN incident i ON i.seal_id = p.seal_id"
        " WHERE i.kind IN ('loss', 'theft', 'robbery', 'dispute') AND p.purpose = 'use' AND p.issued_at <= i.opened_at"
        " AND p.used < p.impressions AND p.revoked_at IS NULL AND p.expires_at > i.opened_at",
        "UPDATE seal SET state = 'lost'",
    ),
    # What two people end, two people ended.
    Promise(
        "T17",
        "SELECT i.id FROM incident i WHERE i.kind IN ('loss', 'theft', 'robbery', 'dispute', 'freeze', 'other')"
        " AND i.ended_at IS NOT NULL AND NOT i.is_drill AND (i.proposed_by_id IS NULL OR i.ended_by_id IS NULL"
        "   OR i.proposed_by_id = i.ended_by_id)",
        "INSERT INTO incident (uid, kind, company_id, seal_id, owner_id, opened_at, due_at, account, place, is_drill,"
        "   opinion, outcome, evidence, evidence_sha256, proposed_by_id, ended_by_id, ended_at)"
        " SELECT 'one', 'loss', s.company_id, s.id, p.id, now(), now(), '', '', false, '', 'found', '', '',"
        "   p.id, p.id, now()"
        " FROM seal s, person p WHERE p.login = 'zhao'",
    ),
    # A frozen seal moves again by the approval that thaws it, and by nothing else.
    Promise(
        "T4",
        "SELECT s.id FROM incident i JOIN incident_seal x ON x.incident_id = i.id JOIN seal s ON s.id = x.seal_id"
        " WHERE i.kind = 'freeze' AND NOT i.is_drill AND i.ended_at IS NULL AND s.state = 'active' AND NOT EXISTS"
        "  (SELECT FROM permit p WHERE p.seal_id = s.id AND p.purpose = 'unfreeze' AND p.finished_at >= i.opened_at)",
        "WITH frozen AS (INSERT INTO incident (uid, kind, company_id, owner_id, opened_at, due_at, account, place,"
        "   is_drill, opinion, outcome, evidence, evidence_sha256)"
        "   SELECT 'ice', 'freeze', s.company_id, p.id, now(), now(), '', '', false, '', '', '', ''"
        "   FROM seal s, person p WHERE p.login = 'zhao' RETURNING id)"
        " INSERT INTO incident_seal (incident_id, seal_id) SELECT frozen.id, s.id FROM frozen, seal s",
    ),
    # A power that a post or a unit brings was confirmed by a second person, and goes when the mapping goes.
    Promise(
        "T1",
        "SELECT g.id FROM power_grant g JOIN power_mapping m ON m.id = g.mapping_id WHERE m.confirmed_at IS NULL"
        " OR m.confirmed_by_id = m.made_by_id OR m.confirmed_by_id = g.person_id OR m.made_by_id = g.person_id"
        " OR (m.ended_at IS NOT NULL AND g.revoked_at IS NULL AND coalesce(g.ends_at, 'infinity') > m.ended_at)"
        " OR NOT EXISTS (SELECT FROM held h WHERE h.person_id = m.made_by_id AND h.power = 'security'"
        "   AND m.made_at >= h.since AND m.made_at < h.until)"
        " OR NOT EXISTS (SELECT FROM held h WHERE h.person_id = m.confirmed_by_id AND h.power IN ('security', 'audit')"
        "   AND m.confirmed_at >= h.since AND m.confirmed_at < h.until)",
        "WITH made AS (INSERT INTO power_mapping (unit_id, power, company_id, made_by_id, made_at)"
        "   SELECT u.id, 'use', u.company_id, p.id, now() FROM unit u, person p WHERE p.login = 'chen' LIMIT 1"
        "   RETURNING id) UPDATE power_grant SET mapping_id = (SELECT id FROM made) WHERE company_id IS NOT NULL",
    ),
    Promise(
        "T19",
        "SELECT i.id FROM pressed i WHERE i.seal_type IN ('personal', 'legal-representative') AND NOT EXISTS"
        " (SELECT FROM application_own_yes o JOIN application a ON a.id = o.application_id"
        "   JOIN seal_person n ON n.seal_id = o.seal_id LEFT JOIN mandate m ON m.id = o.mandate_id"
        "   WHERE a.uid = i.application_uid AND o.seal_id = i.seal_id AND o.person_id = i.own_yes_id"
        "   AND n.person_id = o.person_id AND n.confirmed_at <= i.intended_at"
        "   AND (o.given_at <= i.intended_at AND o.approved::text LIKE '%' || encode(i.document_sha256, 'hex') || '%'"
        "     OR m.id = i.mandate_id AND m.given_by_id = o.person_id AND m.seal_id = i.seal_id"
        "     AND m.starts_at <= i.intended_at AND m.ends_at >= i.intended_at"
        "     AND coalesce(m.revoked_at, 'infinity') >= i.intended_at))"
        " UNION ALL SELECT m.id FROM mandate m"
        " WHERE m.most_uses < (SELECT count(*) FROM permit p WHERE p.mandate_id = m.id)",
        "UPDATE application_own_yes SET given_at = NULL",
    ),
    # The own yes is nobody's approval.
    Promise(
        "T19",
        "SELECT v.application_id FROM application_vote v JOIN application_own_yes o USING (application_id)"
        " WHERE o.person_id IN (v.person_id, v.for_person_id)",
        "UPDATE application_own_yes o SET person_id = v.person_id FROM application_vote v"
        " WHERE v.application_id = o.application_id",
    ),
    Promise(
        "T20",
        "SELECT u.id FROM standing_use u JOIN permit p ON p.id = u.permit_id WHERE p.purpose <> 'standing'"
        " OR p.terms ->> 'document_class' IN ('guarantee', 'contract', 'letter-of-authority')"
        " OR p.expires_at > p.starts_at + interval '92 days' OR u.number > p.used"
        " OR (SELECT coalesce(max(q.part), '') FROM permit_part q WHERE q.permit_id = p.id AND q.person_id = u.by_id)"
        "   <> CASE WHEN p.unit_id IS NULL THEN 'holder' ELSE '' END"
        " OR u.reviewed_by_id = u.by_id"
        " OR (SELECT count(*) FROM standing_use o WHERE o.permit_id = p.id AND o.at <= u.at"
        "   AND o.at > u.at - interval '24 hours') > (p.terms ->> 'a_day')::integer",
        "UPDATE permit SET terms = terms || '{\"document_class\": \"guarantee\"}' WHERE purpose = 'standing'",
    ),
    Promise(
        "C1",
        "SELECT i.id FROM pressed i WHERE i.state = 'sealed' AND NOT EXISTS (SELECT FROM yes y"
        " WHERE y.uid = i.application_uid AND y.shown_sha256 = y.asked"
        " AND y.person_id NOT IN (y.applicant_id, i.operator_id))",
        "UPDATE application_vote SET shown_sha256 = 'another'",
    ),
    *FURTHER,
    *AT_CABINETS,
)
_ALL: Final = f"WITH RECURSIVE {HELD} " + " UNION ALL ".join(
    f"(SELECT '{promise.name}' FROM ({promise.broken}) broken LIMIT 1)" for promise in PROMISES
)


def broken(connection: psycopg.Connection[Any]) -> list[str]:
    """Return the promises that do not hold in this database."""
    return [name for (name,) in connection.execute(_ALL)]
