"""Sneaky signature, and what is done to forms."""

from collections.abc import Mapping
from typing import Final

from tests.engine.attacks.scene import COVER, WHOLE_PAGE, Attack, Scene, blank
from tests.engine.handmade import (
    INK,
    OTHER_PLACE,
    PAYEE,
    PAYEE_SHOWN,
    Paper,
    paper,
    payee_appearance,
    payee_field,
)
from tests.engine.papers import stream


def _signed_again(scene: Scene) -> bytes:
    """Return the file with its first field emptied and signed by a stranger."""
    signed = scene.paper
    text = signed.objects[signed.fields["A"]].partition(b"/V ")[0] + b">>"
    return (
        Paper(signed.data, {**signed.objects, signed.fields["A"]: text}, signed.fields).signed("A", scene.stranger).data
    )


def _in_parts(scene: Scene) -> bytes:
    """Return the file signed by a known party in a field of six widgets, which together cover the page."""
    parts = [(0, bottom, 595, bottom + 140) for bottom in range(0, 840, 140)]
    look = stream(COVER, b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]")
    kids = {
        16_100 + number: b"<</Type/Annot/Subtype/Widget/F 132/P 11 0 R/Rect[%d %d %d %d]/AP<</N 16200 0 R>>>>" % part
        for number, part in enumerate(parts)
    }
    kids_written = b"/Kids[%b]" % b" ".join(b"%d 0 R" % number for number in kids)
    more = {**kids, 16_200: look}
    return scene.paper.signed("C", scene.key, rectangle=(0, 0, 0, 0), more=more, entries=kids_written).data


SNEAKY: Final[Mapping[str, Attack]] = {
    "a stranger signs beside": lambda scene: scene.paper.signed("C", scene.stranger, rectangle=(10, 20, 90, 80)).data,
    "a stranger signs unseen": lambda scene: scene.paper.signed("C", scene.stranger, rectangle=(0, 0, 0, 0)).data,
    "a stranger covers the page": lambda scene: (
        scene.paper.signed("C", scene.stranger, rectangle=WHOLE_PAGE, ink=COVER).data
    ),
    "a known party covers the page": lambda scene: (
        scene.paper.signed("C", scene.key, rectangle=WHOLE_PAGE, ink=COVER).data
    ),
    "a known party covers the page in parts": _in_parts,
    "a stranger in the place of the counterpart": lambda scene: (
        scene.signed(blank()).signed("B", scene.stranger, ink=COVER).data
        if scene.parties == 1
        else scene.paper.signed("C", scene.stranger, ink=INK).data
    ),
    "a second value for a signed field": _signed_again,
    "certified by the second party": lambda scene: (
        scene.paper.signed("C", scene.key, certify=3, rectangle=(0, 0, 0, 0)).data
    ),
}


def filled(scene: Scene) -> Paper:
    """Return the paper with its form filled in as an honest reader would."""
    return scene.paper.revised({PAYEE: payee_field("Mallory"), PAYEE_SHOWN: payee_appearance("Mallory")})


FILLED: Final[Mapping[str, Attack]] = {
    "the value alone": lambda scene: scene.paper.revised({PAYEE: payee_field("Mallory")}).data,
    "the look alone": lambda scene: scene.paper.revised({PAYEE_SHOWN: payee_appearance("Mallory")}).data,
    "value and look disagree": lambda scene: (
        scene.paper.revised({PAYEE: payee_field("Alice"), PAYEE_SHOWN: payee_appearance("Mallory")}).data
    ),
    "value and look disagree as signed": lambda scene: (
        scene.signed(paper(payee="Bob", shown="Mallory").declared("A").declared("B", OTHER_PLACE)).data
    ),
    "an action on the field": lambda scene: (
        scene.paper.revised({PAYEE: payee_field("Bob", b"/AA<</K<</S/JavaScript/JS(x)>>>>")}).data
    ),
    "value and look agree, signed over": lambda scene: (
        Scene(None, 1, scene.key, scene.stranger)
        .paper.revised({PAYEE: payee_field("Mallory"), PAYEE_SHOWN: payee_appearance("Mallory")})
        .signed("B", scene.key)
        .data
    ),
}
