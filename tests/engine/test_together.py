"""Several seals of one holder in one go, each under its own signature."""

import json
from pathlib import Path

import pytest

from privyseal.pdf.accepted import NotSealable
from privyseal.pdf.face import Face
from privyseal.pdf.judge import Verdict, judge
from privyseal.pdf.placement import Placement
from privyseal.pdf.seal import FieldTaken, Following
from privyseal.pdf.spots import Edge, Range, Seam
from privyseal.pdf.together import Impression, seal_together
from tests.engine.conftest import FACE, NOON, Authority, Sealing
from tests.engine.outside import Outside
from tests.engine.papers import contract
from tests.engine.test_commands import p12, privy

__all__ = ["p12"]

CONTRACT_SEAL = Face(ring="上海示例贸易有限公司", bottom="合同专用章")


@pytest.fixture
def impressions(authority: Authority) -> list[Impression]:
    key = authority.key()
    official = (Placement(page=1, x=150_000, y=60_000), Seam(Edge.RIGHT, (Range(1, 2),), 150_000, 2))
    return [
        Impression(FACE, official, key, "official"),
        Impression(CONTRACT_SEAL, (Placement(page=1, x=60_000, y=60_000),), key, "contract"),
        Impression(CONTRACT_SEAL, (Placement(page=2, x=60_000, y=60_000),), key, "third"),
    ]


@pytest.mark.parametrize("following", list(Following))
def test_all_are_valid_for_us_and_for_others(
    impressions: list[Impression], following: Following, authority: Authority, outside: Outside
) -> None:
    document = contract()

    sealed = document + seal_together(document, impressions, following=following, at=NOON)

    judged = judge(sealed, trust=[authority.der], at=NOON)
    assert (judged.verdict, [one.field for one in judged.signatures]) == (
        Verdict.VALID,
        ["official", "contract", "third"],
    )
    assert (b"/DocMDP" in sealed) is (following is Following.NOBODY)
    assert "No syntax" in outside.qpdf(sealed)


def test_nothing_else_can_be_added_to_what_nobody_follows(impressions: list[Impression], sealing: Sealing) -> None:
    document = contract()
    sealed = document + seal_together(document, impressions, following=Following.NOBODY, at=NOON)

    with pytest.raises(NotSealable):
        sealing(sealed)


def test_two_seals_do_not_share_a_field(impressions: list[Impression]) -> None:
    with pytest.raises(FieldTaken):
        seal_together(contract(), [*impressions, impressions[0]], following=Following.NOBODY, at=NOON)


def test_several_seals_go_on_from_the_shell(tmp_path: Path, p12: Path, outside: Outside) -> None:
    document, out = tmp_path / "contract.pdf", tmp_path / "sealed.pdf"
    document.write_bytes(contract())
    (tmp_path / "face.json").write_text(json.dumps(CONTRACT_SEAL.to_json()), encoding="utf-8")
    (tmp_path / "password").write_text("secret", encoding="utf-8")

    code = privy(
        *("pdf", "seal", document, out, "--p12", p12, "--password-file", tmp_path / "password"),
        *("--also", tmp_path / "face.json", "last,60,60", "--also", tmp_path / "face.json", "1,60,60"),
    )

    signatures = outside.pdfsig(out.read_bytes())
    assert (code, len(signatures)) == (0, 3)
