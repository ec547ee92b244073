"""What is promised: one row a figure."""

from dataclasses import dataclass
from typing import Final

CLIENTS: Final = 16
WRITERS: Final = 64


@dataclass(frozen=True, slots=True)
class Goal:
    bench: str
    figure: str
    bound: float
    unit: str
    is_least: bool = False

    @property
    def text(self) -> str:
        return f"at {'least' if self.is_least else 'most'} {self.bound:g} {self.unit}".rstrip()

    def is_met(self, value: float) -> bool:
        return value >= self.bound if self.is_least else value <= self.bound


# fmt: off
SECOND_START: Final = Goal("start", "second start to the first page", 5, "s")
APPROVE_CPU: Final = Goal("approve", "request that approves, CPU of the web server", 30, "ms")
APPROVE_TIME: Final = Goal("approve", f"request that approves, {CLIENTS} clients at once, 99th percentile", 250, "ms")
FACT_RATE: Final = Goal("ledger", f"transactions with a fact beside without, {WRITERS} writers", 0.4, "", is_least=True)
COVERED: Final = Goal("ledger", "commit to the signed root that covers it, steady load, 99th percentile", 200, "ms")
APPROVAL_CHECK: Final = Goal("signer", "a yes by passkey, read and checked, beside one P-256 verification", 10, "times")
USES: Final = Goal("signer", "uses from web to record, one by one, in 2 processes", 100, "/s", is_least=True)
USES_TOGETHER: Final = Goal("signer", "uses, fifty an act, in 2 processes", 1000, "/s", is_least=True)
ENTRIES: Final = Goal("ledger", "a million entries derived again, from 100,000", 60, "s")
RECEIPT: Final = Goal("ledger", "a receipt checked, median", 50, "ms")
SMALL_BESIDE_PEER: Final = Goal("seal", "pyHanko beside our seal, 55 KB, P-256", 60, "times", is_least=True)
SMALL_BESIDE_LIMIT: Final = Goal("seal", "our seal beside its limit, 55 KB, P-256", 4, "times")
MIDDLE_BESIDE_PEER: Final = Goal("seal", "pyHanko beside our seal, 480 KB, P-256", 35, "times", is_least=True)
MIDDLE_BESIDE_LIMIT: Final = Goal("seal", "our seal beside its limit, 480 KB, P-256", 2, "times")
LARGE_BESIDE_PEER: Final = Goal("seal", "pyHanko beside our seal, 12 MB, P-256", 3.3, "times", is_least=True)
LARGE_BESIDE_LIMIT: Final = Goal("seal", "our seal beside its limit, 12 MB, P-256", 1.1, "times")
RSA_BESIDE_PEER: Final = Goal("seal", "pyHanko, key kept, beside ours, 55 KB, RSA-2048", 25, "times", is_least=True)
MARK_ON_TABLE: Final = Goal("seal", "one more page with a mark, cross-reference table", 0.05, "ms")
MARK_ON_STREAM: Final = Goal("seal", "one more page with a mark, cross-reference stream", 0.1, "ms")
BATCH_WHOLE: Final = Goal("batch", "whole sealed files beside plain copies, durable", 2, "times")
BATCH_PARTS: Final = Goal("batch", "appended parts beside plain copies, durable", 0.4, "times")
VERIFY_LIMIT: Final = Goal("verify", "one seal with its chain, 55 KB, beside one hash and one signature", 10, "times")
VERIFY_ONE: Final = Goal("verify", "pyHanko on the same beside ours", 5, "times", is_least=True)
VERIFY_THREE: Final = Goal("verify", "pyHanko on three seals, 120 pages, beside ours", 50, "times", is_least=True)
GROUP_SECONDS: Final = Goal("scale", "seeding 500 companies, 100,000 people, 2 million applications", 600, "s")
GROUP_DISK: Final = Goal("scale", "the same on disk", 5, "GB")
LIST_TIME: Final = Goal("scale", "slowest list page over it, 95th percentile of the server's time", 150, "ms")
PAGE_TIME: Final = Goal("scale", "slowest other page over it, 95th percentile of the server's time", 100, "ms")
LIST_QUERIES: Final = Goal("scale", "list pages that need more queries than over a list of one", 0, "")
MAY_TIME: Final = Goal("scale", "what may I do here? 95th percentile", 5, "ms")
IMPORT_PEOPLE: Final = Goal("imports", "a table of 10,000 people, entered", 10, "s")
IMPORT_SEALS: Final = Goal("imports", "a table of 2,000 seals, entered", 10, "s")
IMPORT_WAIT: Final = Goal("imports", "longest that a fact of another waits meanwhile for its place in the tree", 5, "s")
MESSAGES: Final = Goal("messages", "10,000 messages, each refused once and then sent", 60, "s")
LOSS_TOLD: Final = Goal("messages", "a loss is told while 10,000 messages wait", 60, "s")
LARGE_MEMORY: Final = {
    part: Goal("large", f"500 MB and 5,000 pages, memory of {part}", most, "MB")
    for part, most in {
        "a process of the web server": 250,
        "the worker of jobs": 250,
        "the cage that reads the file": 500,
        "the signer": 250,
    }.items()
}
POLICY_LOOKUP: Final = Goal("policy", "finding the last of 500 rows", 1, "ms")
POLICY_REPLAY: Final = Goal("policy", "a draft of 500 rows played over 10,000 applications", 10, "s")
MATCH_ONE: Final = Goal("match", "a photograph beside a document of 4 pages, median", 1.5, "s")
MATCH_FLAT: Final = Goal("match", "beside one of 200 pages, by that", 1.2, "")
SOUGHT: Final = Goal("match", "is this our stamp? asked among 100,000 pages, the slowest of ten", 3, "s")
SOUGHT_FOUND: Final = Goal("match", "the same, photographs of a whole page that are found", 9, "of 9", is_least=True)
CONFIRM_TIME: Final = Goal("custody", "a confirm by telephone, 95th percentile of the server's time", 50, "ms")
EVENTS_KEPT: Final = Goal("devices", "events kept, 64 at once, by empty durable ones", 0.4, "", is_least=True)
EVENTS_APART: Final = Goal("devices", "events kept, one each of 64 machines, by empty ones", 0.4, "", is_least=True)
DOOR_OPEN: Final = Goal("devices", "from a yes to an open machine at the broker, 95th percentile", 200, "ms")
LOST_STOPPED: Final = Goal("devices", "from a report of loss to a use that is refused, the longest", 1, "s")
LOST_LOCKED: Final = Goal("devices", "from a report of loss to a machine that is locked, the longest", 5, "s")
CODE_ISSUE: Final = Goal("devices", "a code of twenty digits, issued with its key", 1, "ms")
TICKET_CHECK: Final = Goal("devices", "a ticket checked, beside one P-256 verification", 10, "times")
EVENTS_READ: Final = Goal("devices", "events read and held against their chain, by 64", 10_000, "/s", is_least=True)
FACE_SVG: Final = Goal("face", "a face as SVG, by cairosvg's time for a PNG", 10, "", is_least=True)
FACE_PDF: Final = Goal("face", "a face as PDF, cairosvg's time by ours", 1, "", is_least=True)
FACE_PNG: Final = Goal("face", "a face as PNG of 600 dpi, cairosvg's time by ours", 5, "", is_least=True)
# fmt: on
GOALS: Final = (
    SECOND_START,
    APPROVE_CPU,
    APPROVE_TIME,
    FACT_RATE,
    COVERED,
    ENTRIES,
    RECEIPT,
    USES,
    USES_TOGETHER,
    SMALL_BESIDE_PEER,
    SMALL_BESIDE_LIMIT,
    MIDDLE_BESIDE_PEER,
    MIDDLE_BESIDE_LIMIT,
    LARGE_BESIDE_PEER,
    LARGE_BESIDE_LIMIT,
    RSA_BESIDE_PEER,
    MARK_ON_TABLE,
    MARK_ON_STREAM,
    BATCH_WHOLE,
    BATCH_PARTS,
    VERIFY_LIMIT,
    VERIFY_ONE,
    VERIFY_THREE,
    GROUP_SECONDS,
    GROUP_DISK,
    LIST_TIME,
    PAGE_TIME,
    LIST_QUERIES,
    MAY_TIME,
    IMPORT_PEOPLE,
    IMPORT_SEALS,
    IMPORT_WAIT,
    MESSAGES,
    LOSS_TOLD,
    *LARGE_MEMORY.values(),
    POLICY_LOOKUP,
    POLICY_REPLAY,
    MATCH_ONE,
    MATCH_FLAT,
    SOUGHT,
    SOUGHT_FOUND,
    CONFIRM_TIME,
    FACE_SVG,
    FACE_PDF,
    FACE_PNG,
)
