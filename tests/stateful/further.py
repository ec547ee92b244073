"""Promises about what is late, added, asked of several companies, or stamped by hand."""

from typing import Final

from tests.stateful.promise import Promise

_NOT_PLAYED: Final = "(c.is_applicant OR c.is_operator OR c.is_custodian OR c.is_witness OR c.is_person)"
_A_TURN: Final = "SELECT t.id FROM hand_turn t JOIN hand_use u ON u.id = t.use_id JOIN permit p ON p.id = u.permit_id"

# fmt: off
LATE: Final = (
    # What is decided was decided by somebody's vote at that moment: its own, or that of another company's part.
    Promise(
        "T24",
        "SELECT a.id FROM application a WHERE a.state IN ('agreed', 'approved', 'rejected') AND NOT EXISTS"
        " (SELECT FROM application_vote v JOIN application o ON o.id = v.application_id"
        "   WHERE (o.id = a.id OR o.joint_id = a.joint_id) AND v.at = a.decided_at"
        "   AND v.decision = CASE a.state WHEN 'rejected' THEN 'reject' ELSE 'approve' END)",
        "UPDATE application SET decided_at = decided_at + interval '1 day'",
    ),
    # That a stage is late is said after it was due, once.
    Promise(
        "T24",
        "SELECT d.application_id FROM application_due d WHERE d.lapsed_at < d.due_at OR d.due_at <= d.begun_at"
        " OR d.lapsed_at IS NOT NULL AND 1 <> (SELECT count(*) FROM ledger_fact f JOIN application a"
        "   ON a.id = d.application_id WHERE f.kind = 'application.overdue' AND f.at = d.lapsed_at"
        "   AND f.subjects @> ARRAY[ledger_key('application:' || encode(a.uid, 'hex'))])",
        "UPDATE application_due SET lapsed_at = due_at - interval '1 day'",
    ),
    # Whoever says yes may approve there at that moment, be it late or for another.
    Promise(
        "S5",
        "SELECT y.application_id FROM yes y WHERE NOT EXISTS (SELECT FROM held h WHERE h.person_id = y.person_id"
        "   AND h.power = 'approve' AND h.company_id = y.company_id AND y.at >= h.since AND y.at < h.until)",
        "UPDATE application_vote v SET person_id = p.id FROM person p WHERE p.login = 'zhou'",
    ),
)
WHOLE: Final = (
    # Together, no company's permit before all have agreed; and what ends for one ends for all.
    Promise(
        "T21",
        "SELECT a.id FROM application a JOIN joint_application j ON j.id = a.joint_id AND j.mode = 'together'"
        " JOIN application o ON o.joint_id = j.id AND o.id <> a.id"
        " WHERE EXISTS (SELECT FROM permit p WHERE p.application_uid = a.uid) AND o.state <> 'approved'"
        " OR a.state IN ('rejected', 'withdrawn') AND o.state <> a.state",
        "UPDATE application SET state = 'agreed' WHERE id = (SELECT min(a.id) FROM application a"
        "   JOIN joint_application j ON j.id = a.joint_id WHERE j.mode = 'together')",
    ),
    # Nobody who says yes for one company has another part for any of them.
    Promise(
        "T21",
        "SELECT v.application_id FROM application_vote v JOIN application a ON a.id = v.application_id"
        " JOIN application o ON o.joint_id = a.joint_id JOIN application_casting c ON c.application_id = o.id"
        f" WHERE c.person_id IN (v.person_id, v.for_person_id) AND {_NOT_PLAYED}",
        "UPDATE application_vote v SET person_id = a.applicant_id FROM application a"
        " WHERE a.id = v.application_id AND a.joint_id IS NOT NULL",
    ),
)
MORE: Final = (
    # A permit reaches as far as was approved, and further by approved additions alone, each while it ran.
    Promise(
        "T22",
        "SELECT p.id FROM permit p JOIN application a ON a.uid = p.application_uid"
        " LEFT JOIN (SELECT permit_id, max(expires_after) AS until, max(impressions_after) AS most"
        "   FROM permit_addition GROUP BY permit_id) x ON x.permit_id = p.id"
        " WHERE p.purpose IN ('use', 'standing') AND (p.expires_at <> coalesce(x.until, a.expires_at)"
        "   OR p.impressions <> coalesce(x.most, (SELECT sum(l.copies * l.impressions) FROM application_line l"
        "     WHERE l.application_id = a.id AND l.seal_id = p.seal_id)))",
        "UPDATE permit SET expires_at = expires_at + interval '1 day' WHERE purpose = 'use'",
    ),
    # Of a use no more is given back than failed sealings lost; by hand no more is made than so many more copies say.
    Promise(
        "T22",
        "SELECT p.id FROM permit p JOIN application a ON a.uid = p.application_uid WHERE p.purpose = 'use'"
        " AND p.impressions > (SELECT sum(l.copies * l.impressions) FROM application_line l"
        "     WHERE l.application_id = a.id AND l.seal_id = p.seal_id)"
        "   + (SELECT coalesce(sum(l.impressions), 0) FROM intent i JOIN permit_line l ON l.id = i.line_id"
        "     WHERE i.permit_id = p.id AND i.state = 'failed')"
        "   + (SELECT coalesce(sum(l.copies * l.impressions), 0) FROM application x"
        "     JOIN application_line l ON l.application_id = x.id JOIN seal s ON s.id = l.seal_id"
        "     WHERE x.adds_to_id = a.id AND x.state = 'approved' AND x.purpose = 'top-up' AND s.id = p.seal_id"
        "     AND s.kind = 'physical')",
        "UPDATE permit SET impressions = impressions + 1 WHERE purpose = 'use'",
    ),
    Promise(
        "T22",
        "SELECT x.id FROM permit_addition x JOIN permit p ON p.id = x.permit_id"
        " LEFT JOIN application a ON a.uid = x.application_uid AND a.state = 'approved' AND a.decided_at = x.at"
        " LEFT JOIN application f ON f.id = a.adds_to_id AND f.uid = p.application_uid AND f.state = 'approved'"
        " WHERE f.id IS NULL OR x.at >= x.expires_before"
        " OR (SELECT count(DISTINCT y.person_id) FROM yes y WHERE y.application_id = a.id)"
        "   < (SELECT count(DISTINCT y.person_id) FROM yes y WHERE y.application_id = f.id)"
        " OR EXISTS (SELECT FROM yes y JOIN application_casting c ON c.person_id = y.person_id"
        f"   WHERE y.application_id IN (a.id, f.id) AND c.application_id IN (a.id, f.id) AND {_NOT_PLAYED})",
        "UPDATE permit_addition SET application_uid = 'of nobody'",
    ),
)
BY_HAND: Final = (
    # Taken with keeper and supervisor standing by: three people, and none of them allowed it.
    Promise(
        "T25",
        f"{_A_TURN} WHERE u.how = 'by-hand' AND (u.keeper_at > t.reserved_at OR u.supervisor_at > t.reserved_at"
        " OR u.keeper_id IS NULL OR u.supervisor_id IS NULL OR u.operator_id IN (u.keeper_id, u.supervisor_id)"
        " OR u.keeper_id = u.supervisor_id OR p.applicant_id IN (u.keeper_id, u.supervisor_id)"
        " OR EXISTS (SELECT FROM permit_part q WHERE q.permit_id = p.id AND q.part = 'approver'"
        "   AND q.person_id IN (u.operator_id, u.keeper_id, u.supervisor_id))"
        " OR t.reserved_at < p.starts_at OR t.reserved_at >= p.expires_at OR NOT EXISTS (SELECT FROM custody c"
        "   WHERE c.seal_id = u.seal_id AND c.keeper_id = u.keeper_id AND c.since <= t.reserved_at"
        "   AND coalesce(c.until, 'infinity') > t.reserved_at))",
        "UPDATE hand_use SET supervisor_id = keeper_id",
    ),
    # Each impression stands or goes back, by the word of whoever watched; the higher count stands.
    Promise(
        "T25",
        f"{_A_TURN} WHERE t.settled_at IS NOT NULL AND (t.committed + t.released <> t.reserved"
        "   OR t.settled_by_id <> u.supervisor_id OR t.committed <> coalesce(greatest(t.made, t.counted), 0)"
        "   OR t.counted <> t.made AND NOT EXISTS"
        "     (SELECT FROM incident i WHERE i.seal_id = u.seal_id AND i.kind = 'count-mismatch'"
        "       AND i.opened_at <= t.settled_at AND coalesce(i.ended_at, 'infinity') >= t.settled_at))",
        "UPDATE hand_turn SET committed = committed + 1",
    ),
    # One is made anew for one that its operator spoiled and a keeper took in, and never more than the permit allows.
    Promise(
        "T26",
        "SELECT s.photograph_id FROM hand_spoiled s JOIN hand_turn t ON t.id = s.turn_id"
        " JOIN hand_use u ON u.id = t.use_id WHERE s.said_by_id <> u.operator_id OR s.anew > s.impressions"
        " OR s.anew > 0 AND s.taken_in_at IS NULL OR s.taken_in_by_id IN (u.operator_id, u.supervisor_id)"
        " OR s.taken_in_at IS NOT NULL AND NOT EXISTS (SELECT FROM custody c WHERE c.seal_id = u.seal_id"
        "   AND c.keeper_id = s.taken_in_by_id AND c.since <= s.taken_in_at"
        "   AND coalesce(c.until, 'infinity') > s.taken_in_at)"
        " UNION ALL SELECT u.permit_id FROM hand_spoiled s JOIN hand_turn t ON t.id = s.turn_id"
        "   JOIN hand_use u ON u.id = t.use_id JOIN permit p ON p.id = u.permit_id GROUP BY u.permit_id, p.terms"
        "   HAVING sum(s.anew) > coalesce((p.terms ->> 'made_anew')::int, 2)"
        " UNION ALL SELECT t.id FROM hand_spoiled s JOIN hand_turn t ON t.id = s.turn_id GROUP BY t.id"
        "   HAVING sum(s.impressions) > greatest(t.made, t.committed)",
        "UPDATE hand_spoiled SET impressions = 100",
    ),
    # At the end the counts are equal: the permit's, the turns', the register's.
    Promise(
        "T25",
        "SELECT u.id FROM hand_use u JOIN hand_turn t ON t.use_id = u.id"
        " WHERE u.ended_at IS NOT NULL AND t.settled_at IS NULL UNION ALL"
        " SELECT l.id FROM permit_line l JOIN use_entry e ON e.line_id = l.id JOIN hand_turn t ON t.line_id = l.id"
        "   GROUP BY l.id, e.impressions HAVING sum(t.committed) <> e.impressions",
        "UPDATE hand_turn SET settled_at = NULL",
    ),
    Promise(
        "T25",
        "SELECT u.permit_id FROM hand_use u JOIN permit p ON p.id = u.permit_id JOIN hand_turn t ON t.use_id = u.id"
        " WHERE u.ending IN ('count', 'time', 'early') AND t.committed > 0"
        " AND NOT EXISTS (SELECT FROM use_entry e WHERE e.line_id = t.line_id)",
        "DELETE FROM use_entry",
    ),
    # A rubber seal that is used is in one hand, and out of its place for one use at a time.
    Promise(
        "T15",
        "SELECT s.id FROM seal s WHERE s.kind = 'physical' AND s.state IN ('active', 'suspended', 'collected')"
        " AND 1 <> (SELECT count(*) FROM custody c WHERE c.seal_id = s.id AND c.until IS NULL)"
        " UNION ALL SELECT u.seal_id FROM hand_use u WHERE u.keeper_at IS NOT NULL AND u.returned_at IS NULL"
        "   GROUP BY u.seal_id HAVING count(*) > 1",
        "UPDATE custody SET until = now() WHERE until IS NULL",
    ),
)
BY_MACHINE: Final = (
    # What a machine may is what was taken for it; its use is open as long as nobody has settled that, and no longer
    # than its machine is there. In nobody's hands: by whoever holds the permit, while it runs.
    Promise(
        "T25",
        f"{_A_TURN} LEFT JOIN machine_use m ON m.turn_id = t.id LEFT JOIN device d ON d.id = m.device_id"
        " WHERE (u.how = 'by-machine') <> (m.id IS NOT NULL) OR m.id IS NOT NULL AND (m.impressions <> t.reserved"
        "   OR (m.closed_at IS NULL) <> (t.settled_at IS NULL) OR m.closed_at IS NULL AND d.ended_at IS NOT NULL"
        "   OR num_nonnulls(u.keeper_id, u.supervisor_id, t.settled_by_id) > 0 OR t.reserved_at < p.starts_at"
        "   OR t.reserved_at >= p.expires_at OR NOT EXISTS (SELECT FROM permit_part q WHERE q.permit_id = p.id"
        "     AND q.part = 'holder' AND q.person_id = u.operator_id))",
        "UPDATE machine_use SET closed_at = NULL",
    ),
    # It counts no impression that it did not tell of, and all that it told of stand, as far as they were allowed.
    Promise(
        "T25",
        "SELECT m.id FROM machine_use m JOIN hand_turn t ON t.id = m.turn_id, LATERAL (SELECT"
        "   count(*) FILTER (WHERE e.type = 'fired') AS fired, count(*) FILTER (WHERE e.type = 'committed') AS settled"
        "   FROM device_event e WHERE e.device_id = m.device_id AND e.ticket = m.ticket AND m.ticket <> '') told"
        " WHERE m.fired > told.fired OR m.committed > least(m.fired, told.settled) OR m.fired > m.impressions"
        "   OR t.committed < m.fired AND m.closed_at IS NOT NULL OR m.allowed_at IS NULL AND m.fired > 0",
        "DELETE FROM device_event",
    ),
    # A ticket is shown to its operator alone, as long as its machine could fetch it, and none that waits for others.
    Promise(
        "T25",
        "SELECT f.id FROM ledger_fact f JOIN machine_use m ON f.subjects @> ARRAY[ledger_key('machine_use:' || m.uid)]"
        " JOIN hand_turn t ON t.id = m.turn_id JOIN hand_use u ON u.id = t.use_id JOIN person o ON o.id = u.operator_id"
        " WHERE f.kind = 'machine.shown' AND (f.actor <> o.pseudonym OR m.minutes > 0 OR m.mode = 'confirmed'"
        "   OR m.allowed_at IS NULL"
        "   OR f.at NOT BETWEEN m.allowed_at AND least(m.withdrawn_at, m.closed_at, m.closes_at))",
        "UPDATE machine_use SET allowed_at = NULL",
    ),
    # The second half of a code is told to one who keeps seals and does not stamp, where two hold it.
    Promise(
        "T25",
        "SELECT f.id FROM ledger_fact f JOIN machine_use m ON f.subjects @> ARRAY[ledger_key('machine_use:' || m.uid)]"
        " JOIN hand_turn t ON t.id = m.turn_id JOIN hand_use u ON u.id = t.use_id JOIN person o ON o.id = u.operator_id"
        " WHERE f.kind = 'machine.half-told' AND (f.actor = o.pseudonym OR m.is_dual IS NULL OR f.at >= m.closes_at)"
        " UNION ALL SELECT m.id FROM machine_use m WHERE m.is_dual AND m.minutes = 0",
        "UPDATE machine_use SET is_dual = true, minutes = 0",
    ),
    # Of a lost machine nothing comes back: all that it could still make counts, and somebody looks for its seal.
    Promise(
        "T17",
        "SELECT m.id FROM machine_use m JOIN hand_turn t ON t.id = m.turn_id JOIN device d ON d.id = m.device_id"
        " WHERE d.ending = 'lost' AND m.closed_at = d.ended_at AND m.allowed_at IS NOT NULL AND (t.committed <"
        "   CASE WHEN m.is_withdrawn THEN m.spent ELSE m.impressions END)"
        " UNION ALL SELECT s.id FROM device_slot s JOIN device d ON d.id = s.device_id WHERE d.ending = 'lost'"
        "   AND NOT EXISTS (SELECT FROM seal_alarm a JOIN incident i ON i.id = a.incident_id WHERE a.kind = 'lost'"
        "     AND i.seal_id = s.seal_id)",
        "UPDATE machine_use SET impressions = impressions + 1",
    ),
    # No code before the receipt of the one before, and what a receipt says stands, or people look into its count.
    Promise(
        "T16",
        "SELECT m.device_id FROM machine_use m WHERE m.minutes > 0 AND m.receipt_used IS NULL AND m.refused = ''"
        "   AND m.unheard_at IS NULL GROUP BY m.device_id HAVING count(*) > 1"
        " UNION ALL SELECT m.id FROM machine_use m JOIN hand_turn t ON t.id = m.turn_id JOIN hand_use u"
        "   ON u.id = t.use_id WHERE m.receipt_used > m.impressions OR m.receipt_used IS NOT NULL AND (m.minutes = 0"
        "   OR m.closed_at IS NULL OR t.committed < m.receipt_used AND NOT EXISTS (SELECT FROM seal_alarm a JOIN"
        "     incident i ON i.id = a.incident_id WHERE a.kind = 'counter-gap' AND i.seal_id = u.seal_id))",
        "UPDATE machine_use SET receipt_used = 1",
    ),
    # Whoever agrees to an impression may approve, neither applied nor stamps, and saw a picture of it.
    Promise(
        "T25",
        "SELECT c.id FROM machine_confirmation c JOIN machine_use m ON m.id = c.use_id JOIN hand_turn t"
        "   ON t.id = m.turn_id JOIN hand_use u ON u.id = t.use_id JOIN permit p ON p.id = u.permit_id"
        " WHERE c.by_id IN (u.operator_id, p.applicant_id) OR m.mode <> 'confirmed' OR c.impression > m.number"
        "   OR num_nonnulls(c.done_at, c.refused) > 1 OR NOT EXISTS (SELECT FROM held h WHERE h.person_id = c.by_id"
        "     AND h.power = 'approve' AND h.since <= c.at AND h.until >= c.at) OR NOT EXISTS (SELECT FROM"
        "     device_picture x WHERE x.use_id = m.id AND x.impression = c.impression AND x.sha256 = c.picture_sha256)",
        "INSERT INTO machine_confirmation (uid, use_id, impression, by_id, at, picture_sha256) SELECT 'x', m.id, 1,"
        " u.operator_id, now(), '\\x00' FROM machine_use m JOIN hand_turn t ON t.id = m.turn_id JOIN hand_use u"
        " ON u.id = t.use_id",
    ),
    # An emergency is short and small, reviewed by another, and the only one that was not.
    Promise(
        "T25",
        "SELECT m.device_id FROM machine_use m WHERE m.mode = 'emergency' AND m.reviewed_at IS NULL AND m.refused = ''"
        "   GROUP BY m.device_id HAVING count(*) > 1"
        " UNION ALL SELECT m.id FROM machine_use m JOIN hand_turn t ON t.id = m.turn_id JOIN hand_use u"
        "   ON u.id = t.use_id JOIN permit p ON p.id = u.permit_id WHERE m.mode = 'emergency' AND (m.impressions > 10"
        "   OR m.closes_at > t.reserved_at + interval '2 hours'"
        "   OR m.reviewed_by_id IN (u.operator_id, p.applicant_id))",
        "UPDATE machine_use SET mode = 'emergency'",
    ),
)
OUTSIDE: Final = (
    # Outside by one trip at a time, given and taken back by whoever kept it then, who is neither of the two who go.
    Promise(
        "T15",
        "SELECT t.seal_id FROM take_out t WHERE t.stage IN ('out', 'brought') GROUP BY t.seal_id HAVING count(*) > 1"
        " UNION ALL SELECT t.seal_id FROM take_out t, LATERAL (VALUES (t.given_by_id, t.given_at),"
        "   (t.taken_by_id, t.taken_at)) w (person, at) WHERE w.person IS NOT NULL AND (w.person IN"
        "   (t.bearer_id, t.companion_id) OR NOT EXISTS (SELECT FROM custody c WHERE c.seal_id = t.seal_id"
        "     AND c.keeper_id = w.person AND c.since <= w.at AND coalesce(c.until, 'infinity') >= w.at))",
        "UPDATE take_out SET given_by_id = bearer_id",
    ),
    # No further than its permit says, and what was said beyond it is an incident.
    Promise(
        "T15",
        "SELECT t.id FROM take_out t JOIN permit p ON p.id = t.permit_id WHERE t.fence_metres >"
        "   (p.terms #>> '{fence,metres}')::int OR p.terms ? 'fence' AND t.fence_metres IS NULL"
        " UNION ALL SELECT t.id FROM place_report r JOIN take_out t ON t.id = r.take_out_id"
        "   WHERE r.has_arrived AND r.metres_off > t.fence_metres + r.accuracy_metres AND NOT EXISTS"
        "     (SELECT FROM seal_alarm a JOIN incident i ON i.id = a.incident_id WHERE a.kind = 'place'"
        "      AND i.seal_id = t.seal_id)",
        "UPDATE take_out SET fence_metres = 9000 WHERE fence_metres IS NOT NULL",
    ),
    # What waited is of one thing and was done before it came; what two say together came within a quarter of an hour.
    Promise(
        "T25",
        "SELECT id FROM late_act WHERE (permit_id IS NULL) = (take_id IS NULL) OR done_at >= at"
        "   OR act IN ('confirm', 'give', 'receive') AND at - done_at > interval '15 minutes'",
        "UPDATE late_act SET done_at = at WHERE true",
    ),
    # What is used outside is stamped while it is there.
    Promise(
        "T25",
        f"{_A_TURN} JOIN take_out o ON o.permit_id = p.id WHERE o.received_at IS NULL OR t.reserved_at < o.received_at"
        " OR t.reserved_at > coalesce(o.brought_at, 'infinity')",
        "UPDATE take_out SET received_at = 'infinity'",
    ),
    # Counted by another than its keeper, or with a witness; each seal has its finding, and each difference an alarm.
    Promise(
        "T27",
        "SELECT l.id FROM stock_line l JOIN stock_take s ON s.id = l.take_id WHERE l.seen_by_id = l.keeper_id"
        "   AND l.witness_id IS NULL OR l.witness_id = l.keeper_id OR s.count = 'ended' AND (l.finding = ''"
        "   OR l.finding = 'in-place' AND l.seen_at IS NULL OR l.finding IN ('wrong-place', 'unrecorded', 'unexpected',"
        "   'not-found') AND NOT EXISTS (SELECT FROM seal_alarm a WHERE a.cause = 'stock-line ' || l.id))",
        "UPDATE stock_line SET finding = ''",
    ),
)
IN_MACHINES: Final = (
    # What a machine stamps with, or is to, is in nobody's hand.
    Promise(
        "T15",
        "SELECT u.id FROM hand_use u WHERE u.how = 'by-hand' AND u.keeper_at IS NOT NULL AND u.returned_at IS NULL"
        " AND EXISTS (SELECT FROM device d WHERE d.kind <> 'cabinet' AND (EXISTS (SELECT FROM device_slot s"
        "     WHERE s.seal_id = u.seal_id AND s.device_id = d.id) OR EXISTS (SELECT FROM device_mounting m"
        "     WHERE m.seal_id = u.seal_id AND m.device_id = d.id AND m.is_agreed AND m.done_at IS NULL)))",
        "WITH hand AS (UPDATE hand_use SET returned_at = NULL WHERE how = 'by-hand' AND keeper_at IS NOT NULL"
        "   RETURNING seal_id) INSERT INTO device_slot (device_id, number, seal_id)"
        " SELECT min(d.id), 99, min(hand.seal_id) FROM device d, hand",
    ),
)
BY_CATEGORY: Final = (
    # As many are drawn as have to be seen, of those that stand, after both have counted; each by a page of its turn.
    Promise(
        "T28",
        "SELECT t.id FROM hand_turn t WHERE t.is_sampled AND (t.settled_at IS NULL OR t.counted IS NULL"
        "   OR t.to_show <> (SELECT count(*) FROM hand_sample s WHERE s.turn_id = t.id))"
        " UNION ALL SELECT s.id FROM hand_sample s JOIN hand_turn t ON t.id = s.turn_id"
        "   LEFT JOIN hand_photograph g ON g.id = s.photograph_id"
        "   WHERE NOT t.is_sampled OR s.number NOT BETWEEN 1 AND t.committed OR g.turn_id <> s.turn_id",
        "UPDATE hand_sample SET number = 1000",
    ),
    # One for each that stands, without a gap, by two approvers, of what does not bind.
    Promise(
        "T29",
        "SELECT p.id FROM permit p LEFT JOIN LATERAL (SELECT count(*) AS n, max(b.number) AS last FROM hand_blank b"
        "     WHERE b.permit_id = p.id) numbered ON true"
        "   LEFT JOIN LATERAL (SELECT coalesce(sum(t.committed), 0) AS n FROM hand_turn t JOIN hand_use u"
        "     ON u.id = t.use_id WHERE u.permit_id = p.id) stand ON true"
        " WHERE (p.terms ? 'blanks' OR numbered.n > 0) AND (numbered.n <> coalesce(numbered.last, 0)"
        "   OR numbered.n <> stand.n OR numbered.n > (p.terms #>> '{blanks,most}')::int"
        "   OR p.terms #>> '{blanks,class}' IN ('guarantee', 'contract', 'letter-of-authority')"
        "   OR 2 > (SELECT count(*) FROM permit_part q WHERE q.permit_id = p.id AND q.part = 'approver'))",
        "DELETE FROM hand_blank WHERE number = 1",
    ),
    # Used by whoever stamped it, with a page of its turn; or back with who kept the seal then, and who is another.
    Promise(
        "T29",
        "SELECT b.id FROM hand_blank b JOIN hand_turn t ON t.id = b.turn_id JOIN hand_use u ON u.id = t.use_id"
        " LEFT JOIN hand_photograph g ON g.id = b.photograph_id WHERE b.became = 'used' AND (b.said_by_id <>"
        "   u.operator_id OR g.turn_id IS DISTINCT FROM t.id) OR b.became = 'returned' AND (b.said_by_id IN"
        "   (u.operator_id, u.supervisor_id) OR NOT EXISTS (SELECT FROM custody c WHERE c.seal_id = u.seal_id"
        "   AND c.keeper_id = b.said_by_id AND c.since <= b.said_at AND coalesce(c.until, 'infinity') >= b.said_at))",
        "UPDATE hand_blank b SET said_by_id = h.id FROM person h WHERE h.login = 'he' AND b.became <> 'out'",
    ),
)
# fmt: on
FURTHER: Final = (*LATE, *WHOLE, *MORE, *BY_HAND, *BY_MACHINE, *OUTSIDE, *IN_MACHINES, *BY_CATEGORY)
