"""What custody keeps."""

from privyseal.custody.models.alarms import Alarm, AlarmRule
from privyseal.custody.models.blanks import Blank
from privyseal.custody.models.late import LateAct
from privyseal.custody.models.photographs import Photograph, PhotographWaiver
from privyseal.custody.models.places import SealPlace, Slot, Store
from privyseal.custody.models.samples import Sample
from privyseal.custody.models.sightings import PagePrint, Sighting
from privyseal.custody.models.spoiled import Spoiled
from privyseal.custody.models.stock import StockLine, StockTake
from privyseal.custody.models.takeout import PlaceReport, TakeOut
from privyseal.custody.models.uses import HandUse, Turn

__all__ = [
    "Alarm",
    "AlarmRule",
    "Blank",
    "HandUse",
    "LateAct",
    "PagePrint",
    "Photograph",
    "PhotographWaiver",
    "PlaceReport",
    "Sample",
    "SealPlace",
    "Sighting",
    "Slot",
    "Spoiled",
    "StockLine",
    "StockTake",
    "Store",
    "TakeOut",
    "Turn",
]
