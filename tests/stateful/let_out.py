"""Promises about cabinets: what lets a seal out of one, and what is said of where it is."""

from typing import Final

from tests.stateful.promise import Promise

_OPENED: Final = (
    "SELECT o.id FROM cabinet_opening o JOIN permit p ON p.id = o.permit_id JOIN device d ON d.id = o.device_id"
)
_SLOT: Final = "EXISTS (SELECT FROM device_slot s WHERE s.device_id = o.device_id AND s.seal_id = p.seal_id)"

# fmt: off
AT_CABINETS: Final = (
    # By whoever keeps the seal, for a use by hand or a take-out that was approved and runs, and by nobody with another
    # part in it: out of a cabinet, within the time that was approved.
    Promise(
        "T25",
        f"{_OPENED} WHERE d.kind <> 'cabinet' OR p.purpose <> 'use' OR o.asked_at >= p.expires_at"
        "   OR o.allowed_at IS NOT NULL AND (o.opens_at < p.starts_at OR o.closes_at > p.expires_at)"
        "   OR p.revoked_at < o.asked_at"
        "   OR o.by_id = p.applicant_id OR EXISTS (SELECT FROM permit_part q WHERE q.permit_id = p.id"
        "     AND q.person_id = o.by_id AND q.part <> 'custodian')"
        "   OR NOT EXISTS (SELECT FROM custody c WHERE c.seal_id = p.seal_id AND c.keeper_id = o.by_id"
        "     AND c.since <= o.asked_at AND coalesce(c.until, 'infinity') > o.asked_at)"
        "   OR NOT EXISTS (SELECT FROM yes y WHERE y.uid = p.application_uid AND y.at <= o.asked_at)"
        "   OR NOT EXISTS (SELECT FROM take_out t WHERE t.permit_id = p.id AND t.bearer_id <> o.by_id"
        "     AND coalesce(t.given_at, 'infinity') >= o.asked_at) AND NOT EXISTS (SELECT FROM hand_use u"
        "     WHERE u.permit_id = p.id AND u.how = 'by-hand' AND u.operator_id <> o.by_id AND u.asked_at <= o.asked_at"
        "       AND least(coalesce(u.ended_at, 'infinity'), coalesce(u.keeper_at, 'infinity')) >= o.asked_at)",
        "UPDATE cabinet_opening o SET by_id = p.id FROM person p WHERE p.login = 'wang'",
    ),
    # One code at a time of a cabinet.
    Promise(
        "T16",
        "SELECT o.device_id FROM cabinet_opening o WHERE o.closed_at IS NULL AND o.minutes > 0 GROUP BY o.device_id"
        "   HAVING count(*) > 1",
        "WITH one AS (UPDATE cabinet_opening SET closed_at = NULL, minutes = 30 RETURNING *)"
        " INSERT INTO cabinet_opening SELECT (jsonb_populate_record(NULL::cabinet_opening,"
        "   to_jsonb(one) || jsonb_build_object('id', one.id + 1000, 'uid', 'twice'))).* FROM one",
    ),
    # One at a time of a permit; of one seal one has let it out at most.
    Promise(
        "T15",
        "SELECT o.permit_id FROM cabinet_opening o WHERE o.closed_at IS NULL GROUP BY o.permit_id HAVING count(*) > 1"
        " UNION ALL SELECT p.seal_id FROM cabinet_opening o JOIN permit p ON p.id = o.permit_id"
        "   WHERE num_nulls(o.closed_at, o.back_at) = 2 AND o.taken_at IS NOT NULL"
        "   GROUP BY p.seal_id HAVING count(*) > 1",
        "WITH one AS (UPDATE cabinet_opening SET closed_at = NULL, back_at = NULL RETURNING *)"
        " INSERT INTO cabinet_opening SELECT (jsonb_populate_record(NULL::cabinet_opening,"
        "   to_jsonb(one) || jsonb_build_object('id', one.id + 1000, 'uid', 'twice'))).* FROM one",
    ),
    # It ends with its cabinet, with its slot and with its time; then nobody is handed its ticket.
    Promise(
        "T17",
        f"{_OPENED} WHERE o.closed_at IS NULL AND (d.ended_at IS NOT NULL OR NOT {_SLOT})"
        " UNION ALL SELECT o.id FROM cabinet_opening o JOIN device_order t ON t.ticket = o.uid"
        "   WHERE o.closed_at IS NOT NULL AND t.withdrawn_at IS NULL",
        "WITH gone AS (DELETE FROM device_slot) UPDATE cabinet_opening SET closed_at = NULL",
    ),
    # Out and back is what the cabinet told, of what was allowed; what it told of that nobody let out is an incident.
    Promise(
        "T25",
        f"{_OPENED} WHERE o.taken_at IS NOT NULL AND (o.allowed_at IS NULL OR o.refused IS NOT NULL OR NOT EXISTS"
        "     (SELECT FROM device_event e WHERE e.device_id = o.device_id AND e.type = 'seal-taken'"
        "       AND e.ticket = CASE WHEN o.minutes IS NULL THEN o.uid ELSE o.named END))"
        "   OR o.back_at IS NOT NULL AND (o.taken_at IS NULL OR o.back_at < o.taken_at OR o.closed_at IS NULL"
        "     OR NOT EXISTS (SELECT FROM device_event e WHERE e.device_id = o.device_id AND e.type = 'seal-returned'))"
        " UNION ALL SELECT e.id FROM device_event e JOIN device d ON d.id = e.device_id AND d.kind = 'cabinet'"
        "   WHERE e.type = 'seal-taken' AND e.ticket <> '' AND NOT EXISTS (SELECT FROM cabinet_opening o"
        "     WHERE e.ticket IN (o.uid, o.named) AND o.taken_at = least(e.at, e.received_at)"
        "       AND (o.closed_at IS NULL OR num_nonnulls(o.receipt_at, o.back_at) > 0 OR o.taken_at < o.closed_at))"
        "     AND NOT EXISTS (SELECT FROM seal_alarm a WHERE a.kind = 'no-permit'"
        "       AND a.cause LIKE 'device ' || d.uid || '%')",
        "DELETE FROM device_event WHERE type = 'seal-taken'",
    ),
    # Missed is an incident over that seal, and so is a receipt that says something else than was told.
    Promise(
        "T15",
        f"{_OPENED} WHERE o.missed_at IS NOT NULL AND NOT EXISTS (SELECT FROM seal_alarm a JOIN incident i"
        "     ON i.id = a.incident_id WHERE a.kind = 'not-returned' AND a.cause = 'cabinet ' || o.uid"
        "     AND i.seal_id = p.seal_id)"
        "   OR o.receipt_used IS NOT NULL AND (o.minutes IS NULL OR o.closed_at IS NULL OR o.receipt_used > 1)"
        "   OR o.head_agrees AND o.receipt_used <> (o.taken_at IS NOT NULL)::int"
        "   OR NOT o.head_agrees AND NOT EXISTS (SELECT FROM seal_alarm a WHERE a.kind = 'receipt-differs'"
        "     AND a.cause LIKE 'device ' || d.uid || '%')",
        "UPDATE cabinet_opening SET missed_at = now()",
    ),
    # Custody never says two places: what is outside is given out for no other use.
    Promise(
        "T15",
        "SELECT t.id FROM take_out t JOIN hand_use u ON u.seal_id = t.seal_id AND u.permit_id <> t.permit_id"
        " WHERE t.stage IN ('out', 'brought') AND u.how = 'by-hand' AND u.keeper_at IS NOT NULL"
        "   AND u.returned_at IS NULL",
        "WITH gone AS (UPDATE take_out SET stage = 'out' RETURNING seal_id, permit_id) UPDATE hand_use u"
        " SET seal_id = gone.seal_id, keeper_at = now(), returned_at = NULL FROM gone"
        " WHERE u.permit_id <> gone.permit_id AND u.how = 'by-hand'",
    ),
)
# fmt: on
