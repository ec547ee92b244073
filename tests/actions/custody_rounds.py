"""Rounds of a race about rubber seals: who has one, what was stamped with it, and that a loss stops all of it."""

from functools import partial
from typing import Final

from privyseal.approvals import actions as approvals
from privyseal.approvals.papers import Papers
from privyseal.approvals.rules import Step
from privyseal.approvals.wishes import LineWish
from privyseal.custody import actions as custody
from privyseal.custody.models import HandUse, SealPlace, Slot, Store, Turn
from privyseal.custody.rules import Ending, Hand
from privyseal.pdf.placement import Placement
from privyseal.seals import actions as seals
from privyseal.seals.models import Attestation, Custody, Permit, PermitPart, Seal
from privyseal.seals.rules import Act as SealAct
from privyseal.seals.rules import Role, SealKind
from privyseal.signer.statement import Purpose
from tests.actions.rounds import Act, Race, Ring
from tests.conftest import apply, digest_shown

_GONE: Final = seals.Report(account="下班清点时不在")
_FOUR: Final = 4
_PLACES: Final = (Placement(1, 150_000, 60_000),)


def rubber(ring: Ring, number: int) -> Seal:
    """Enter a rubber seal in force, kept by gu."""
    seal = ring.seal(number, of=SealKind.PHYSICAL)
    Custody.objects.create(seal=seal, keeper=ring.people["gu"], since=ring.at)
    return seal


def paper(ring: Ring, seal: Seal) -> Permit:
    """Let wang stamp four impressions while ke watches."""
    permit = ring.permit(seal, impressions=_FOUR)
    PermitPart.objects.create(permit=permit, person=ring.people["ke"], part=PermitPart.Part.WITNESS)
    return permit


def _asked(ring: Ring, permit: Permit) -> str:
    return custody.begin_use(ring.people["wang"], ring.at, permit_uid=permit.uid)


def _confirm(ring: Ring, use: str, hand: Hand) -> Act:
    person = ring.people["gu" if hand is Hand.KEEPER else "ke"]
    return partial(custody.confirm_use, person, ring.at, use_uid=use, hand=hand)


def _out(ring: Ring, permit: Permit) -> str:
    use = _asked(ring, permit)
    for hand in (Hand.KEEPER, Hand.SUPERVISOR):
        _confirm(ring, use, hand)()
    return use


def _reserve(ring: Ring, use: str, impressions: int) -> Act:
    line = HandUse.objects.get(uid=use).permit.lines.order_by("pk")[0].pk
    return partial(custody.reserve, ring.people["wang"], ring.at, use_uid=use, line_id=line, impressions=impressions)


def _made(ring: Ring, use: str, impressions: int) -> str:
    """Have so many taken and made; return the turn, which ke has yet to count."""
    turn = str(_reserve(ring, use, impressions)())
    custody.fire(ring.people["wang"], ring.at, turn_uid=turn, made=impressions)
    return turn


def _stamped(ring: Ring, use: str, impressions: int) -> str:
    turn = _made(ring, use, impressions)
    return custody.commit(ring.people["ke"], ring.at, turn_uid=turn, counted=impressions)


def _page(ring: Ring, turn: str) -> str:
    digest = f"{Turn.objects.get(uid=turn).pk:064x}"
    kept = custody.Kept(sha256=digest, small_sha256=digest, kind="image/jpeg", size=1)
    return custody.enter_photograph(ring.people["wang"], ring.at, turn_uid=turn, kept=kept, impressions=1)


def _lose(ring: Ring, seal: Seal, by: str = "zhao") -> Act:
    return partial(custody.report_seal, ring.people[by], ring.at, seal_uid=seal.uid, act=SealAct.LOSE, said=_GONE)


def giving_out_against_loss(ring: Ring, number: int) -> list[Act]:
    """The keeper gives a seal out, or impressions are taken with it; its manager reports it lost."""
    seal = rubber(ring, number)
    permit = paper(ring, seal)
    if number % 2:
        return [_reserve(ring, _out(ring, permit), 2), _lose(ring, seal)]
    use = _asked(ring, permit)
    _confirm(ring, use, Hand.SUPERVISOR)()
    return [_confirm(ring, use, Hand.KEEPER), _lose(ring, seal)]


def counting_against_loss(ring: Ring, number: int) -> list[Act]:
    """Fewer are counted than were made, or the seal is put where it does not belong; its manager reports it lost."""
    seal = rubber(ring, number)
    use = _out(ring, paper(ring, seal))
    if number % 2:
        _stamped(ring, use, 1)
        custody.end_use(ring.people["wang"], ring.at, use_uid=use, ending=Ending.PAUSE)
        other = _slot(ring, 2 * number).called()
        SealPlace.objects.create(seal=seal, company=ring.company, belongs=_slot(ring, 2 * number + 1), since=ring.at)
        return [partial(custody.put_back, ring.people["gu"], ring.at, use_uid=use, place=other), _lose(ring, seal)]
    turn = _made(ring, use, 3)
    count = partial(custody.commit, ring.people["ke"], ring.at, turn_uid=turn, counted=2, reason="少一份")
    return [count, _lose(ring, seal)]


def two_uses_of_one_seal(ring: Ring, number: int) -> list[Act]:
    """By two permits one seal is asked for, and its keeper gives it out for both at once."""
    seal = rubber(ring, number)
    uses = [_asked(ring, paper(ring, seal)), _asked(ring, _by_another(ring, seal))]
    return [_confirm(ring, use, Hand.KEEPER) for use in uses]


def _by_another(ring: Ring, seal: Seal) -> Permit:
    permit = ring.permit(seal, application="another")
    PermitPart.objects.create(permit=permit, person=ring.people["ke"], part=PermitPart.Part.WITNESS)
    return permit


def two_seals_into_one_slot(ring: Ring, number: int) -> list[Act]:
    """Two seals that belong elsewhere are put into one slot at once."""
    acts: list[Act] = []
    slot = _slot(ring, 9 * number)
    for each in (1, 2):
        seal = rubber(ring, 9 * number + each)
        SealPlace.objects.create(seal=seal, company=ring.company, belongs=_slot(ring, 9 * number + each), since=ring.at)
        use = _out(ring, paper(ring, seal))
        custody.end_use(ring.people["wang"], ring.at, use_uid=use, ending=Ending.PAUSE)
        acts.append(partial(custody.put_back, ring.people["gu"], ring.at, use_uid=use, place=slot.called()))
    return acts


def handing_over_against_loss(ring: Ring, number: int) -> list[Act]:
    """The last word of a hand-over is said; whoever kept the seal so far reports it lost."""
    seal = rubber(ring, number)
    permit = ring.permit(seal, Purpose.HAND_OVER, applicant=ring.people["zhao"])
    for login, part in (("ke", PermitPart.Part.RECEIVER), ("ma", PermitPart.Part.WITNESS)):
        PermitPart.objects.create(permit=permit, person=ring.people[login], part=part)
    for login, role in (("gu", Role.GIVER), ("ke", Role.RECEIVER)):
        Attestation.objects.create(permit=permit, person=ring.people[login], role=role.value, at=ring.at)
    word = partial(seals.attest, ring.people["ma"], ring.at, permit_uid=permit.uid, role=Role.WITNESS)
    return [word, _lose(ring, seal, by="gu" if number % 2 else "zhao")]


def spoiling_against_the_end(ring: Ring, number: int) -> list[Act]:
    """A page is called spoiled, or handed in, while the use ends: by its operator, or by time alone."""
    use = _out(ring, paper(ring, rubber(ring, number)))
    turn = _stamped(ring, use, 2)
    spoil = partial(
        custody.spoil, ring.people["wang"], ring.at, photograph_uid=_page(ring, turn), impressions=1, reason="模糊"
    )
    end = partial(custody.end_use, ring.people["ke"], ring.at, use_uid=use, ending=Ending.EARLY, reason="不再需要")
    if number % 2:
        page = spoil()
        return [partial(custody.take_in, ring.people["gu"], ring.at, photograph_uid=page), end]
    return [spoil, end]


def spoiling_against_the_last(ring: Ring, number: int) -> list[Act]:
    """A page of the first turn is called spoiled while the count of the last is given, which ends the use."""
    use = _out(ring, paper(ring, rubber(ring, number)))
    first, page = _stamped(ring, use, 3), ""
    page = _page(ring, first)
    if number % 2:
        custody.spoil(ring.people["wang"], ring.at, photograph_uid=page, impressions=1, reason="模糊")
    spoil: Act = partial(custody.spoil, ring.people["wang"], ring.at, photograph_uid=page, impressions=1, reason="模糊")
    take_in: Act = partial(custody.take_in, ring.people["gu"], ring.at, photograph_uid=page)
    last = _made(ring, use, 1)
    return [
        take_in if number % 2 else spoil,
        partial(custody.commit, ring.people["ke"], ring.at, turn_uid=last, counted=1),
    ]


def two_counts_of_one_place(ring: Ring, number: int) -> list[Act]:
    """Two have one cabinet counted at once; or both its counter and its manager end the one that runs."""
    seal, slot = rubber(ring, number), _slot(ring, number)
    SealPlace.objects.create(seal=seal, company=ring.company, belongs=slot, lies=slot, since=ring.at)
    opened = partial(
        custody.open_stock_take, ring.people["zhao"], ring.at, company_uid=ring.company.uid, store_uid=slot.store.uid
    )
    if number % 2 == 0:
        return [partial(opened, counter_pseudonym=_named(ring, login)) for login in ("wang", "ma")]
    take = opened(counter_pseudonym=_named(ring, "wang"))
    end = partial(custody.end_stock_take, ring.people["wang"], ring.at, take_uid=take)
    return [end, end, _lose(ring, seal)]


def two_losses_of_one_act(ring: Ring, number: int) -> list[Act]:
    """Two seals that were to stand on one document are reported lost at once: each ends what rests on both."""
    pair = [ring.seal(2 * number + each) for each in (0, 1)]
    for seal in pair[:: 1 if number % 2 else -1]:
        ring.permit(seal, application=f"both {number}")
    return [_lose(ring, seal, by="sun") for seal in pair]


def take_out_against_loss(ring: Ring, number: int) -> list[Act]:
    """A seal is approved to leave the house; its keeper reports it lost."""
    seal, wang, li = rubber(ring, number), ring.people["wang"], ring.people["li"]
    line = LineWish(seal.uid, ring.documents[0], "nobody", _PLACES)
    papers = Papers(supervisor_pseudonym=_named(ring, "ke"), off_site="上海对方公司")
    uid = apply(wang, ring.at, seal, ring.documents[0], lines=(line,), papers=papers)
    shown = digest_shown(uid)
    yes = partial(approvals.vote, li, ring.at, application_uid=uid, step=Step.APPROVE, shown_sha256=shown)
    return [yes, _lose(ring, seal, by="gu")]


def two_trips_at_one_time(ring: Ring, number: int) -> list[Act]:
    """Two applications for one seal and the same days are approved at once."""
    seal, wang, li = rubber(ring, number), ring.people["wang"], ring.people["li"]
    acts: list[Act] = []
    for place in ("上海对方公司", "广州对方公司"):
        line = LineWish(seal.uid, ring.documents[0], "nobody", _PLACES)
        papers = Papers(supervisor_pseudonym=_named(ring, "ke"), off_site=place)
        uid = apply(wang, ring.at, seal, ring.documents[0], lines=(line,), papers=papers)
        shown = digest_shown(uid)
        acts.append(partial(approvals.vote, li, ring.at, application_uid=uid, step=Step.APPROVE, shown_sha256=shown))
    return acts


def _named(ring: Ring, login: str) -> str:
    return ring.people[login].pseudonym


def _slot(ring: Ring, number: int) -> Slot:
    said = {"company": ring.company, "kind": "cabinet", "columns": 1, "made_by": ring.people["zhao"]}
    store = Store.objects.create(name=f"{number}号柜", made_at=ring.at, **said)
    return Slot.objects.create(store=store, number=1, label="A1")


# A fact is numbered when it is written, which is after whoever writes it has the lock.
_AFTER_LOSS: Final = """
    SELECT s.uid FROM seal s JOIN ledger_fact lost ON lost.kind = 'seal.lost'
    AND lost.subjects @> ARRAY[ledger_key('seal:' || s.uid)]
    JOIN ledger_fact f ON f.id > lost.id AND f.subjects @> ARRAY[ledger_key('seal:' || s.uid)]
    AND f.kind IN ('hand.confirmed', 'hand.reserved', 'seal.active', 'take-out.given')
"""
_KEPT_BY_ONE: Final = """
    SELECT s.uid FROM seal s WHERE s.kind = 'physical'
    AND 1 <> (SELECT count(*) FROM custody c WHERE c.seal_id = s.id AND c.until IS NULL)
"""
# What was allowed and not yet used when a seal was lost is allowed no more; what is approved later finds no seal.
_LOST: Final = f"""
    {_AFTER_LOSS} UNION ALL {_KEPT_BY_ONE}
    UNION ALL SELECT s.uid FROM seal s WHERE s.kind = 'physical' AND (s.state <> 'lost'
    OR 1 <> (SELECT count(*) FROM incident i WHERE i.seal_id = s.id AND i.kind = 'loss'))
    UNION ALL SELECT encode(p.uid, 'hex') FROM permit p JOIN seal s ON s.id = p.seal_id AND s.state = 'lost'
    WHERE p.used < p.impressions AND p.revoked_at IS NULL AND NOT EXISTS (SELECT FROM ledger_fact issued
    JOIN ledger_fact lost ON lost.id < issued.id AND lost.kind = 'seal.lost'
    AND lost.subjects @> ARRAY[ledger_key('seal:' || s.uid)] WHERE issued.kind = 'permit.issued'
    AND issued.subjects @> ARRAY[ledger_key('permit:' || encode(p.uid, 'hex'))])
"""
# What is off a permit is what its turns took and pages did not give back; what the register has is what stands, and of
# what it has nothing is called spoiled any more.
_COUNTED: Final = """
    SELECT encode(p.uid, 'hex') FROM permit p WHERE p.purpose = 'use' AND (p.used > p.impressions OR p.used <>
    (SELECT coalesce(sum(t.reserved - t.released), 0) FROM hand_turn t JOIN hand_use u ON u.id = t.use_id
      WHERE u.permit_id = p.id) - (SELECT coalesce(sum(x.anew), 0) FROM hand_spoiled x JOIN hand_turn t
      ON t.id = x.turn_id JOIN hand_use u ON u.id = t.use_id WHERE u.permit_id = p.id))
    UNION ALL SELECT u.uid FROM hand_use u JOIN hand_turn t ON t.use_id = u.id AND u.ended_at IS NOT NULL
    LEFT JOIN use_entry e ON e.line_id = t.line_id GROUP BY u.uid, e.line_id, e.impressions
    HAVING bool_or(t.settled_at IS NULL) OR e.impressions <> sum(t.committed)
    UNION ALL SELECT encode(p.uid, 'hex') FROM permit p JOIN ledger_fact entered ON entered.kind = 'hand.entered'
    AND entered.subjects @> ARRAY[ledger_key('permit:' || encode(p.uid, 'hex'))]
    JOIN ledger_fact said ON said.kind = 'hand.spoiled' AND said.id > entered.id
    AND said.subjects @> ARRAY[ledger_key('permit:' || encode(p.uid, 'hex'))]
"""
RACES: Final = (
    Race(
        "giving-out-against-loss",
        giving_out_against_loss,
        _LOST,
        "SELECT count(*) FROM hand_use u WHERE u.keeper_at IS NOT NULL"
        " AND (u.id % 2 = 1 OR EXISTS (SELECT FROM hand_turn t WHERE t.use_id = u.id))",
    ),
    Race(
        "counting-against-loss",
        counting_against_loss,
        f"{_LOST} UNION ALL {_COUNTED}",
        """SELECT count(*) FROM incident i JOIN incident lost ON lost.seal_id = i.seal_id AND lost.kind = 'loss'
        AND lost.id > i.id WHERE i.kind <> 'loss'""",
    ),
    Race(
        "two-uses-of-one-seal",
        two_uses_of_one_seal,
        """SELECT s.uid FROM seal s WHERE s.kind = 'physical' AND 1 <> (SELECT count(*) FROM hand_use u
        WHERE u.seal_id = s.id AND u.keeper_at IS NOT NULL)""",
        "SELECT count(*) FROM hand_use u JOIN permit p ON p.id = u.permit_id AND p.impressions = 4"
        " WHERE u.keeper_at IS NOT NULL",
    ),
    Race(
        "two-seals-into-one-slot",
        two_seals_into_one_slot,
        """SELECT l.label FROM seal_slot l LEFT JOIN seal_place p ON p.lies_id = l.id WHERE 1 < (SELECT count(*)
        FROM seal_place o WHERE o.lies_id = l.id) UNION ALL SELECT 'none or both' FROM seal_place p
        HAVING 2 * count(p.lies_id) <> count(*)""",
        "SELECT count(*) FROM seal_place p JOIN hand_use u ON u.seal_id = p.seal_id AND u.id % 2 = 1"
        " WHERE p.lies_id IS NOT NULL",
    ),
    Race(
        "handing-over-against-loss",
        handing_over_against_loss,
        _LOST,
        "SELECT count(*) FROM custody WHERE permit_id IS NOT NULL",
    ),
    Race(
        "spoiling-against-the-end",
        spoiling_against_the_end,
        f"""{_COUNTED} UNION ALL SELECT u.uid FROM hand_use u WHERE u.ending <> 'early'
        UNION ALL SELECT x.reason FROM hand_spoiled x WHERE x.anew > x.impressions""",
        "SELECT count(*) FROM hand_spoiled WHERE taken_in_at IS NULL OR anew = 1",
    ),
    Race(
        "spoiling-against-the-last",
        spoiling_against_the_last,
        f"""{_COUNTED} UNION ALL SELECT u.uid FROM hand_use u JOIN permit p ON p.id = u.permit_id
        WHERE (u.ended_at IS NULL) <> (p.used < p.impressions OR EXISTS (SELECT FROM hand_spoiled x
        JOIN hand_turn t ON t.id = x.turn_id WHERE t.use_id = u.id AND x.taken_in_at IS NULL))""",
        "SELECT count(*) FROM hand_spoiled WHERE taken_in_at IS NULL OR anew = 1",
    ),
    Race(
        "two-counts-of-one-place",
        two_counts_of_one_place,
        """SELECT s.uid FROM seal_store s WHERE 1 <> (SELECT count(*) FROM stock_take t WHERE t.store_id = s.id)
        UNION ALL SELECT t.uid FROM stock_take t WHERE t.count = 'ended' AND 1 <> (SELECT count(*) FROM seal_alarm a
        JOIN stock_line l ON a.cause = 'stock-line ' || l.id WHERE l.take_id = t.id AND l.finding = 'not-found')
        AND EXISTS (SELECT FROM stock_line l WHERE l.take_id = t.id AND l.finding = 'not-found')
        UNION ALL SELECT t.uid FROM stock_take t WHERE t.count = 'ended' AND 1 <> (SELECT count(*) FROM ledger_fact f
        WHERE f.kind = 'stock.ended' AND ledger_text(f.body)::jsonb #>> '{data,stock_take}' = t.uid)""",
        "SELECT count(*) FROM stock_take t JOIN person p ON p.id = t.counter_id AND p.login = 'wang'"
        " WHERE t.ended_at IS NULL",
    ),
    Race(
        "two-losses-of-one-act",
        two_losses_of_one_act,
        """SELECT encode(p.uid, 'hex') FROM permit p WHERE p.revoked_at IS NULL
        UNION ALL SELECT s.uid FROM seal s WHERE s.state <> 'lost'""",
        """SELECT count(*) FROM ledger_fact f JOIN seal s ON f.kind = 'seal.lost'
        AND f.subjects @> ARRAY[ledger_key('seal:' || s.uid)] JOIN seal o ON o.place = s.place + 1 AND s.place % 2 = 1
        JOIN ledger_fact g ON g.kind = 'seal.lost' AND g.subjects @> ARRAY[ledger_key('seal:' || o.uid)]
        WHERE f.id < g.id""",
    ),
    Race(
        "take-out-against-loss",
        take_out_against_loss,
        _LOST,
        "SELECT count(*) FROM take_out t JOIN permit p ON p.id = t.permit_id WHERE p.revoked_at IS NOT NULL",
    ),
    Race(
        "two-trips-at-one-time",
        two_trips_at_one_time,
        """SELECT s.uid FROM seal s WHERE s.kind = 'physical' AND 1 <> (SELECT count(*) FROM take_out t
        WHERE t.seal_id = s.id)""",
        "SELECT count(*) FROM take_out WHERE place = '上海对方公司'",
    ),
)
