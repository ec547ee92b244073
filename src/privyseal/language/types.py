"""What a seal is, in the reader's language."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from privyseal.language.labels import SEAL_TYPE
from privyseal.seals.models import OwnType, Seal
from privyseal.seals.rules import Level, SealType

LEVEL: Final[Mapping[Level, Promise]] = {
    Level.COMPANY: _("of the company itself"),
    Level.UNIT: _("of a unit"),
}


def name_of_type(own: OwnType) -> str:
    """Return the type's name in the reader's language."""
    return own.name_en if get_language() == "en" else own.name_zh


def type_of(seal: Seal) -> Promise | str:
    """Return what a seal is, by the group's own name for it or the built-in one."""
    return name_of_type(seal.own_type) if seal.own_type else SEAL_TYPE[SealType(seal.type)]
