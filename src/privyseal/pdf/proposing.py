"""What a document says that its application asks for: where it wants a seal, its title, amount and originals.

Runs only in the confined process, as ``render`` does.
"""

import ctypes
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # pypdfium2 ships no types
from pypdfium2 import raw

from privyseal.pdf.looks import LONGEST_WORDS, Hint

MOST_HINTS: Final = 12
LONGEST_HEADING: Final = 60
_POINT: Final = 25_400 / 72
_LABEL_BEFORE: Final = 20
# Words that ask for a seal where they stand; a sentence that only speaks of sealing has neither bracket nor colon.
_ASKS: Final = re.compile(
    r"[(（][^()（）\n]{0,6}(?:盖章|公章|签章|印章|章)[^()（）\n]{0,4}[)）]"
    r"|(?:盖章|签章|公章)\s*(?:处|[:：])"
    r"|[(（]?\s*(?:company\s+(?:seal|chop)|(?:affix|place)\s+seal(?:\s+here)?|seal\s+here|l\.s\.)\s*[)）:：]?"
    r"|[(（]\s*(?:seal|stamp|chop)\s*[)）]",
    re.IGNORECASE,
)
_NAMES_ITSELF: Final = re.compile(
    r"合同|协议|函|书|证明|申请|报告|通知|决议|委托|说明|方案|agreement|contract|letter|deed|power of attorney|order",
    re.IGNORECASE,
)
_TOTAL: Final = (
    r"(?:合同总价|合同价款|合同金额|总金额|总价款|总价|价税合计|合计|金额|价款|total(?:amount|price)?|amount)"
)
_MONEY: Final = r"(?:人民币|rmb|cny|¥|大写|小写|[:(),为是元]|[零壹贰叁肆伍陆柒捌玖拾佰仟万亿圆整角分])*"
_AMOUNT: Final = re.compile(
    rf"{_TOTAL}{_MONEY}(?P<number>[0-9][0-9,]{{0,17}}(?:\.[0-9]{{1,2}})?)(?P<ten_thousands>万)?(?:元|rmb|cny|$|[^0-9%])"
)
_ORIGINALS: Final = re.compile(r"(?:一式|正本)(?P<number>[0-9]{1,2}|[一二两三四五六七八九十]{1,2})份")
_DIGITS: Final = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_MOST_DIGITS: Final = 13


def hints(page: pypdfium2.PdfPage, number: int, words: str) -> Iterator[Hint]:
    """Yield where the page asks for a seal, in micrometres from the lower left as a reader sees it."""
    asked = list(_ASKS.finditer(words))[:MOST_HINTS]
    if not asked:
        return
    width, height = (round(side * _POINT) for side in page.get_size())
    text, before = page.get_textpage(), 0
    for found in asked:
        ends = [_middle(page, text, at, width, height) for at in (found.start(), found.end() - 1)]
        if None in ends:
            continue
        (one_x, one_y), (other_x, other_y) = (end for end in ends if end is not None)
        begins = max(words.rfind("\n", 0, found.start()) + 1, found.start() - _LABEL_BEFORE, before)
        line, before = words[begins : found.end()].lstrip(":： "), found.end()
        yield Hint(number, (one_x + other_x) // 2, (one_y + other_y) // 2, " ".join(line.split())[-LONGEST_WORDS:])
    text.close()


def heading(words: str) -> str:
    """Return the line of a first page that names the document; nothing where none does."""
    for line in words.splitlines()[:15]:
        said = unicodedata.normalize("NFKC", line).strip()
        packed = re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", said)
        if len(packed) <= LONGEST_HEADING and _NAMES_ITSELF.search(packed) and not re.search(r"[:。;]", packed):
            return packed
    return ""


def amount(plain: str) -> str:
    """Return the first total that stands in words without blanks, in yuan; nothing where there is none."""
    found = _AMOUNT.search(plain)
    digits = found["number"].replace(",", "") if found else ""
    if not found or not digits or len(digits) > _MOST_DIGITS:
        return ""
    value = Decimal(digits) * (10_000 if found["ten_thousands"] else 1)
    return f"{value:.2f}" if value else ""


def originals(plain: str) -> int:
    """Return in how many originals the words say that the document is made; 0 where they do not."""
    found = _ORIGINALS.search(plain)
    if not found:
        return 0
    said = found["number"]
    if said.isascii():
        return int(said)
    first, *rest = (_DIGITS[digit] for digit in said)
    return first + sum(rest) if first == _DIGITS["十"] else first if not rest else 0


def _middle(
    page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage, at: int, width: int, height: int
) -> tuple[int, int] | None:
    index = raw.FPDFText_GetCharIndexFromTextIndex(text, at)
    if index < 0:
        return None
    left, bottom, right, top = text.get_charbox(index)
    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page, 0, 0, width, height, 0, (left + right) / 2, (bottom + top) / 2, across, down)
    return across.value, height - down.value
