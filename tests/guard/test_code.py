"""What the code promises of itself, read off its syntax trees."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "privyseal"
BELOW_EDGES = (
    "kernel",
    "pdf",
    "storage.py",
    "vault.py",
    "egress.py",
    "ledger",
    "identity",
    "seals",
    "sealing",
    "custody",
    "devices",
    "approvals",
    "verification",
    "notification",
)
MOST_LINES, MOST_FUNCTION_LINES = 400, 60

# Reads that show nothing of anybody's business, each with its reason.
SEES_NOTHING_PRIVATE = {
    "seals.certificate_of": "asked by whoever has the number from a file that was sealed; a certificate is public",
    "seals.chain_above": "likewise: the certificates of authorities are public",
    "seals.published_seals": "what is void or out of hand is published on purpose",
    "seals.seal_of_number": "asked by whoever holds a paper with both numbers on it; shows states alone",
    "identity.installation": "what the installation is, is public",
    "identity.powers_of": "asked about the actor themselves, by the rules",
    "identity.powers_remembered": "asks for nothing itself",
    "identity.standing_in": "likewise",
    "notification.unread": "returns a number, of what is the actor's own",
    "identity.unit_of_member": "asked about the actor themselves",
    "identity.require": "asked about the actor themselves, by the rules",
    "identity.holdings_in_force": "asked by the rules; pages go through the visible ones",
    "identity.grants_in_force": "asked by the rules; pages go through the visible ones",
    "identity.require_part": "asked about the actor themselves, by the rules",
    "identity.require_within": "asked about the actor themselves, by the rules",
    "identity.held_or_coming": "asked by the rules, of whoever is to be given a power",
    "identity.terms_of": "asked by the rules, of whoever is to be given powers",
    "identity.powers_of_each": "asked by the rules, of whoever is to keep seals",
    "identity.offices_to_come": "asked by the rules, of whoever is to keep seals",
    "identity.holders_of": "asked by the rules, of posts that are to be filled; returns keys alone",
    "identity.term_of": "a line of a table as two times",
    "seals.permits_not_denied": "asked by the sweep and the scan; what of them the key is told are ids",
    "seals.mandates_not_denied": "likewise",
    "approvals.applications_not_denied": "likewise",
    "seals.seals_behind_their_type": "asked by the sweep and the scan",
    "approvals.own_yeses_not_denied": "likewise",
    "approvals.charter_of_all": "what the key asks for is known to all; no names",
    "approvals.charters_of_companies": "likewise",
    "approvals.untold": "returns a number",
    "approvals.scan": "asked by the pages and the command of whoever audits",
    "seals.scan": "asked by the pages and the command of whoever audits",
    "identity.findings_of_powers": "asked by the pages and the command of whoever audits",
    "identity.people_with": "asked by the rules; returns keys alone",
    "identity.people_in_charge": "asked of whom to tell; returns keys alone",
    "identity.companies_above": "asked by the rules; returns keys alone",
    "identity.owners_of_strange_factors": "asked by the sweep; whose they are, and nothing of the factors",
    "identity.has_strange_factor": "asked by the rules: whether an incident can end",
    "seals.wrong_holdings_and_keepers": "about the people and posts that its actor may see, by the reads below",
    "identity.earlier_names_of": "names of companies are public, in the register of companies too",
    "identity.mappings_in_force": "asked by the rules, of posts and units that bring powers",
    "identity.held_by_mapping": "what a mapping says, of whoever was read already",
    "approvals.holds_for": "of seals that were read already; what the key asks for is beside each",
    "approvals.charter_before": "asked by the act that proposes, of a company whose approver its actor is",
    "approvals.charters_at_the_key": "of the seals of an application that was read already",
    "approvals.asks_passkey_anywhere": "returns yes or no, to whoever asks whether we are ready",
    "approvals.charters_not_told": "asked by the sweep, of what the key has to be told",
    "approvals.passkeys_of": "asked of whoever votes; returns their own",
    "approvals.not_denied": "asked by the sweep, of what the key has to be told",
    "approvals.not_entered": "asked by the sweep, of what the key has to be told",
    "approvals.not_taken_off": "likewise",
    "approvals.seat_for": "a condition for the reads that are cut already",
    "approvals.standing_of": "asked about the actor themselves",
    "approvals.detours_here": "likewise",
    "identity.calendar_of": "asked by the rules; which days are worked is no secret",
    "identity.is_year_missing": "likewise; answers yes or no",
    "identity.heads_without_year": "asked by what reminds those who manage there",
    "identity.companies_below": "asked by the rules; returns keys alone",
    "identity.tied_to": "asked by the rules; returns keys alone",
    "identity.units_above": "asked by the rules; returns keys alone",
    "identity.uids_of_units": "asked by the rules, of units that a power reaches",
    "identity.units_below": "asked by the rules; returns keys alone",
    "identity.units_of_person": "asked by the rules; returns keys alone",
    "identity.members_of": "asked by the rules; returns keys alone",
    "identity.demo_people": "empty on every installation but a demo",
    "identity.sessions_visible_to": "one's own alone",
    "notification.messages_visible_to": "one's own alone",
    "notification.addresses_visible_to": "one's own alone",
    "notification.browsers_visible_to": "one's own alone",
    "notification.wishes_of": "one's own alone",
    "notification.unwanted_by": "one's own alone",
    "identity.factors_visible_to": "one's own alone",
    "approvals.drafts_visible_to": "one's own alone",
    "approvals.own_phrases": "one's own alone",
    "identity.lists_visible_to": "one's own alone",
    "identity.lists_kept_of": "likewise",
    "identity.is_linked_to_provider": "asked about the actor themselves; answers yes or no",
    "identity.has_second_factor": "asked about the actor themselves; answers yes or no",
    "identity.holds_an_office": "asked of whoever is signed in, by their session; answers yes or no",
    "identity.table_of_import": "asked by the job that goes on with it; returns which kind of table it is",
    "seals.certificates_to_look_at": "asked by the worker, of certificates that an authority outside is asked about",
    "seals.versions_from_outside": "asked by the worker, of certificates that stand in a sealed file",
    "seals.words_kept": "what authorities outside publish",
    "seals.revoked_and_untold": "asked by the sweep, of what the key has to be told",
    "seals.watch_of": "of a seal that was read already; what its authority says is public",
    "seals.after_revocation": "a condition on entries of the register that were read already",
    "seals.knows_revocations": "of a company that was read already; answers yes or no",
    "seals.is_revoked_outside": "of a seal that was read already; answers yes or no",
    "identity.names_of": "the record page, which only the auditor opens, puts names to pseudonyms",
}
# Actions that nobody in particular performs.
NOBODY_ACTS = {
    "seals.keep_look",
    "seals.tell_revoked",
    "devices.allow_at_signer",
    "devices.compare_cabinet_receipts",
    "devices.compare_receipts",
    "devices.confirm_at_signer",
    "devices.enrol",
    "devices.hear",
    "devices.mount_at_signer",
    "devices.renew",
    "devices.stop_at_signer",
    "devices.end_forced",
    "devices.stop_uses",
    "devices.watch_machines",
    "devices.unlock_at_signer",
    "custody.compare_photograph",
    "custody.finish_over",
    "custody.watch_alarms",
    "custody.watch_debts",
    "custody.watch_leavers",
    "custody.watch_stock_takes",
    "custody.watch_take_outs",
    "keeping.blot",
    "keeping.blot_everything",
    "keeping.blot_what_waits",
    "keeping.clear",
    "keeping.discard_table",
    "keeping.discard_tables_over",
    "keeping.erase_again",
    "seals.watch_factors",
    "identity.end_dead_tables",
    "seals.tell_signer",
    "seals.deny_at_signer",
    "seals.catch_up",
    "approvals.deny_applications",
    "approvals.deny_passkeys",
    "approvals.tell_charters",
    "approvals.tell_rosters",
    "approvals.follow_seats",
    "approvals.deny_seats",
    "approvals.tell_seats",
    "seals.keep_at_rest",
    "seals.finish_open_acts",
    "seals.acts_under_way",
    "identity.end_what_was_open",
    "identity.forget_ended_sessions",
    "identity.go_on_with",
    "approvals.sweep_deadlines",
    "seals.expire_seals",
    "seals.sweep_permits",
    "seals.watch_seals",
    "seals.about",
    "seals.locked_seal",
    "seals.locked_act",
    "seals.check_may_enter_into_force",
    "sealing.finish_open_intents",
    "sealing.tell_of_lingering",
    "sealing.draw_samples",
    "sealing.stop_unreviewed",
    "sealing.take_in",
    "sealing.keep_sealed",
    "sealing.renew_kept",
    "sealing.locked",
    "sealing.about",
}


def files(*names: str) -> Iterator[Path]:
    for name in names or [""]:
        path = SOURCE / name
        yield from [path] if path.is_file() else sorted(p for p in path.rglob("*.py") if "migrations" not in p.parts)


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield node


def public(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def called(function: ast.FunctionDef) -> set[str]:
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return {call.id if isinstance(call, ast.Name) else getattr(call, "attr", "") for call in calls}


def asked_for(function: ast.FunctionDef) -> set[str]:
    """Return the names of the questions that a function asks for its actor, as ``identity.again`` does."""
    calls = (node for node in ast.walk(function) if isinstance(node, ast.Call) and node.args)
    asked = (node.args[0] for node in calls if ast.unparse(node.func) in {"asked_for", "again.asked_for"})
    return {each.id for each in asked if isinstance(each, ast.Name)}


def nouns(context: str, kind: str) -> list[Path]:
    """Return a context's queries or actions: one file, or a folder of nouns."""
    return list(files(f"{context}/{kind}" if (SOURCE / context / kind).is_dir() else f"{context}/{kind}.py"))


CONTEXTS = ["identity", "seals", "sealing", "custody", "approvals", "notification", "keeping", "devices"]


def test_every_context_that_reads_is_looked_at() -> None:
    reading = {path.relative_to(SOURCE).parts[0] for path in files() if "queries" in (path.stem, path.parent.name)}

    assert reading == {*CONTEXTS, "ledger"}


@pytest.mark.parametrize("context", CONTEXTS)
def test_every_read_begins_with_what_its_actor_may_see(context: str) -> None:
    asked = {path: {one.name: called(one) for one in functions(path)} for path in nouns(context, "queries")}
    readers = {function: asked[path] for path in asked for function in public(path)}
    for function, beside in readers.items():
        if f"{context}.{function.name}" in SEES_NOTHING_PRIVATE:
            continue
        first = [argument.arg for argument in function.args.args[:2]]
        assert first == ["actor", "at"], f"{context}.queries.{function.name} does not ask for whom and when"
        calls = called(function).union(*(beside.get(name, set()) for name in asked_for(function)))
        reads = {name for name in calls if name.endswith("visible_to") or name == "powers_of"}
        reads |= calls & {other.name for other in readers}
        assert reads, f"{context}.queries.{function.name} is not cut to what its actor may see"


@pytest.mark.parametrize("context", CONTEXTS)
def test_every_write_says_first_who_and_when(context: str) -> None:
    for function in (each for path in nouns(context, "actions") for each in public(path)):
        names = [argument.arg for argument in function.args.args]
        decorators = {node.id for node in function.decorator_list if isinstance(node, ast.Name)}
        if (
            f"{context}.{function.name}" in NOBODY_ACTS
            or function.name.endswith("_of")
            or function.name.startswith(("check_", "create_"))
        ):
            continue
        assert names == ["actor", "at"], f"{context}.actions.{function.name}({', '.join(names)}) {decorators}"


def test_the_clock_is_read_at_the_edges_alone() -> None:
    # A command and a task are edges too.
    below = (each for each in files(*BELOW_EDGES) if "commands" not in each.parts and each.stem != "tasks")
    for path in below:
        for function in functions(path):
            assert not called(function) & {"now", "utcnow", "today"}, f"{path.name}: {function.name} reads the clock"


def test_nobody_is_above_the_table() -> None:
    for path in files():
        assert "is_superuser" not in path.read_text(encoding="utf-8"), path


def test_no_write_bypasses_its_columns() -> None:
    """Look for a bare save() on something that is not new: save names its fields or forces an insert."""
    for path in files("ledger", "identity", "seals", "sealing", "approvals", "notification"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "save":
                assert {word.arg for word in node.keywords} & {"update_fields", "force_insert"}, f"{path}:{node.lineno}"


@pytest.mark.parametrize("context", ["identity", "seals"])
def test_many_rows_are_written_some_at_a_time(context: str) -> None:
    # A statement takes 65,535 values: a table of ten thousand rows would break it.
    for path in nouns(context, "actions"):
        for call in (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Attribute) and call.func.attr == "bulk_create":
                assert "batch_size" in {keyword.arg for keyword in call.keywords}, f"{path.name}:{call.lineno}"


def test_files_and_functions_stay_readable() -> None:
    for path in files():
        lines = path.read_text(encoding="utf-8").count("\n")
        assert lines <= MOST_LINES, f"{path} has {lines} lines"
        for function in functions(path):
            length = (function.end_lineno or 0) - function.lineno
            assert length <= MOST_FUNCTION_LINES, f"{path.name}: {function.name} has {length} lines"


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error"])
def test_nothing_is_left_for_later(word: str) -> None:
    for path in files():
        assert word not in path.read_text(encoding="utf-8"), path
