"""Words about what people leave behind with rubber seals."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.custody.rules.leaving import Becomes, Left

LEFT: Final[Mapping[Left, Promise]] = {
    Left.BOOKED: _("A take-out that has not begun"),
    Left.OUT: _("A seal outside the company"),
    Left.COUNT: _("A stock-take under way"),
    Left.OWNED: _("An incident that they own"),
    Left.DEBT: _("Photographs that they owe"),
    Left.BLANK: _("A stamped blank that is not accounted for"),
    Left.COVER: _("A leave cover"),
    Left.KEPT: _("A seal that they keep"),
}
BECOMES: Final[Mapping[Becomes, Promise]] = {
    Becomes.GIVEN_UP: _("is given up"),
    Becomes.INCIDENT: _("becomes an incident"),
    Becomes.PAUSED: _("pauses until a manager names somebody"),
    Becomes.HANDED_ON: _("goes to a manager"),
    Becomes.NAMED: _("has to be handed over"),
}
