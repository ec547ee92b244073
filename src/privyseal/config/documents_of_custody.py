"""Tables of the documents about rubber seals: whose hands they go through, where they belong, what is watched."""

from collections.abc import Callable, Mapping
from typing import Final

from privyseal.config.markdown import code, table
from privyseal.config.reasons import reasons
from privyseal.custody import rules as by_hand
from privyseal.custody.rules import (
    alarms,
    blanks,
    late,
    leaving,
    photographs,
    places,
    spoiled,
    stock,
    takeout,
)
from privyseal.devices import rules as devices
from privyseal.seals.rules import incidents


def _hands_apart() -> str:
    rows = zip(by_hand.HANDS_APART, reasons(by_hand, "HANDS_APART"), strict=True)
    return table(("one", "other", "why"), [(*(code(hand) for hand in sorted(row)), why) for row, why in rows])


def _hand_words() -> str:
    rows = [*zip(by_hand.WORDS, reasons(by_hand, "WORDS"), strict=True)]
    rows += zip(by_hand.WORDS_OF_MACHINES, reasons(by_hand, "WORDS_OF_MACHINES"), strict=True)
    cells = [(code(row.how), code(row.says), ", ".join(code(hand) for hand in row.by), why) for row, why in rows]
    return table(("how", "said", "by", "why"), cells)


def _hand_steps() -> str:
    rows = zip(by_hand.STEPS, reasons(by_hand, "STEPS"), strict=True)
    return table(
        ("from", "said", "to", "why"), [(code(row.start), code(row.says), code(row.end), why) for row, why in rows]
    )


def _measures() -> str:
    rows = zip(photographs.MEASURES, reasons(photographs, "MEASURES"), strict=True)
    cells = [(code(row.asked), str(row.every or "none"), str(row.least), why) for row, why in rows]
    return table(("asked", "one in", "at least", "why"), cells)


def _spoils() -> str:
    rows = zip(spoiled.SPOILS, reasons(spoiled, "SPOILS"), strict=True)
    cells = [(code(row.spoil), code(row.by), ", ".join(code(phase) for phase in row.phases), why) for row, why in rows]
    return table(("said", "by", "of what is", "why"), cells)


def _blank_words() -> str:
    rows = zip(blanks.BLANK_WORDS, reasons(blanks, "BLANK_WORDS"), strict=True)
    cells = [(code(row.became), code(row.by), "photograph" if row.takes_photo else "word", why) for row, why in rows]
    return table(("became", "by", "with", "why"), cells)


def _held_up() -> str:
    rows = zip(photographs.HELD_UP, reasons(photographs, "HELD_UP"), strict=True)
    return table(("purpose", "why"), [(code(purpose), why) for purpose, why in rows])


def _seal_answers() -> str:
    rows = zip(places.ANSWERS, reasons(places, "ANSWERS"), strict=True)
    return table(("where", "who answers", "why"), [(code(row.where), row.who, why) for row, why in rows])


def _may_place() -> str:
    rows = zip(places.MAY_PLACE, reasons(places, "MAY_PLACE"), strict=True)
    return table(("power", "why"), [(code(power), why) for power, why in rows])


def _take_out_moves() -> str:
    rows = zip(takeout.MOVES, reasons(takeout, "MOVES"), strict=True)
    cells = [
        (code(row.start), code(row.act), code(row.end), code(row.by), "photograph" if row.takes_photo else "word", why)
        for row, why in rows
    ]
    return table(("from", "word", "to", "by", "with", "why"), cells)


def _take_out_clocks() -> str:
    rows = zip(takeout.CLOCKS, reasons(takeout, "CLOCKS"), strict=True)
    return table(("said", "when", "why"), [(code(row.late), row.threshold, why) for row, why in rows])


def _may_wait() -> str:
    rows = zip(late.MAY_WAIT, reasons(late, "MAY_WAIT"), strict=True)
    cells = [
        (code(row.act), f"{row.at_most.seconds // 60} minutes" if row.at_most else "any", why) for row, why in rows
    ]
    return table(("act", "at most", "why"), cells)


def _alarms() -> str:
    rows = zip(alarms.WATCHED, reasons(alarms, "WATCHED"), strict=True)
    return table(("alarm", "becomes", "why"), [(code(row.kind), code(row.incident), why) for row, why in rows])


def _may_open_stock_take() -> str:
    rows = zip(stock.MAY_OPEN, reasons(stock, "MAY_OPEN"), strict=True)
    return table(("power", "why"), [(code(power), why) for power, why in rows])


def _stock_take_moves() -> str:
    rows = zip(stock.MOVES, reasons(stock, "MOVES"), strict=True)
    cells = [(code(row.start), code(row.step), code(row.end), code(row.by), why) for row, why in rows]
    return table(("from", "step", "to", "by", "why"), cells)


def _stock_take_follows() -> str:
    rows = zip(stock.FOLLOWS, reasons(stock, "FOLLOWS"), strict=True)
    cells = [(code(row.finding), code(row.alarm) if row.alarm else "", why) for row, why in rows]
    return table(("found", "alarm", "why"), cells)


def _left_behind() -> str:
    rows = zip(leaving.LEFT_BEHIND, reasons(leaving, "LEFT_BEHIND"), strict=True)
    return table(("left", "becomes", "why"), [(code(row.left), code(row.becomes), why) for row, why in rows])


def _seal_in_hand() -> str:
    rows = zip(incidents.IN_HAND, reasons(incidents, "IN_HAND"), strict=True)
    return table(("who", "why"), [(code(tie), why) for tie, why in rows])


def _may_device() -> str:
    rows = zip(devices.MAY, reasons(devices, "MAY"), strict=True)
    cells = [(code(row.act), ", ".join(map(code, row.by)), ", ".join(map(code, row.start)), why) for row, why in rows]
    return table(("act", "by", "of a machine that is", "why"), cells)


def _alarming() -> str:
    rows = zip(devices.ALARMING, reasons(devices, "ALARMING"), strict=True)
    return table(("event", "why"), [(code(told), why) for told, why in rows])


def _cabinet_tells() -> str:
    rows = zip(devices.WENT, reasons(devices, "WENT"), strict=True)
    return table(
        ("a seal that is", "told", "is then", "why"),
        [(code(row.start), code(row.told), code(row.end), why) for row, why in rows],
    )


def _ties_to_device() -> str:
    rows = zip(devices.TIES, reasons(devices, "TIES"), strict=True)
    return table(("power", "is", "why"), [(code(power), code(tie), why) for (power, tie), why in rows])


PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "hands-apart": _hands_apart,
    "hand-words": _hand_words,
    "hand-steps": _hand_steps,
    "measures": _measures,
    "spoils": _spoils,
    "blank-words": _blank_words,
    "photographs-hold-up": _held_up,
    "seal-answers": _seal_answers,
    "may-place": _may_place,
    "take-out-moves": _take_out_moves,
    "take-out-clocks": _take_out_clocks,
    "may-open-stock-take": _may_open_stock_take,
    "stock-take-moves": _stock_take_moves,
    "stock-take-follows": _stock_take_follows,
    "alarms": _alarms,
    "seal-in-hand": _seal_in_hand,
    "left-behind": _left_behind,
    "may-wait": _may_wait,
    "may-device": _may_device,
    "ties-to-device": _ties_to_device,
    "alarming": _alarming,
    "cabinet-tells": _cabinet_tells,
}
