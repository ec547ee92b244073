"""What is refused of permits that end, and of the own yes that some rest on."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: Final[Mapping[str, Promise]] = {
    # standing permits
    "never-standing": _(
        "Guarantees, contracts and letters of authority never go under a standing permit. Apply for each separately."
    ),
    "standing-not-possible": _(
        "A standing permit lasts at most 92 days, names one to three words that appear on the first page, and allows "
        "no more in a day than in all. Correct it."
    ),
    "addition-waits": _("This was asked for already and is not decided. Wait for it, or take it back and ask again."),
    "nothing-to-add": _(
        "Each file is sealed once, and no failed sealing lost an impression. Copies of a sealed file need no seal. Of "
        "what is stamped by hand, say how many more copies of which paper, before the last one is stamped."
    ),
    "addition-not-possible": _(
        "This number or time is not possible: a later end lies after the present one, a use lasts at most a year, a "
        "standing permit at most 92 days and 5,000 uses, a paper has at most 999 copies. Only standing permits are "
        "topped up by a number."
    ),
    "fewer-than-before": _(
        "This needs as many approvers as approved what it adds to. Have more people given the power, or apply again."
    ),
    "seal-changed-since": _("The seal has been changed since this was approved. Apply again."),
    "addition-differs": _(
        "The signer found that what was added does not fit what was approved first. Nothing was sealed; apply again."
    ),
    "standing-overrun": _(
        "This is more than the standing permit allows in a day or in all. It has ended; apply for a new one."
    ),
    "not-of-its-class": _(
        "This paper is not of the class of the standing permit: it has too many pages, is signed already, or lacks a "
        "word required on its first page. Apply for it separately."
    ),
    "sample-overdue": _(
        "A sample waited for its reviewer for three days, so the standing permit has ended. Apply for each paper "
        "separately until there is another one."
    ),
    "samples-waiting": _("Too many samples wait for their reviewer. Ask the reviewer to look at them; then go on."),
    "standing-too-wide": _(
        "The signer seals only routine papers under a standing permit, for a quarter at most. Nothing was sealed."
    ),
    "draw-awaited": _(
        "An earlier use has waited for an hour to be drawn. Try again later, and tell your administrator."
    ),
    "holders-or-unit": _("A standing permit is for people by name, or for one unit. Choose one of the two."),
    "outside-the-unit": _(
        "This standing permit is for a unit to which you do not belong now. Apply for this use separately."
    ),
    "not-of-the-unit": _(
        "The signer does not know that you belong to the unit of this standing permit. Nothing was sealed."
    ),
    "not-a-standing-holder": _("The signer does not find you among the holders of this standing permit."),
    # permits that end, or went bad
    "applicant-gone": _(
        "Whoever applied for this has no part in the company any more, so what was approved for them does not hold. "
        "Somebody who is there has to apply again."
    ),
    "approver-acts-for-applicant": _(
        "Somebody who approved this now stands in for the applicant, or the applicant for them. Apply again, and let "
        "others approve it."
    ),
    "ends-without-reason": _("Say why the permit ends before its time. The reason goes on record."),
    # seals that bear a name
    "seal-bears-nobodys-name": _("This seal is not a person’s own. Only a personal name seal bears somebody’s name."),
    "nobody-to-say-yes": _(
        "This seal bears a person’s name, and nobody is on record who could consent. Have the post of legal "
        "representative filled, or have it entered and confirmed whose personal seal it is."
    ),
    "own-yes-awaited": _(
        "The person whose name the seal bears has not consented to this use. Your approval counts once they have: "
        "decide again then."
    ),
    "own-yes-withdrawn": _(
        "The person whose name the seal bears withdrew their consent, so this application has ended. Talk to them, and "
        "apply again."
    ),
    "own-yes-missing": _(
        "The signer found no consent of the person whose name the seal bears. Nothing was sealed; apply again."
    ),
    "own-yes-too-low": _(
        "The charter of this seal asks for a stronger consent of the person whose name it bears than was given. "
        "Nothing was sealed. Apply again, and have them consent by passkey."
    ),
    "mandate-not-possible": _(
        "A mandate must say what it is for, end at most a year after it begins, and have limits above zero. Correct it "
        "and give it again."
    ),
    "mandate-not-in-force": _(
        "The mandate on which this rests was revoked, has ended or is used up. Apply again; the person whose name the "
        "seal bears is asked then."
    ),
    "whose-seal-is-known": _(
        "It is on record for good whose name this seal bears. For another person, apply for another seal."
    ),
}
