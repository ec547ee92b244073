"""What people should know of a file that was taken in."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WARNING: Final[Mapping[str, Promise]] = {
    "protection-removed": _(
        "The document came protected by a password. That was taken off to seal it: the sealed file is open to whoever "
        "holds it."
    ),
    "fonts-not-embedded": _(
        "The document uses fonts that it does not contain: it may look different on another computer. Below it is "
        "shown in ours. It is better to save it again with its fonts embedded."
    ),
}
