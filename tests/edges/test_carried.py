"""What goes along to the approval page comes back as what it was, or not at all."""

import pytest

from privyseal.approval_page.keeping import ApprovalCodeUnknown
from privyseal.web import approving, carried, one_yes


def test_a_note_comes_back_as_it_was_and_as_nothing_else() -> None:
    note = one_yes.Note("person", "charter", "uid", "command")
    text = carried.written(note)
    middle = len(text) // 2
    altered = text[:middle] + ("A" if text[middle] != "A" else "B") + text[middle + 1 :]

    assert carried.read(one_yes.Note, text) == note
    for kind, said in ((approving.Note, text), (one_yes.Note, altered), (one_yes.Note, "")):
        with pytest.raises(ApprovalCodeUnknown):
            carried.read(kind, said)
