"""Codes that two people hold, and words that say whether whoever asks for one is made to."""

from django.contrib.auth.hashers import check_password

from privyseal.device.codes import halves
from privyseal.devices.models import CodeWords, MachineUse
from privyseal.devices.rules import CodeWordWrong
from privyseal.identity.models import Person


def first_of(use: MachineUse, digits: str) -> str:
    """Return what the operator is told of a code: all of it, or the first half where two hold it."""
    return halves(digits)[0] if use.is_dual and digits else digits


def is_forced_by(person: Person, word: str) -> bool:
    """Tell whether somebody's word says that they are made to ask, or refuse; who has none is asked for none."""
    words = CodeWords.objects.filter(person=person).first()
    if words is None:
        return False
    # Both are always tried, so that the time that it takes says nothing to whoever watches.
    is_usual, is_forced = check_password(word, words.usual), check_password(word, words.forced)
    if not is_usual and not is_forced:
        raise CodeWordWrong
    return is_forced


def has_words(person: Person) -> bool:
    return CodeWords.objects.filter(person=person).exists()
