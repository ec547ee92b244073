"""What is dangerous asks for a proof, wherever a page does it: read off the syntax trees of actions and views."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from privyseal.identity.rules import DANGEROUS, ON_DEMAND, WITHOUT_PROOF

SOURCE = Path(__file__).parents[2] / "src" / "privyseal"
TABLE = {row.act: row.least for row in (*DANGEROUS, *ON_DEMAND)}


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef))


def argument_of(function: ast.FunctionDef, decorator: str) -> str | None:
    for node in function.decorator_list:
        if isinstance(node, ast.Call) and ast.unparse(node.func) == decorator:
            return str(ast.literal_eval(node.args[0]))
    return None


@cache
def dangerous_actions() -> Mapping[str, str]:
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
    """Return the views that do something dangerous without its proof: themselves or by a private function of theirs."""
    actions = dangerous_actions()
    private = {
        function.name: named_in(function)
        for function in functions(path)
        if function.name.startswith("_") and argument_of(function, "proven") is None
    }

    def reached(function: ast.FunctionDef) -> set[str]:
        names = named_in(function)
        return names.union(*(private[name] for name in names & private.keys()))

    return [
        f"{path.name}: {function.name} does {actions[name]} and is not @proven as for that"
        for function in functions(path)
        for name in sorted(reached(function) & actions.keys() - {function.name})
        if function.name not in private and TABLE.get(argument_of(function, "proven") or "") is not TABLE[actions[name]]
    ]


def test_every_view_that_does_something_dangerous_wants_a_proof() -> None:
    assert [line for path in sorted((SOURCE / "web" / "views").glob("*.py")) for line in unproven(path)] == []


@pytest.mark.parametrize(
    "view",
    [
        "def give(request):\n    actions.grant_power.once(1, request.user)\n",
        "def give(request):\n    _give(request)\n\ndef _give(request):\n    actions.grant_power.once(1, request)\n",
    ],
)
def test_a_view_that_forgot_would_be_found(view: str, tmp_path: Path) -> None:
    path = tmp_path / "view.py"
    path.write_text(view, "utf-8")

    assert unproven(path) == ["view.py: give does power.grant and is not @proven as for that"]


def commands() -> set[str]:
    """Return every act there is, read off the code."""
    found = (argument_of(function, "command") for path in SOURCE.rglob("*.py") for function in functions(path))
    return {name for name in found if name is not None} | {"seal.carry-out"}


def test_every_act_wants_a_proof_or_says_why_not_and_each_once() -> None:
    every = [*TABLE, *(act for acts in WITHOUT_PROOF for act in acts)]

    assert sorted(set(every) ^ commands()) == []
    assert len(set(every)) == len(every)
