"""What is refused about people, powers and the first run."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: Final[Mapping[str, Promise]] = {
    "calendar-not-possible": _(
        "The table of %(year)s is not valid as it is: each day is of that year, off or worked and not both, and days "
        "worked instead lie at a weekend."
    ),
    "hours-not-possible": _("Closing time is at least an hour after opening time. Enter other hours."),
    "hours-changed": _("Somebody wrote the opening hours since your page showed them. Look at them again."),
    "calendar-changed": _("Somebody wrote the table of %(year)s since your page showed it. Look at it again."),
    "not-filled-in": _("The form is not filled in correctly. Check it and send it again."),
    "not-found": _("There is nothing here that you may see. Check the address, or ask whoever sent it."),
    "not-entitled": _("You do not hold the power that this needs. Ask your security administrator for it."),
    "out-of-turn": _("This is not possible as things stand now. Reload the page to see what has changed."),
    "duties-not-separate": _(
        "One person cannot be both %(part)s and %(already)s of one application. Somebody else has to do this."
    ),
    "too-many-sign-ins": _("Too many wrong passwords. Wait a minute and try again."),
    "locked-out": _(
        "Too many failures in a short time, so this account accepts no password or code for a quarter of an hour. A "
        "passkey still signs in. If it was not you, tell your security administrator."
    ),
    "wrong-code": _("This code is wrong, or it was used already. Wait for the next one and type that."),
    "factor-not-ours": _(
        "This second factor was not enrolled through these pages, so it is not accepted, and that is on record. Use "
        "another one, and tell a security administrator now."
    ),
    "passkey-not-accepted": _("The passkey was not accepted. Try again, or use another way."),
    "provider-unavailable": _("The company’s sign-in service does not answer. Try later, or sign in another way."),
    "provider-not-believed": _("The answer of the company’s sign-in service was not accepted. Begin again."),
    "provider-unknown-person": _(
        "The company’s sign-in service knows you, but nobody here is linked to you. Sign in with your password, then "
        "link it under “Sign-in and security”."
    ),
    "factor-already-enrolled": _("This is enrolled already. Remove it first if you want to enrol it again."),
    "proof-too-old": _("Prove once more who you are: what you are about to do has far-reaching effects."),
    "second-factor-missing": _(
        "This needs a second factor, and you have none. Enrol a passkey or an authenticator app under "
        "“Sign-in and security”, then try again."
    ),
    "already-registered": _("This name or number is registered already. Look for the existing entry."),
    "weak-password": _(
        "This password is too easy to guess. Choose at least ten characters that are not a common word."
    ),
    "wrong-credit-code": _(
        "This is not a valid unified social credit code. Compare all 18 characters with the licence."
    ),
    "name-looks-taken": _(
        "Another company has a name that a reader could take for this one. Compare it character by character."
    ),
    "evidence-missing": _("A proof is missing: the licence, or the legal representative’s own. Upload it first."),
    "evidence-not-readable": _("A proof is a PDF, JPEG or PNG file of at most 10 MB. Scan it again."),
    "rejection-without-reason": _("Say why, so that the right proof can be uploaded."),
    "name-not-plain": _("The name is empty or contains invisible characters. Type it in again."),
    "powers-conflict": _(
        "One person cannot hold “%(power)s” together with “%(already)s”. "
        "End the other one first, or choose somebody else."
    ),
    "already-held": _("This person holds “%(power)s” here already, or is going to. Nothing was changed."),
    "narrowed-twice": _("A power is narrowed to one unit or to one seal, and only within a company. Choose one."),
    "self-grant": _("People cannot give a power to themselves. Somebody else has to do it."),
    "self-confirmation": _("A second person has to confirm this, neither its author nor the one who benefits."),
    "wrong-reach": _("This power is for the installation, not for a company, or the other way round."),
    "office-missing": _("System, security and audit must each have a person of their own."),
    "entry-code-wrong": _("Login and code do not match, or the code was used or is too old. Ask for a new one."),
    "entry-code-unconfirmed": _(
        "This account was open before, so a second person has to confirm the code first. Ask security or the auditor."
    ),
    "wrong-password": _("The current password is wrong."),
    "campaign-date-not-possible": _("This day is over. Choose a later one."),
    "campaign-under-way": _("A take-over of this company’s seals is under way. Close it first."),
    "same-picture-twice": _("Seal and imprint are two pictures. Take the other one as well."),
    "import-has-errors": _("A row of the table is wrong, so nothing was entered. Do a dry run and correct it."),
    "table-work-died": _("The work on it ended without a result. Nothing of it is entered. Start it again."),
    "table-deleted": _("The file of this table is deleted. Upload the table again if it is still to be entered."),
    "table-empty": _("There is no row below the headings. Fill the table in and upload it again."),
    "sheet-unreadable": _(
        "This is not an XLSX table of at most 10 MB that can be read here. Save it again as XLSX, without a password."
    ),
    "columns-missing": _("A required column is missing in the first row. Start from the template."),
    "too-many-rows": _("The table has more than %(most)s rows. Split it."),
    "no-such-person": _("Nobody who is here has this login. Compare it with the list of people."),
    "tree-has-a-cycle": _("A unit cannot be placed below itself. Choose a place outside of what you are moving."),
    "unit-of-another-company": _("This unit belongs to another company. Choose a unit of this company."),
    "unit-not-empty": _("People, posts or other units are still in this unit. Move or close them first."),
    "post-held": _("Somebody holds this post or is going to. Vacate it first."),
    "renaming-under-way": _("Another change of this company’s name waits to be examined. Have it examined first."),
    "name-unchanged": _("The company has this name already. Enter the new one."),
    "seal-bears-former-name": _(
        "The seal bears an earlier name of its company, and %(until)s was the last day for that. Have the seal changed."
    ),
    "takes-no-part": _(
        "Whoever audits watches, and plays no part in what happens to a seal. Somebody else has to be named for this."
    ),
    "office-keeps-no-seal": _(
        "Whoever runs, secures or audits the installation keeps no seal, and this person keeps one. "
        "Hand it over first, then grant the power."
    ),
    "keeps-a-seal": _(
        "Whoever holds the post “%(office)s” in a company keeps none of its seals, and this person keeps one. "
        "Hand it over first, then fill the post."
    ),
    "already-in-post": _("This person holds the post in this time already. Choose another time."),
    "already-member": _("This person belongs to the company already."),
    "self-appointment": _("People cannot give a post to themselves. Somebody else has to do it."),
    "term-not-possible": _("These dates are not possible: the last cannot lie before the first."),
    "deputy-without-end": _("A deputy stands in for a limited time. Say until when."),
    "nobody-to-deputise": _("A deputy stands in for somebody else who holds this post then. Choose one of them."),
    "last-of-office": _(
        "Nobody else runs, secures or audits the installation in this person’s place. "
        "Give the office to somebody else first."
    ),
    "already-founded": _("The installation is founded already. Nothing was changed."),
    "not-founded": _("The installation has not been founded yet. Run: privyseal init"),
    "already-seeded": _("This data folder already holds a group. Choose an empty one."),
    "installation-busy": _("The product runs on this data folder. Stop it first."),
    "answers-unreadable": _("The answers for the first run could not be read. Compare them with the documentation."),
    "too-few-people": _("These duties take at least %(least)s people so that none conflict; there are %(people)s."),
    "comment-missing": _("The comment is empty. Write what you noticed."),
    "too-many-audit-comments": _("You have written %(most)s comments on this entry. Put the rest into one document."),
    "sessions-own": _("End your own sessions on your page, under security: there you can stay signed in here."),
    "erasure-not-own": _(
        "People cannot erase themselves. Somebody else has to ask for it, and another person has to decide."
    ),
    "erasure-still-here": _(
        "This person is still here: an account, a post, a power, a company or a seal that they keep. "
        "Enter first that they leave the group."
    ),
    "under-hold": _("A legal hold covers this. Nothing of it goes before the hold is lifted."),
    "under-investigation": _(
        "An open incident names this person, or is about a seal or a frozen company they were involved with. It has to "
        "end first."
    ),
    "incident-meanwhile": _("An incident was opened just now. Nobody was erased: look at it, and decide again."),
    "erasure-undecided": _("An application of this person is not decided yet. Have it decided or withdrawn first."),
    "erasure-on-seal": _("A seal that bears this person’s name has not been destroyed. Have it destroyed first."),
    "keeping-unexplained": _("Say why: whoever looks later has only this reason."),
    "keeping-same-person": _("A second person has to decide this, not whoever asked for it."),
    "nothing-ended": _("Nothing is over in this company that is not held or on a list already."),
    "phrases-not-possible": _("Keep at most %(most)s phrases, each of at most %(letters)s letters."),
    "too-many-lists": _("You have %(most)s saved lists here. Remove one first."),
    "list-changed": _("This is not the list that was shown. Open the page again and compare."),
    "paper-deleted": _("This file was deleted when its time was over. Its digest and what the record says of it stay."),
    "erasure-under-way": _("This erasure was asked for already and waits for the auditor."),
    "already-erased": _("This person was erased already. Nothing is left of them to erase."),
}
