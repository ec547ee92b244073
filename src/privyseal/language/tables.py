"""What stands in tables that are brought in: their columns, what is wrong with a cell, how far they have come."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.identity.rules import Column, Import, Wrong
from privyseal.seals.rules import SealColumn

TABLE: Final[Mapping[str, Promise]] = {
    "people": _("People"),
    "units": _("Units"),
    "posts": _("Posts"),
    "holdings": _("Holders of posts"),
    "seals": _("Seals"),
}
IMPORT: Final[Mapping[Import, Promise]] = {
    Import.READING: _("Reading"),
    Import.WRONG: _("Something is wrong"),
    Import.FINE: _("Nothing is wrong"),
    Import.ENTERING: _("Being entered"),
    Import.ENTERED: _("Entered"),
    Import.REFUSED: _("Refused"),
}
COLUMN: Final[Mapping[str, Promise]] = {
    Column.LOGIN: _("Login"),
    Column.NAME: _("Name"),
    Column.COMPANY: _("Credit code of the company"),
    Column.UNIT: _("Unit"),
    Column.JOINED_ON: _("Joined on"),
    Column.POST: _("Post"),
    Column.OFFICE: _("Kind of post"),
    Column.STARTS_ON: _("First day"),
    Column.ENDS_ON: _("Last day"),
    Column.DEPUTY_FOR: _("Login of the person they stand in for"),
}
SEAL_COLUMN: Final[Mapping[str, Promise]] = {
    SealColumn.COMPANY: _("Credit code of the company"),
    SealColumn.NAME: _("Name of the seal"),
    SealColumn.TYPE: _("Type"),
    SealColumn.UNIT: _("Unit"),
    SealColumn.KEEPER: _("Login of the keeper"),
    SealColumn.MAKER: _("Maker"),
    SealColumn.FILING_NUMBER: _("Police filing number"),
    SealColumn.MADE_ON: _("Made on"),
    SealColumn.ENDS_ON: _("Last day"),
}
WRONG: Final[Mapping[Wrong, Promise]] = {
    Wrong.MISSING: _("It is empty, and needed."),
    Wrong.TOO_LONG: _("It is too long."),
    Wrong.NOT_PLAIN: _("It contains invisible characters, or a part of it is empty."),
    Wrong.NOT_A_DATE: _("It is not a day. Write it as 2026-01-31."),
    Wrong.FORMULA: _("It is a formula. Put its value there."),
    Wrong.NOT_TEXT: _("It is neither text, nor a whole number, nor a day."),
    Wrong.TWICE: _("It is in the table twice."),
    Wrong.TAKEN: _("It is registered already."),
    Wrong.NO_SUCH_COMPANY: _("No company has this credit code."),
    Wrong.NO_SUCH_UNIT: _("The company has no such unit."),
    Wrong.NO_SUCH_TYPE: _("There is no type of seal with this name."),
    Wrong.NO_SUCH_PERSON: _("Nobody who is here has this login."),
    Wrong.MAY_NOT_KEEP: _("This person does not hold the power of custody in the company."),
    Wrong.LOOKS_TAKEN: _("Another seal of the company has this name, or one that looks like it."),
    Wrong.NOT_YOURS: _("You do not manage the seals of this company, or it has not been verified."),
    Wrong.NO_SUCH_OFFICE: _("There is no kind of post with this name."),
    Wrong.NO_SUCH_POST: _("The company has no such post."),
    Wrong.NOT_ONESELF: _("People cannot appoint themselves."),
    Wrong.NOT_A_TERM: _("It ends before it begins."),
    Wrong.DEPUTY_WITHOUT_END: _("Whoever stands in needs a last day."),
    Wrong.POWERS_CONFLICT: _("The post brings a power that this person may not have beside another one."),
    Wrong.OWN_WORD: _("The post brings a power that this person granted or confirmed."),
    Wrong.KEEPS_A_SEAL: _(
        "Holders of this post keep no seals, and this person keeps a seal of the company. Hand it over first."
    ),
    Wrong.BARRED_FROM_KEEPING: _("This person’s post in the company bars them from keeping this seal."),
    Wrong.KEEPERS_NOT_SEPARATE: _(
        "This person keeps a seal that must not share a keeper with this one, there or in the table."
    ),
    Wrong.OTHER_LEVEL: _("Seals of this type belong to a unit, or else to the company itself."),
    Wrong.NOBODY_TO_DEPUTISE: _("This person does not hold the post on the first day."),
}
