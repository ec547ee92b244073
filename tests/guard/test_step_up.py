"""What is dangerous asks for a proof, wherever a page does it: read off the syntax trees of actions and views."""

import ast
from collections.abc import Iterator
from pathlib import Path

from privyseal.identity.rules import DANGEROUS, ON_DEMAND, WITHOUT_PROOF
from privyseal.language.facts import COMMAND

SOURCE = Path(__file__).parents[2] / "src" / "privyseal"
TABLE = {row.act for row in (*DANGEROUS, *ON_DEMAND)}


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef))


def argument_of(function: ast.FunctionDef, decorator: str) -> str | None:
    for node in function.decorator_list:
        if isinstance(node, ast.Call) and ast.unparse(node.func) == decorator:
            return str(ast.literal_eval(node.args[0]))
    return None


def dangerous_actions() -> dict[str, str]:
    """Return the name of each function that is a dangerous command, with the command's name."""
    found = {}
    for path in (*SOURCE.glob("*/actions.py"), *SOURCE.glob("*/actions/*.py")):
        for function in functions(path):
            name = argument_of(function, "command")
            if name in TABLE:
                found[function.name] = name
    # This one acts in two commands, around a call of the signer.
    return found | {"carry_out": "seal.carry-out"}


def named_in(function: ast.FunctionDef) -> set[str]:
    return {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute | ast.Name)
    }


def unproven(path: Path) -> list[str]:
    actions = dangerous_actions()
    return [
        f"{path.name}: {function.name} does {actions[name]} and is not @proven({actions[name]!r})"
        for function in functions(path)
        for name in sorted(named_in(function) & actions.keys() - {function.name})
        if argument_of(function, "proven") != actions[name]
    ]


def test_every_view_that_does_something_dangerous_wants_a_proof() -> None:
    assert [line for path in sorted((SOURCE / "web" / "views").glob("*.py")) for line in unproven(path)] == []


def test_a_view_that_forgot_would_be_found(tmp_path: Path) -> None:
    view = tmp_path / "view.py"
    view.write_text("def give(request):\n    actions.grant_power.once(1, request.user)\n", "utf-8")

    assert unproven(view) == ["view.py: give does power.grant and is not @proven('power.grant')"]


def test_the_table_names_commands_and_each_once() -> None:
    every = [*(row.act for row in (*DANGEROUS, *ON_DEMAND)), *WITHOUT_PROOF]

    assert set(every) <= set(COMMAND)
    assert len(set(every)) == len(every)
