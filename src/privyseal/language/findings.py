"""How a power stands, and what a scan finds of powers and keepers, in the reader's language."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.identity.rules import Found, GrantState, Weight

GRANT_STATE: Final[Mapping[GrantState, Promise]] = {
    GrantState.WAITING: _("Waiting for its confirmation"),
    GrantState.COMING: _("Not begun yet"),
    GrantState.IN_FORCE: _("In force now"),
    GrantState.ENDED: _("Ended"),
}
FOUND: Final[Mapping[Found, Promise]] = {
    Found.KEPT_APART: _("One person holds two powers that cannot go together"),
    Found.BARRED_KEEPER: _("Somebody whose post bars them from keeping seals may keep them"),
    Found.SET_WITH_ONE_KEEPER: _("One keeper has seals that must not share a keeper"),
    Found.TOO_MANY_SEALS: _("One keeper has more than ten seals"),
    Found.GONE: _("Somebody who left still holds a power"),
    Found.STRANGE_FACTOR: _("A second factor was not enrolled through these pages"),
    Found.DORMANT: _("Somebody with powers has not signed in for 90 days"),
    Found.SOLE_HOLDER: _("One person alone holds a power that should not rest on one"),
    Found.WITHOUT_END: _("A power has no last day"),
    Found.UNCONFIRMED: _("A power has waited for its confirmation for a week"),
    Found.UNCONFIRMED_MAPPING: _("A mapping has waited for its confirmation for a week"),
    Found.KEY_NOT_TOLD: _("The key has not been told yet of what was taken back"),
    Found.KEY_BEHIND_TYPE: _("A seal bears a name, and its key does not ask for that person’s consent"),
}
TO_DO: Final[Mapping[Found, Promise]] = {
    Found.KEPT_APART: _("End one of the two at once, and find out how they came together."),
    Found.BARRED_KEEPER: _("Give the custody to somebody else, and end this one."),
    Found.SET_WITH_ONE_KEEPER: _("Hand one of the seals over to another keeper."),
    Found.TOO_MANY_SEALS: _("Spread the seals over more keepers."),
    Found.GONE: _("End the power, and enter the leaving."),
    Found.STRANGE_FACTOR: _("Find out who writes to the database, and have the owner remove the factor."),
    Found.DORMANT: _("Ask whether the work still needs it; otherwise end it."),
    Found.SOLE_HOLDER: _("Give the power to a second person."),
    Found.WITHOUT_END: _("Grant it again with a last day, a year ahead at most."),
    Found.UNCONFIRMED: _("Confirm it or end it."),
    Found.UNCONFIRMED_MAPPING: _("Confirm it or end it."),
    Found.KEY_NOT_TOLD: _(
        "Until then only the register refuses it. Check whether signer and worker run: the signer is told within "
        "seconds."
    ),
    Found.KEY_BEHIND_TYPE: _(
        "It was made before the key knew types. See that signer and worker run; it takes seconds."
    ),
}
WEIGHT: Final[Mapping[Weight, Promise]] = {
    Weight.BROKEN: _("Broken rule"),
    Weight.RISK: _("Risk"),
    Weight.CARE: _("To look at"),
}
