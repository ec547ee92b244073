"""What a line may be bound to, over plain values, and how a statement says it."""

import pytest

from privyseal.custody.rules.photographs import Asked, asked_of
from privyseal.custody.rules.sightings import as_far_as_told
from privyseal.kernel.canonical import Json
from privyseal.kernel.shapes import Misshapen
from privyseal.paper.verdict import Box, Mark, Seen, Sight
from privyseal.seals.rules import SealKind
from privyseal.seals.rules.bindings import BINDINGS, BindingNotPossible, check_binding
from privyseal.signer.bound import Binding, Paper, Secret, bound_from_json
from privyseal.signer.documents import Document

PAPER = Paper(pages=12, photographs=("ab" * 32,))
SECRET = Secret(pages=3, title="意向书", envelope="M-7", impressions=2)
PLACE: dict[str, Json] = {"page": 1, "x": 1_000, "y": 1_000}


def test_every_binding_has_its_row_and_only_a_file_takes_a_key() -> None:
    assert [row.binding for row in BINDINGS] == list(Binding)
    for binding in (Binding.PAPER, Binding.SECRET):
        with pytest.raises(BindingNotPossible):
            check_binding(binding, SealKind.ELECTRONIC, is_true_copy=False)
        check_binding(binding, SealKind.PHYSICAL, is_true_copy=False)


def test_nothing_in_an_envelope_is_asked_to_be_photographed_whatever_the_permit_says() -> None:
    assert [asked_of(binding, {}) for binding in Binding] == [Asked.EACH, Asked.EACH, Asked.NONE]


def test_beside_a_photograph_no_word_is_said_to_differ() -> None:
    differs = Seen(Sight.DIFFERS, 2, 96, 100, (Box(Mark.PRINT, 1, 1, 2, 2),))

    assert as_far_as_told(Binding.FILE, differs) == differs
    assert as_far_as_told(Binding.PAPER, differs) == Seen(Sight.FOUND, 2, 96, 100)
    assert as_far_as_told(Binding.PAPER, Seen(Sight.NOT_THERE)) == Seen(Sight.NOT_THERE)


@pytest.mark.parametrize("bound", [PAPER, SECRET])
def test_what_a_line_is_bound_to_is_read_as_it_was_written(bound: Paper | Secret) -> None:
    said = bound.to_json()

    assert bound_from_json(said) == bound
    for wrong in ({**said, "more": 1}, {**said, "pages": 0}, {**said, "to": "file"}, {}, None):
        with pytest.raises(Misshapen):
            bound_from_json(wrong)


def test_a_statement_places_a_seal_on_paper_and_counts_it_in_an_envelope() -> None:
    base: dict[str, Json] = {"sha256": "cd" * 32, "following": "others"}
    on_paper: dict[str, Json] = {**base, "placements": [PLACE], "bound": PAPER.to_json()}
    inside: dict[str, Json] = {**base, "placements": [], "bound": SECRET.to_json()}

    assert [Document.parse(one).impressions for one in (on_paper, inside)] == [1, 2]
    assert Document.parse(inside).to_json() == inside
    for wrong in (
        {**on_paper, "placements": []},
        {**inside, "placements": [PLACE]},
        {**inside, "bound": Secret(pages=3, title="意向书", envelope="M-7").to_json()},
        {**on_paper, "field": "Seal1"},
    ):
        with pytest.raises(Misshapen):
            Document.parse(wrong)
