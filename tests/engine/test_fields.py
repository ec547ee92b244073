"""What a form leaves to its viewers to draw is drawn once, before anyone approves it."""

import pytest

from privyseal.pdf.accepted import NotSealable
from privyseal.pdf.intake import accept
from tests.engine.outside import Outside
from tests.engine.papers import contract, stream

PAGE = (0.0, 0.0, 200.0, 200.0)
EMPTY = stream(b"/Tx BMC\nEMC\n", b"/Type/XObject/Subtype/Form/BBox[0 0 100 20]")


def filled(entries: bytes, *, leaves_to_viewers: bool = True) -> bytes:
    """Return a page with one field from (50, 100) to (150, 160) and nothing else to be seen."""
    field = b"<</Type/Annot/Subtype/Widget/F 4/T(a)/Rect[50 100 150 160]%b>>" % entries
    form = b"/AcroForm<</Fields[6 0 R]%b>>" % (b"/NeedAppearances true" if leaves_to_viewers else b"")
    more = {6: field, 7: EMPTY, 10_001: stream(b"")}
    return contract(pages=1, media=PAGE, page_entries=b"/Annots[6 0 R]", catalog_entries=form, more=more)


def ink(document: bytes, outside: Outside) -> list[tuple[int, int]]:
    """Return the points, from the lower left, that are not white."""
    picture = outside.picture(document, dpi=72)
    spots = (at // 3 for at in range(0, len(picture.pixels), 3) if picture.pixels[at + 1] < 200)
    return [(spot % picture.width, picture.height - spot // picture.width) for spot in spots]


@pytest.mark.parametrize(
    "entries",
    [
        b"/FT/Tx/V(Wang Li)/DA(/Helv 12 Tf 0 g)",
        b"/FT/Tx/V<FEFF4E0A6D77793A4F8B>/DA(/Helv 0 Tf 1 0 0 rg)",
        b"/FT/Tx/V(Wang Li)/AP<</N 7 0 R>>",
        b"/FT/Tx/V(many words in one line that is much too narrow for all of them)",
        b"/FT/Tx/V(many words on several lines\\nand more of them than fit)/Ff 4096/Q 1",
        b"/FT/Tx/V(0123456)/Ff 16777216/MaxLen 8",
        b"/FT/Tx/V(secret)/Ff 8192/Q 2",
        b"/FT/Ch/V(b)/Opt[[(a)(Beijing)][(b)(Shanghai)]]",
        b"/FT/Ch/V[(a)(b)]/Opt[(a)(b)]/Ff 4096",
    ],
)
def test_a_value_that_nothing_shows_is_drawn_inside_its_field(entries: bytes, outside: Outside) -> None:
    result = accept(filled(entries))

    spots = ink(result.data, outside)
    assert result.changes == ("forms-flattened",)
    assert spots
    assert all(50 <= x <= 150 and 100 <= y <= 161 for x, y in spots)


@pytest.mark.parametrize("entries", [b"/FT/Tx/V()", b"/FT/Tx", b"/FT/Btn/V/Off", b"/FT/Sig"])
def test_a_field_without_words_shows_nothing(entries: bytes, outside: Outside) -> None:
    assert ink(accept(filled(entries)).data, outside) == []


def test_a_value_that_the_file_itself_hides_stays_hidden(outside: Outside) -> None:
    hidden = filled(b"/FT/Tx/V(hidden)/AP<</N 7 0 R>>", leaves_to_viewers=False)

    assert ink(accept(hidden).data, outside) == []


def test_a_value_that_the_font_lacks_is_refused_and_never_a_box() -> None:
    with pytest.raises(NotSealable) as refusal:
        accept(filled(b"/FT/Tx/V<FEFFD83DDED5>"))

    assert refusal.value.facts == {"reason": "form-value", "character": "U+1F6D5"}
