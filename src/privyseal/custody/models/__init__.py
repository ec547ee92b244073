"""What custody keeps."""

from privyseal.custody.models.photographs import Photograph, PhotographWaiver
from privyseal.custody.models.places import SealPlace, Slot, Store
from privyseal.custody.models.uses import HandUse, Turn

__all__ = ["HandUse", "Photograph", "PhotographWaiver", "SealPlace", "Slot", "Store", "Turn"]
