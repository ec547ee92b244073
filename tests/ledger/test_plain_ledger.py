"""The ledger in one transaction that is undone: no server's commits, no signer, a log key of the tests' own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction
from pytest_django import Settings

from privyseal.kernel import merkle, note, receipt
from privyseal.kernel.canonical import Json, parse
from privyseal.kernel.cosignature import cosign, cosigner_key
from privyseal.kernel.errors import NotFound
from privyseal.kernel.note import Checkpoint
from privyseal.kernel.quorum import CosignersStale, Needed, Quorum
from privyseal.ledger import book, cosigned, finding, heads, naming, proofs, queries, stamping, transactions
from privyseal.ledger.actors import Service
from privyseal.ledger.housekeeping import forget_old_commands
from privyseal.ledger.integrator import Integrator
from privyseal.ledger.loading import Loader, Past
from privyseal.ledger.models import CheckpointRow, CommandRow, CosignatureRow, CosignerRow, FactRow, HeadStamp, Leaf
from privyseal.ledger.naming import FIRST_FACT, Name, Names
from privyseal.ledger.packing import REPEATED, packed, unpacked
from privyseal.ledger.planning import planned_for_what_is_asked
from privyseal.ledger.proofs import Audit, Break, NotYetProvable, audit, receipt_for
from privyseal.ledger.transactions import OutsideTransaction, transaction_required
from privyseal.signer.client import Client
from tests.logs import KEY, ORIGIN

NOON: Final = datetime(2026, 11, 23, 4, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)
KEY_OF_NOW: Final = note.verifier_key(ORIGIN, KEY)
OWN: Final = Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32)
AUDITOR: Final = cosigner_key("audit.example", OWN)
OTHER: Final = Ed25519PrivateKey.from_private_bytes(bytes([8]) * 32)
MANAGER: Final = cosigner_key("manager.example", OTHER)
KEYS_OF: Final = {"audit.example": OWN, "manager.example": OTHER}
SECONDS: Final = int(NOON.timestamp())
CLERK: Final = Service("clerk")

pytestmark = pytest.mark.usefixtures("db")


class Log:
    """Facts with their places in the tree, and heads signed by a key of ours."""

    def __init__(self) -> None:
        connection.ensure_connection()
        self._own = connection.connection
        self.integrator = Integrator(self._own, Client(Path("/nowhere")))
        self.ids: list[int] = []

    def add(self, count: int, kind: str = "test.noted", **said: Json) -> None:
        """Add so many facts, each about a seal of its own number unless something else is said."""
        self.loader = Loader(self._own, self.integrator)
        first = self.integrator.size
        self.loader.load(
            Past(kind, "somebody", NOON, said or {"seal": f"seal {first + number}", "number": first + number})
            for number in range(count)
        )
        self.loader.keep_counting()
        self.ids = list(Leaf.objects.order_by("index").values_list("fact_id", flat=True))

    def sign(self, *, key: Ed25519PrivateKey = KEY, origin: str = ORIGIN) -> str:
        head = Checkpoint(origin, self.integrator.size, self.integrator.root)
        self.integrator.keep_head(signed := note.sign_note(head.text, origin, key))
        return signed

    def cosign(self, *names: str, seconds: int = SECONDS, said: int | None = None) -> None:
        row = CheckpointRow.objects.order_by("-size")[0]
        text = row.note.partition("\n\n")[0] + "\n"
        for name in names:
            line = cosign(text, name, KEYS_OF[name], seconds=seconds)
            CosignatureRow.objects.create(size=row.size, cosigner=name, seconds=said or seconds, line=line)


@pytest.fixture
def log() -> Log:
    return Log()


@contextmanager
def vandalised(*statements: str) -> Iterator[None]:
    """Do something to rows with their guards taken off, and undo it."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("fact", "leaf", "node", "checkpoint", "cosignature"):
            cursor.execute(f"ALTER TABLE ledger_{table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        yield
        transaction.set_rollback(True)


# --- words -----------------------------------------------------------------------------------------------------


def test_what_stands_in_the_record_is_permanent() -> None:
    codes = {
        kind.__name__: kind.code
        for kind in (
            book.LedgerUnwritable,
            heads.CheckpointOfAnother,
            heads.CheckpointAhead,
            heads.CheckpointsDiffer,
            NotYetProvable,
        )
    }

    assert codes == {
        "LedgerUnwritable": "ledger-unwritable",
        "CheckpointOfAnother": "checkpoint-of-another",
        "CheckpointAhead": "checkpoint-ahead",
        "CheckpointsDiffer": "checkpoints-differ",
        "NotYetProvable": "not-yet-provable",
    }
    assert " ".join(Break) == (
        "gap not-canonical columns-differ node-differs root-differs note-broken shorter-than-checkpoint"
        " name-differs cosignature-broken stamp-broken"
    )
    assert " ".join(cosigned.State) == "late differs back"
    assert " ".join(sorted(book.SUBJECTS)) == (
        "application campaign category company device document fact grant incident installation intent permit person"
        " policy post rules seal unit"
    )
    assert (FIRST_FACT, CLERK.pseudonym, stamping.STAMPS.name) == ("installation.began-anew", "service:clerk", "stamps")
    assert cosigned.WATCH.name == "watch"


def test_each_word_that_facts_repeat_is_kept_as_one_byte_for_ever() -> None:
    kept = dict(enumerate(REPEATED, start=2))

    assert b"|".join(REPEATED) == (
        b'{"actor":"|","at":"|","data":{"|},"kind":"|","salt":"|","subjects":{"|"},"v":1}|application|company":"|'
        b'documents":["|document":"|"],"|"impressions":|operators":["|"purpose":"|seals":["|seal":"|shown_sha256":"|'
        b'person":"|permit":"|intent":"|_sha256|.refused|"code":"|"state":"|":"|","'
    )
    assert {code: unpacked(bytes([code])) for code in kept} == kept
    assert [packed(word) for word in kept.values()] == [bytes([code]) for code in kept]
    # Digits of eight bytes and more, up to 32, by how many; fewer, or an odd one left, stay as they are.
    for count in (8, 9, 32):
        assert packed(b"ab" * count) == bytes([1, count]) + b"\xab" * count
    assert packed(b"ab" * 7) == b"ab" * 7
    assert packed(b"ab" * 8 + b"c") == bytes([1, 8]) + b"\xab" * 8 + b"c"
    assert packed(b"ab" * 33) == bytes([1, 32]) + b"\xab" * 32 + b"ab"
    for body in (b"ab" * 8, b"x" + b"01" * 40 + b"y", b"ab" * 7, b"\x1f"):
        assert unpacked(packed(body)) == body
    assert unpacked(b"x" + bytes([1, 8]) + b"\xab" * 8 + b"\x02y") == b"x" + b"ab" * 8 + b'{"actor":"y'


# --- one fact --------------------------------------------------------------------------------------------------


def test_a_fact_is_found_by_what_it_is_about_and_its_bytes_say_everything() -> None:
    found_by, body = book.fact("test.noted", "somebody", NOON, {"seal": "s", "person": None, "grant": 7, "count": 3})
    said = parse(body)
    salt = said.pop("salt")

    assert found_by == [finding.key("grant", 7), finding.key("seal", "s")]
    first = int.from_bytes(sha256(b"seal:s").digest()[:8], "big")
    assert finding.key("seal", "s") == (first ^ 2**63) - 2**63
    assert said == {
        "v": 1,
        "kind": "test.noted",
        "actor": "somebody",
        "at": "2026-11-23T04:00:00.000000Z",
        "subjects": {"seal": "s", "grant": 7},
        "data": {"count": 3},
    }
    assert len(bytes.fromhex(str(salt))) == 16
    assert book.fact("test.noted", "somebody", NOON, {})[1] != book.fact("test.noted", "somebody", NOON, {})[1]


def test_a_fact_is_as_long_as_an_entry_may_be_and_no_longer() -> None:
    room = 65_535 - len(book.fact_body("k", "a", NOON, subjects={}, data={"text": ""}))

    assert len(book.fact_body("k", "a", NOON, subjects={}, data={"text": "x" * room})) == 65_535
    with pytest.raises(book.LedgerUnwritable) as refused:
        book.fact_body("k", "a", NOON, subjects={}, data={"text": "x" * (room + 1)})
    assert refused.value.facts == {"kind": "k"}


def test_facts_are_written_one_by_one_or_all_of_a_kind_at_once() -> None:
    with pytest.raises(OutsideTransaction, match="record_each"):
        book.record_each("test.noted", [{}], by=CLERK, at=NOON)
    with transaction.atomic():
        book.record("test.first", by=CLERK, at=NOON, seal="s")
        book.record_each("test.noted", [{"seal": "s", "number": 1}, {"number": 2}], by=CLERK, at=NOON)

    rows = FactRow.objects.order_by("pk")
    assert [(row.kind, row.actor, row.at, row.subjects) for row in rows] == [
        ("test.first", "service:clerk", NOON, [finding.key("seal", "s")]),
        ("test.noted", "service:clerk", NOON, [finding.key("seal", "s")]),
        ("test.noted", "service:clerk", NOON, []),
    ]
    assert [parse(bytes(row.body))["data"] for row in rows] == [{}, {"number": 1}, {"number": 2}]
    assert queries.facts_behind() == 3


@pytest.mark.parametrize(
    "write",
    [
        lambda: book.record("test.noted", by=CLERK, at=NOON),
        lambda: book.record_each("test.noted", [{}], by=CLERK, at=NOON),
    ],
)
def test_what_cannot_be_written_is_refused(write: Callable[[], None]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_fact ADD CONSTRAINT no_more CHECK (kind <> 'test.noted')")

    with pytest.raises(book.LedgerUnwritable) as refused, transaction.atomic():
        write()
    assert refused.value.facts == {"kind": "test.noted"}


def test_what_belongs_inside_a_command_does_not_run_outside_of_one() -> None:
    inside = transaction_required(lambda: 7)

    with pytest.raises(OutsideTransaction, match="lambda"):
        inside()
    with transaction.atomic():
        assert inside() == 7
    assert (transactions.AUDIT_ROLE, transactions.AUDIT_SCHEMA) == ("privyseal_audit", "audit")


def test_plans_are_made_for_what_is_asked_and_for_anything_again_afterwards() -> None:
    connection.ensure_connection()
    before = connection.connection.prepare_threshold
    with planned_for_what_is_asked():
        assert connection.connection.prepare_threshold is None
    assert connection.connection.prepare_threshold == before


def test_old_commands_are_forgotten_and_how_many() -> None:
    for number, at in enumerate((NOON, NOON - MINUTE, NOON + MINUTE), 1):
        CommandRow.objects.create(id=f"{number:032x}", name="n", actor="a", input_sha256="5" * 64, at=at)

    assert forget_old_commands(NOON) == 1
    assert sorted(CommandRow.objects.values_list("at", flat=True)) == [NOON, NOON + MINUTE]


# --- reading ---------------------------------------------------------------------------------------------------


def test_facts_are_read_by_what_they_are_about_by_kind_by_actor_and_by_place(log: Log) -> None:
    log.add(3)
    log.add(2, "other.noted", seal="seal 1", number=9)
    with transaction.atomic():
        book.record("test.waits", by=CLERK, at=NOON, seal="seal 1", person="p")
    ids = [*log.ids, FactRow.objects.latest("pk").pk]

    def places(facts: list[queries.Fact]) -> list[int]:
        return [ids.index(fact.id) for fact in facts]

    assert places(queries.facts_about("seal", "seal 1")) == [1, 3, 4, 5]
    assert places(queries.facts_about("seal", "seal 1", kind="other.")) == [3, 4]
    assert places(queries.facts_about("seal", "seal 1", limit=2)) == [1, 3]
    assert places(queries.facts_about("seal", "seal 1", without=["other.noted"])) == [1, 5]
    assert queries.times_about("other.noted", "seal", "seal 1") == (2, NOON)
    assert queries.times_about("other.noted", "person", "seal 1") == (0, None)
    assert places(queries.facts_about("person", "seal 1")) == []
    assert places(queries.first_facts("other.")) == [3, 4]
    assert places(queries.first_facts("other.", among=4)) == [3]
    assert places(queries.latest_facts()) == [5, 4, 3, 2, 1, 0]
    assert places(queries.latest_facts(before=ids[3])) == [2, 1, 0]
    assert places(queries.latest_facts(kind="test.")) == [5, 2, 1, 0]
    assert places(queries.latest_facts(actors=["service:clerk"])) == [5]
    assert places(queries.latest_facts(about="p")) == [5]
    assert places(queries.latest_facts(about="seal 1", limit=2)) == [5, 4]
    assert places(queries.facts_between(1, 4, kinds=["test.noted"], ending=".gone")) == [1, 2]
    assert places(queries.facts_between(1, 5, kinds=[], ending="noted")) == [1, 2, 3, 4]
    assert places(queries.facts_beyond(3, ["other.noted", "test.waits", "test.noted"])) == [3, 4, 5]
    assert (queries.tree_size(), queries.facts_behind()) == (5, 1)
    last = queries.last_fact_about("other.noted", "seal", "seal 1")
    assert (last and ids.index(last.id), queries.last_fact_about("other.noted", "seal", "seal 2")) == (4, None)
    assert queries.told_already("test.noted", "seal", ["seal 1", "seal 2", "seal 7"]) == {"seal 1", "seal 2"}
    assert queries.told_already("test.noted", "seal", []) == set()
    found = queries.fact_with_id(ids[3])
    assert found == queries.Fact(ids[3], 3, "other.noted", "somebody", NOON, {"seal": "seal 1"}, {"number": 9})
    waits = queries.fact_with_id(ids[5])
    assert (waits and waits.index, queries.fact_with_id(ids[5] + 1)) == (None, None)


def test_an_empty_record_has_nothing_to_read() -> None:
    assert (queries.tree_size(), queries.latest_checkpoint(), queries.head_until(NOON), queries.facts_behind()) == (
        0,
        None,
        None,
        0,
    )
    assert audit(KEY_OF_NOW) == Audit(0, 0, merkle.EMPTY_ROOT)
    assert proofs.root_at(0) == merkle.EMPTY_ROOT


def test_the_last_head_until_a_moment_is_found(log: Log) -> None:
    log.add(2)
    first = log.sign()
    log.add(1)
    second = log.sign()
    with vandalised(
        "UPDATE ledger_checkpoint SET signed_at = '2026-11-23T04:00:00Z'::timestamptz + size * interval '1 minute'"
    ):
        assert queries.head_until(NOON + 2 * MINUTE) == (2, first, NOON + 2 * MINUTE)
        assert queries.head_until(NOON + 3 * MINUTE) == (3, second, NOON + 3 * MINUTE)
        assert queries.head_until(NOON + MINUTE) is None
    assert queries.latest_checkpoint() == second


# --- proving ---------------------------------------------------------------------------------------------------


def test_a_receipt_stands_under_the_smallest_head_that_covers_its_fact(log: Log, settings: Settings) -> None:
    settings.QUORUM = Quorum()
    log.add(3)
    with pytest.raises(NotYetProvable) as refused:
        receipt_for(log.ids[0])
    assert refused.value.facts == {"fact": log.ids[0]}
    log.sign()
    log.add(2)
    log.sign()

    checked = [receipt.check(receipt_for(one), KEY_OF_NOW) for one in log.ids]

    assert [(one.index, one.checkpoint.size) for one in checked] == [(0, 3), (1, 3), (2, 3), (3, 5), (4, 5)]
    assert [parse(one.fact)["data"] for one in checked] == [{"number": number} for number in range(5)]
    with pytest.raises(NotFound) as missing:
        receipt_for(log.ids[-1] + 1)
    assert missing.value.facts == {"fact": log.ids[-1] + 1}
    with transaction.atomic():
        book.record("test.waits", by=CLERK, at=NOON)
    with pytest.raises(NotYetProvable):
        receipt_for(FactRow.objects.latest("pk").pk)
    assert proofs.first_heads_over("test.noted", "seal", ["seal 0", "seal 4", "seal 9"]) == {
        "seal 0": proofs.Head(3, proofs.root_at(3)),
        "seal 4": proofs.Head(5, proofs.root_at(5)),
    }
    assert proofs.first_heads_over("other.noted", "seal", ["seal 0"]) == {}


def test_a_receipt_carries_the_head_that_most_cosigners_signed_and_none_without_enough(
    log: Log, settings: Settings
) -> None:
    settings.QUORUM = Quorum((AUDITOR, MANAGER), Needed.ALL)
    log.add(2)
    log.sign()
    with pytest.raises(NotYetProvable):
        receipt_for(log.ids[0])
    log.cosign("audit.example")
    with pytest.raises(NotYetProvable):
        receipt_for(log.ids[0])
    settings.QUORUM = Quorum((AUDITOR, MANAGER), Needed.ANY)
    assert receipt.check(receipt_for(log.ids[0]), KEY_OF_NOW, settings.QUORUM).cosigned == {"audit.example": SECONDS}
    for _ in range(2):  # of heads that both signed it is the smaller one
        log.add(2)
        log.sign()
        log.cosign("audit.example", "manager.example")
    checked = receipt.check(receipt_for(log.ids[0]), KEY_OF_NOW, settings.QUORUM)
    assert (checked.checkpoint.size, set(checked.cosigned)) == (4, set(KEYS_OF))
    assert receipt.check(receipt_for(log.ids[4]), KEY_OF_NOW).checkpoint.size == 6


def test_a_head_is_looked_for_among_the_next_sixteen_lines(log: Log, settings: Settings) -> None:
    settings.QUORUM = Quorum((AUDITOR,), Needed.ANY)
    log.add(1)
    log.sign()
    log.cosign("audit.example")
    size, text = cosigned.cosigned_head(0) or (0, "")
    assert (size, text.count("\n— ")) == (1, 2)
    assert (cosigned.cosigned_head(1), cosigned._LOOKED_AT) == (None, 16)  # noqa: SLF001  how far it looks


def test_growth_is_proved_between_any_two_heads(log: Log) -> None:
    log.add(21)

    for old, new in ((1, 21), (8, 16), (13, 21), (20, 21)):
        proof = proofs.consistency_between(old, new)
        merkle.verify_consistency(old, proofs.root_at(old), new, proofs.root_at(new), proof)
        assert [note.octets(line) for line in proofs.proof_of_growth(old, new).splitlines()] == proof
    assert [proofs.proof_of_growth(old, new) for old, new in ((0, 5), (5, 5), (6, 5))] == ["", "", ""]
    assert proofs.root_at(1) == merkle.leaf_hash(bytes(FactRow.objects.get(pk=log.ids[0]).body))
    assert proofs.root_at(21) == log.integrator.root


THIRD: Final = "(SELECT fact_id FROM ledger_leaf WHERE index = 3)"
ROOT: Final = "UPDATE ledger_checkpoint SET root = sha256('x') WHERE size = {}"
BREAKS: Final[dict[str, tuple[tuple[str, ...], Break, int, int]]] = {
    "gap": (("DELETE FROM ledger_leaf WHERE index = 3",), Break.GAP, 3, 0),
    "garbage": ((f"UPDATE ledger_fact SET body = 'x' WHERE id = {THIRD}",), Break.NOT_CANONICAL, 3, 0),
    "kind": ((f"UPDATE ledger_fact SET kind = 'x' WHERE id = {THIRD}",), Break.COLUMNS_DIFFER, 3, 0),
    "actor": ((f"UPDATE ledger_fact SET actor = 'x' WHERE id = {THIRD}",), Break.COLUMNS_DIFFER, 3, 0),
    "at": ((f"UPDATE ledger_fact SET at = at + interval '1 second' WHERE id = {THIRD}",), Break.COLUMNS_DIFFER, 3, 0),
    "subjects": ((f"UPDATE ledger_fact SET subjects = '{{1}}' WHERE id = {THIRD}",), Break.COLUMNS_DIFFER, 3, 0),
    "node": (("UPDATE ledger_node SET hash = sha256('x')",), Break.NODE_DIFFERS, 18, 2),
    "no node": (("DELETE FROM ledger_node",), Break.NODE_DIFFERS, 18, 2),
    "first root": ((ROOT.format(5),), Break.ROOT_DIFFERS, 5, 0),
    "second root": ((ROOT.format(17),), Break.ROOT_DIFFERS, 17, 1),
    "note": (
        ("UPDATE ledger_checkpoint SET note = replace(note, '17', '16') WHERE size = 17",),
        Break.NOTE_BROKEN,
        17,
        1,
    ),
    "another's note": (
        ("UPDATE ledger_checkpoint SET note = (SELECT note FROM ledger_checkpoint WHERE size = 5)",),
        Break.NOTE_BROKEN,
        17,
        1,
    ),
    "cut": (("DELETE FROM ledger_leaf WHERE index >= 16",), Break.SHORTER_THAN_CHECKPOINT, 16, 1),
    "cosigned": (
        ("UPDATE ledger_cosignature SET seconds = seconds + 1 WHERE cosigner = 'audit.example'",),
        Break.COSIGNATURE_BROKEN,
        18,
        2,
    ),
    "line": (
        ("UPDATE ledger_cosignature SET line = replace(line, 'audit', 'other')",),
        Break.COSIGNATURE_BROKEN,
        18,
        2,
    ),
}


def test_a_break_is_found_where_it_is_or_behind_it(log: Log, settings: Settings) -> None:
    settings.QUORUM = Quorum((AUDITOR,), Needed.ANY)
    log.add(5)
    log.sign()
    log.add(12)
    log.sign()
    log.cosign("audit.example", "manager.example")
    log.add(1)
    assert audit(KEY_OF_NOW) == Audit(18, 2, log.integrator.root)

    for how, (statements, broken, size, checked) in BREAKS.items():
        with vandalised(*statements):
            found = audit(KEY_OF_NOW)
        assert (found.broken, found.index, found.facts, found.checkpoints) == (broken, size, size, checked), how
    with vandalised("UPDATE ledger_cosignature SET seconds = 1 WHERE cosigner = 'manager.example'"):
        assert audit(KEY_OF_NOW).broken is None  # one that nobody asks for any more cannot be looked at
    other = audit(note.verifier_key(ORIGIN, OTHER))
    assert (other.broken, other.index) == (Break.NOTE_BROKEN, 5)


def test_a_record_that_went_on_under_another_name_is_checked_by_both(log: Log, settings: Settings) -> None:
    settings.QUORUM = Quorum()
    anew = note.verifier_key(f"{ORIGIN}/2", OTHER)
    log.add(3)
    log.sign()
    with pytest.raises(OutsideTransaction):
        naming.go_on_as(anew.text, NOON, before=KEY_OF_NOW.text, begins_at=3, known=Checkpoint(ORIGIN, 9, bytes(32)))
    with transaction.atomic():
        naming.go_on_as(anew.text, NOON, before=KEY_OF_NOW.text, begins_at=3, known=Checkpoint(ORIGIN, 9, bytes(32)))
    log.add(1, FIRST_FACT, installation="i")
    log.sign(key=OTHER, origin=anew.name)

    assert audit(anew) == Audit(4, 2, log.integrator.root)
    assert naming.names(anew) == Names([Name(KEY_OF_NOW, 3), Name(anew)])
    (row,) = naming.continuations()
    assert (row.begins_at, row.key_before, row.key, row.known_size, bytes(row.known_root), row.at) == (
        *(3, KEY_OF_NOW.text, anew.text, 9, bytes(32)),
        NOON,
    )
    names = naming.names(anew)
    assert (names.begins_at, [names.of_head(size) for size in (1, 3, 4)]) == (
        frozenset({3}),
        [KEY_OF_NOW, KEY_OF_NOW, anew],
    )
    assert (names.called(ORIGIN), names.called(anew.name), names.called("x")) == (
        Name(KEY_OF_NOW, 3),
        Name(anew),
        None,
    )
    log.add(1, FIRST_FACT, installation="i")
    found = audit(anew)
    assert (found.broken, found.index) == (Break.NAME_DIFFERS, 4)


def test_names_that_began_later_are_told_first() -> None:
    keys = [note.verifier_key(f"{ORIGIN}/{number}", OTHER).text for number in range(3)]
    with transaction.atomic():
        for size, (before, key) in zip((7, 3), ((keys[1], keys[2]), (keys[0], keys[1])), strict=True):
            naming.go_on_as(key, NOON, before=before, begins_at=size, known=Checkpoint("o", 9, bytes(32)))

    assert [row.begins_at for row in naming.continuations()] == [7, 3]
    assert [name.until for name in naming.names(KEY_OF_NOW).every] == [3, 7, None]


# --- cosigners and stamps --------------------------------------------------------------------------------------


def test_how_cosigners_stand_is_said_of_each_that_is_asked(settings: Settings) -> None:
    settings.QUORUM = Quorum((AUDITOR, MANAGER), Needed.ALL, 10 * MINUTE)
    CosignerRow.objects.create(
        name="audit.example", size=7, seconds=SECONDS, problem="cosigner-refuses", problem_at=NOON
    )
    CosignerRow.objects.create(name="manager.example", size=5, seconds=0)
    CosignerRow.objects.create(name="stranger.example", size=5, seconds=SECONDS)

    assert cosigned.standings(NOON) == [
        cosigned.Standing("audit.example", AUDITOR.text, 7, NOON, True, "cosigner-refuses"),
        cosigned.Standing("manager.example", MANAGER.text, 5, None, False, ""),
    ]
    with pytest.raises(CosignersStale):
        cosigned.check_fresh(NOON)
    settings.QUORUM = Quorum((AUDITOR, MANAGER), Needed.ANY, 10 * MINUTE)
    cosigned.check_fresh(NOON)
    for needed in (Needed.ANY, Needed.NONE):
        settings.QUORUM = Quorum((), needed)
        assert cosigned.standings(NOON) == []
    cosigned.check_fresh(NOON)
    states = [
        cosigned._state(cosigned.Standing("n", "k", 1, None, is_fresh, problem))  # noqa: SLF001  a table of two words
        for is_fresh, problem in (
            (True, ""),
            (False, ""),
            (True, "cosigner-refuses"),
            (True, "cosigner-elsewhere"),
            (True, "cosigner-absent"),
        )
    ]
    assert states == ["back", "late", "differs", "differs", "back"]


def test_a_head_is_stamped_once_a_day_by_whoever_answers(log: Log) -> None:
    imprints: list[bytes] = []

    def stamp(imprint: bytes) -> bytes:
        imprints.append(imprint)
        return b"token"

    def refuses(_: bytes) -> bytes:
        raise NotFound

    assert stamping.stamped_on(NOON.date()) is None
    assert not stamping.stamp_head(NOON, stamp=stamp)
    log.add(1)
    log.sign()
    log.add(1)
    text = log.sign()
    assert not stamping.stamp_head(NOON, stamp=refuses)
    assert stamping.stamp_head(NOON, stamp=stamp)
    assert not stamping.stamp_head(NOON, stamp=stamp)

    assert imprints == [sha256(text.encode()).digest()]
    found = stamping.stamped_on(NOON.date())
    assert found == stamping.Stamped(NOON.date(), text, b"token")
    assert not found.is_over_its_head
    assert not stamping.stamps_hold()
    (fact,) = queries.latest_facts(kind="signer.")
    assert (fact.kind, fact.actor, fact.data) == (
        "signer.head-stamped",
        "service:stamps",
        {"size": 2, "token_sha256": sha256(b"token").hexdigest()},
    )
    assert (audit(KEY_OF_NOW).broken, HeadStamp.objects.get().size) == (Break.STAMP_BROKEN, 2)
