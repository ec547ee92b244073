"""Attacks on signed papers, by class: each makes a file of a scene."""

from collections.abc import Mapping
from typing import Final

from tests.engine.attacks.annotated import ANNOTATED
from tests.engine.attacks.appended import APPENDED
from tests.engine.attacks.forgeries import FORGERIES
from tests.engine.attacks.forms import FILLED, SNEAKY
from tests.engine.attacks.masked import MASKED
from tests.engine.attacks.scene import Attack
from tests.engine.attacks.shadows import SHADOWS
from tests.engine.attacks.trailing import TRAILING
from tests.engine.attacks.wrapped import WRAPPED

ATTACKS: Final[Mapping[str, Mapping[str, Attack]]] = {
    "forged": FORGERIES,
    "appended": APPENDED,
    "wrapped": WRAPPED,
    "shadow": SHADOWS,
    "annotated": ANNOTATED,
    "sneaky": SNEAKY,
    "filled": FILLED,
    "masked": MASKED,
    "trailing": TRAILING,
}
