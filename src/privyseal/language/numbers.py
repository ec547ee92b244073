"""The number of an application in words, as a company writes it on paper."""

from django.utils.translation import gettext

from privyseal.approvals.models import Application
from privyseal.approvals.numbers import number_of
from privyseal.approvals.rules.numbers import Number


def number_said(number: Number) -> str:
    return gettext("A%(year)s-%(running)s") % {"year": number.year, "running": number.running}


def number_in_words(application: Application) -> str:
    return number_said(number_of(application))
