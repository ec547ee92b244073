"""What is made of generated photographs of which it is known what they show: counted, for docs/engine.md.

``python -m tests.engine.sights [ROUNDS]`` prints the table.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

import cv2

from privyseal.paper.differing import COMPARE_DPI
from privyseal.paper.match import match
from privyseal.paper.points import PAGE_DPI, points_of_page
from privyseal.paper.verdict import Box, Mark, Seen, Sight
from tests.photographed import ADDITIONS, DISTORTIONS, Change, agreement, printed, words_of

PAGES: Final = 6
_LONG: Final = 30
_LINE: Final = 1_000 * 20 / 841.89
_TOP: Final = 1_000 * (1 - 785 / 841.89)


class Made(StrEnum):
    """What was done to the paper after the document was approved, if anything."""

    NOTHING = "nothing"
    DIGIT = "one digit"
    WORD = "one character"
    CLAUSE = "two characters left out"
    SWAPPED = "page of another agreement"


@dataclass(frozen=True, slots=True)
class Case:
    distortion: str
    made: Made
    page: int
    line: int | None
    seen: Seen

    @property
    def is_right(self) -> bool:
        """Whether what was said is true, and where something was changed, one of the boxes is on its line."""
        if self.made is Made.NOTHING:
            return self.seen.sight is Sight.SAME and self.seen.page == self.page
        if self.made is Made.SWAPPED:
            return self.seen.sight is Sight.NOT_THERE
        return (
            self.seen.sight is Sight.DIFFERS and self.seen.page == self.page and any(map(self._is_on_line, self._print))
        )

    @property
    def is_alarm(self) -> bool:
        """Whether an incident would be opened."""
        return self.seen.sight in {Sight.DIFFERS, Sight.NOT_THERE}

    @property
    def _print(self) -> list[Box]:
        return [box for box in self.seen.boxes if box.mark is Mark.PRINT]

    def _is_on_line(self, box: Box) -> bool:
        top = _TOP + _LINE * (self.line or 0)
        return box.top < top + _LINE and box.top + box.height > top


def cases(rounds: int, *, seed: int = 1, distortions: frozenset[str] = frozenset(DISTORTIONS)) -> Iterator[Case]:
    """Yield every kind of change under every distortion, each with all that people honestly add."""
    cv2.setNumThreads(1)
    random = Random(seed)  # noqa: S311  not a secret: the same photographs each time
    approved, other = agreement(PAGES), agreement(PAGES, seed=9)
    points = [points_of_page(printed(approved, page, dpi=PAGE_DPI)) for page in range(1, PAGES + 1)]
    for _ in range(rounds):
        for name in sorted(distortions):
            for made in Made:
                page = random.randrange(1, PAGES + 1)
                change = _change(made, page, random)
                shown = other if made is Made.SWAPPED else agreement(PAGES, changes=[change] if change else [])
                paper = printed(shown, page)
                for add in ADDITIONS.values():
                    paper = add(paper, random)
                photo = DISTORTIONS[name](paper, random)
                seen = match(photo, points, drawn=lambda number: printed(approved, number, dpi=COMPARE_DPI))
                yield Case(name, made, page, change.line if change else None, seen)


def _change(made: Made, page: int, random: Random) -> Change | None:
    lines = words_of(page)
    amounts = [at for at, words in enumerate(lines) if "总金额" in words]
    if made is Made.DIGIT:
        at = random.choice(amounts)
        place = random.choice([place for place, letter in enumerate(lines[at]) if letter.isdigit()])
        other = random.choice([digit for digit in "0123456789" if digit != lines[at][place]])
        return Change(page, at, lines[at][:place] + other + lines[at][place + 1 :])
    if made in {Made.WORD, Made.CLAUSE}:
        at = random.choice([at for at, words in enumerate(lines) if len(words) > _LONG and at not in amounts])
        place = random.randrange(5, _LONG - 5)
        instead, after = ("不", 1) if made is Made.WORD else ("", 2)
        return Change(page, at, lines[at][:place] + instead + lines[at][place + after :])
    return None


def table(found: list[Case]) -> str:
    """Return what was made of the photographs, by change and by distortion, and precision and recall of the alarm."""
    counts = Counter((case.made, case.seen.sight) for case in found)
    lines = [
        "| made | photographs | as it is | same | differs | not there | unreadable |",
        "|---|---|---|---|---|---|---|",
    ]
    for made in Made:
        of = [case for case in found if case.made is made]
        sights = " | ".join(str(counts[made, sight]) for sight in Sight)
        lines.append(f"| {made} | {len(of)} | {sum(case.is_right for case in of)} | {sights} |")
    lines += [
        "",
        "| distortion | photographs | as it is | changed, said to be the same | honest, and an alarm |",
        "|---|---|---|---|---|",
    ]
    for name in DISTORTIONS:
        of = [case for case in found if case.distortion == name]
        missed = sum(case.made is not Made.NOTHING and case.seen.sight is Sight.SAME for case in of)
        wrong = sum(case.made is Made.NOTHING and case.is_alarm for case in of)
        lines.append(f"| {name} | {len(of)} | {sum(case.is_right for case in of)} | {missed} | {wrong} |")
    alarms = [case for case in found if case.is_alarm]
    changed = [case for case in found if case.made is not Made.NOTHING]
    precision = sum(case.made is not Made.NOTHING for case in alarms) / max(len(alarms), 1)
    recall = sum(case.is_alarm for case in changed) / max(len(changed), 1)
    pages = [case for case in found if case.seen.page is not None]
    named = sum(case.seen.page == case.page and case.made is not Made.SWAPPED for case in pages) / max(len(pages), 1)
    lines += [
        "",
        f"Alarm: precision {precision:.3f}, recall {recall:.3f}. Page named rightly: {named:.3f} of {len(pages)}.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    found = []
    for case in cases(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
        found.append(case)
        if not case.is_right:
            sys.stderr.write(f"{case}\n")
    sys.stdout.write(table(found) + "\n")
