"""Standing permits in words."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.seals.rules.standing import DocumentClass

DOCUMENT_CLASS: Final[Mapping[DocumentClass, Promise]] = {
    DocumentClass.EMPLOYMENT_CERTIFICATE: _("Employment certificate"),
    DocumentClass.INVOICE: _("Invoice"),
    DocumentClass.BANK_SLIP: _("Bank slip"),
    DocumentClass.DELIVERY_NOTE: _("Delivery note"),
    DocumentClass.RECONCILIATION_LETTER: _("Reconciliation letter"),
    DocumentClass.GUARANTEE: _("Guarantee"),
    DocumentClass.CONTRACT: _("Contract"),
    DocumentClass.LETTER_OF_AUTHORITY: _("Letter of authority"),
}
