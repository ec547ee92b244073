"""Every refusal in words: what happened, and what to do."""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.kernel.errors import Refused
from privyseal.language import policies
from privyseal.language.labels import OFFICE, PART, POWER, SEAL_TYPE


def words_for(refusal: Refused) -> str:
    return words_of(refusal.code, refusal.facts)


def words_of(code: str, facts: Mapping[str, object]) -> str:
    """Return the words of a code; the powers and parts that the facts name stand in them by name."""
    words = str(WORDS[code])
    named = defaultdict(lambda: "…", {name: str(_NAMES.get(str(value), value)) for name, value in facts.items()})
    return words % named if _PLACE.search(words) else words


_NAMES: Final[Mapping[str, Promise]] = {
    **{power.value: words for power, words in POWER.items()},
    **{part.value: words for part, words in PART.items()},
    **{office.value: words for office, words in OFFICE.items()},
    **{kind.value: words for kind, words in SEAL_TYPE.items()},
}
_PLACE: Final = re.compile(r"%\(\w+\)s")


_CANNOT_BE_SEALED: Final = _(
    "This PDF is built in a way that a seal cannot be added to. Print it to a new PDF and upload that."
)
_NOT_FROM_HERE: Final = _("The signer could not read the request. Nothing was sealed; tell your administrator.")
_NOT_APPROVED: Final = _("The signer found no valid approval for exactly this. Nothing was sealed; apply again.")
_RECORD_BROKEN: Final = _("The record does not fit together. Stop using the seals and tell the auditor.")

WORDS: Final[Mapping[str, Promise]] = {
    # people and powers
    "not-found": _("There is nothing here that you may see. Check the address, or ask whoever sent it."),
    "not-entitled": _("You do not hold the power that this needs. Ask your security administrator for it."),
    "out-of-turn": _("This is not possible as things stand now. Reload the page to see what has changed."),
    "duties-not-separate": _(
        "One person cannot be both %(part)s and %(already)s of one application. Somebody else has to do this."
    ),
    "too-many-sign-ins": _("Too many wrong passwords. Wait a minute and try again."),
    "locked-out": _(
        "Too many failures in a short time, so this account takes no password or code for a quarter of an hour. "
        "A passkey still signs in. If it was not you, tell your security administrator."
    ),
    "wrong-code": _("This code is not right, or it was used already. Wait for the next one and type that."),
    "factor-not-ours": _(
        "This second factor was not enrolled through these pages, so it opens nothing, and that is on record. "
        "Use another one, and tell a security person now."
    ),
    "passkey-not-accepted": _("The passkey was not accepted. Try again, or use another way."),
    "provider-unavailable": _("The company's sign-in service does not answer. Try later, or sign in another way."),
    "provider-not-believed": _("The answer of the company's sign-in service was not accepted. Begin again."),
    "provider-unknown-person": _(
        "The company's sign-in service knows you, but nobody here is linked to you. Sign in with your password, then "
        "link it under “Sign-in and security”."
    ),
    "factor-already-enrolled": _("This is enrolled already. Remove it first if you want to enrol it anew."),
    "proof-too-old": _("Prove once more who you are: what you are about to do reaches far."),
    "second-factor-missing": _(
        "This needs a second factor, and you have none. Enrol a passkey or an authenticator app under "
        "“Sign-in and security”, then try again."
    ),
    "already-registered": _("This name or number is registered already. Look for the existing entry."),
    "weak-password": _("This password is too easy to guess. Choose at least ten characters that are no common word."),
    "wrong-credit-code": _("This is no valid unified social credit code. Compare all 18 characters with the licence."),
    "name-looks-taken": _(
        "Another company has a name that a reader could take for this one. Compare it character by character."
    ),
    "evidence-missing": _("A proof is missing: the licence, or the legal representative's own. Bring it first."),
    "evidence-not-readable": _("A proof is a PDF, JPEG or PNG file of at most 10 MB. Scan it again."),
    "rejection-without-reason": _("Say why, so that the right proof can be brought."),
    "name-not-plain": _("The name is empty or contains invisible characters. Type it in again."),
    "powers-conflict": _(
        "One person cannot hold “%(power)s” together with “%(already)s”. "
        "End the other one first, or choose somebody else."
    ),
    "already-held": _("This person holds “%(power)s” here already, or is going to. Nothing was changed."),
    "narrowed-twice": _("A power is narrowed to one unit or to one seal, and only within a company. Choose one."),
    "self-grant": _("Nobody gives a power to themselves. Somebody else has to do it."),
    "self-confirmation": _("A second person has to confirm this, neither its author nor the one who benefits."),
    "wrong-reach": _("This power goes with the installation, not with a company, or the other way round."),
    "office-missing": _("System, security and audit must each have a person of their own."),
    "entry-code-wrong": _("Login and code do not fit, or the code is used or too old. Ask for a new one."),
    "entry-code-unconfirmed": _(
        "This account was open before, so a second person has to confirm the code first. Ask security or the auditor."
    ),
    "wrong-password": _("The present password is wrong."),
    "campaign-date-not-possible": _("This day is over. Choose a later one."),
    "campaign-under-way": _("A take-over of this company's seals is under way. Close it first."),
    "same-picture-twice": _("Seal and imprint are two pictures. Take the other one as well."),
    "import-has-errors": _("A row of the table is wrong, so nothing was entered. Make a dry run and correct it."),
    "table-work-died": _("The work on it ended without a result. Nothing of it is entered. Start it again."),
    "table-empty": _("There is no row below the headings. Fill the table in and bring it again."),
    "sheet-unreadable": _(
        "This is not an XLSX table of at most 10 MB that can be read here. Save it anew as XLSX, without a password."
    ),
    "columns-missing": _("A needed column is missing in the first row. Start from the template."),
    "too-many-rows": _("The table has more than %(most)s rows. Split it."),
    "no-such-person": _("Nobody who is here has this login. Compare it with the list of people."),
    "tree-has-a-cycle": _("Nothing can stand above itself. Choose a place outside of what you are moving."),
    "unit-of-another-company": _("This unit belongs to another company. Choose a unit of this company."),
    "unit-not-empty": _("People, posts or other units are still in this unit. Move or close them first."),
    "post-held": _("Somebody holds this post or is going to. Vacate it first."),
    "renaming-under-way": _("Another change of this company's name waits to be examined. Have it examined first."),
    "name-unchanged": _("This is the name that the company has. Enter the new one."),
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
    "self-appointment": _("Nobody gives a post to themselves. Somebody else has to do it."),
    "term-not-possible": _("These dates are not possible: the last cannot lie before the first."),
    "deputy-without-end": _("A deputy stands in for a limited time. Say until when."),
    "nobody-to-deputise": _("A deputy stands in for somebody else who holds this post then. Choose one of them."),
    "last-of-office": _(
        "Nobody else runs, secures or audits the installation in this person's place. "
        "Give the office to somebody else first."
    ),
    "already-founded": _("The installation is founded already. Nothing was changed."),
    "not-founded": _("The installation has not been founded yet. Run: privyseal init"),
    "already-seeded": _("A group stands here already. Choose an empty data folder for another one."),
    "installation-busy": _("The product runs on this data folder. Stop it first."),
    "answers-unreadable": _("The answers for the first run could not be read. Compare them with the documentation."),
    "too-few-people": _("These duties take at least %(least)s people so that none conflict; there are %(people)s."),
    "comment-missing": _("The comment is empty. Write what you noticed."),
    # applications
    "reason-missing": _("The reason is missing. Say what the seal is needed for."),
    "window-not-possible": _("These dates are not possible. The last day cannot lie before the first, or be over."),
    "no-lines": _("There is no document in the application. Add one."),
    "too-many-lines": _("There are too many documents in one application. Split it."),
    "document-twice": _("One seal stands on one document twice in the application. Take one of the lines out."),
    "seals-not-together": _(
        "The seals cannot be put on this document together: the first one leaves no place for the next."
    ),
    "earlier-seal-failed": _("A seal that goes on the same document first was refused, so this one was not put on."),
    "count-not-possible": _("A file is sealed once: its copies are copies of the sealed file. Set the counts to one."),
    "seal-of-another-company": _("This seal belongs to another company. Choose a seal of this company."),
    "changed-since-shown": _(
        "The application is not what your page showed, so your decision was not taken. Read it again and decide anew."
    ),
    "already-voted": _("You have decided on this already. Nothing was changed."),
    "application-expired": _(
        "The time asked for has passed, so this can no longer be decided. A new application is needed."
    ),
    # messages
    "address-not-possible": _("That is not an address that messages can go to. Check how it is written."),
    "address-code-wrong": _("The code does not match, or is older than 30 minutes. Have a new one sent."),
    "channel-not-available": _("The channel cannot be reached at the moment. It is tried again by itself."),
    "channel-not-allowed": _(
        "Its address is inside the company and not among PRIVYSEAL_INSIDE_HOSTS. Add it there, or correct it."
    ),
    "host-not-reached": _("The host cannot be reached. Nothing was sent."),
    "host-not-allowed": _(
        "Its address is inside the company and not among PRIVYSEAL_INSIDE_HOSTS. Add it there, or correct it."
    ),
    "answer-lost": _("The host gave no answer that counts: what was sent may have arrived, or not."),
    "address-not-reachable": _("The address takes no messages. Its owner should name another one."),
    "delivery-unclear": _("The channel fell silent while it was being told: it may have arrived, or not."),
    "template-missing": _("No approved text says this. Add one to the table of templates, then send it again."),
    "templates-unreadable": _("The table of templates cannot be read: %(why)s"),
    "message-obliged": _(
        "The rules oblige us to tell of losses, suspended seals and changes to how you sign in by every way. "
        "Nothing was changed."
    ),
    "webhook-refused": _("The program answered, and did not take it."),
    "webhook-not-possible": _(
        "A webhook goes to an address that begins with https://, or to a host inside that PRIVYSEAL_INSIDE_HOSTS names."
    ),
    "webhooks-not-set-up": _(
        "There is no key to sign webhooks with. Who runs the installation sets PRIVYSEAL_WEBHOOK_KEY."
    ),
    "too-many-webhooks": _("There are as many webhooks as there may be. End one that nobody needs."),
    "not-delivered": _("The network took it and could not deliver it."),
    "message-without-words": _("A fault of the program: it could not be put into words. The log names it."),
    "program-fault": _(
        "A fault of the program while it spoke to the channel: it may have arrived, or not. The log names it."
    ),
    "address-gone": _("Its reader has taken the address away, or has left."),
    "command-id-reused": _("This form was sent before with other content. Reload the page and fill it in again."),
    # permits
    "permit-spent": _("This permit is used up. If the seal is needed again, apply again."),
    "permit-not-yet-valid": _("The permit is not open yet. Come back on its first day."),
    "permit-expired": _("The permit has expired. Apply again."),
    "permit-revoked": _("The permit was revoked. Ask the applicant why, and apply again."),
    "not-the-holder": _("This permit is held by somebody else. Only the operator named in the application can use it."),
    "approver-no-longer-entitled": _(
        "Whoever approved this may no longer approve. A new approval is needed: apply again."
    ),
    "wrong-document": _(
        "This document is not the one that was approved. Seal the approved file, or apply for this one."
    ),
    "already-sealed": _("This document has been sealed already. You can download it from its application."),
    # seals
    "company-not-verified": _(
        "The company has not been verified yet. Ask the security administrator to do that first."
    ),
    "seal-name-taken": _("The company has a seal of this name, or of one that looks like it. Choose another name."),
    "seal-not-in-force": _("The seal is not in force, so it cannot be used. Ask its manager."),
    "frozen": _(
        "The seal rests by a freeze of its group. It comes back with the others: apply to unfreeze at the incident."
    ),
    "incident-not-settled": _(
        "What this is about is not settled: the seal is out of hand, frozen or not handed in. Settle that first."
    ),
    "replacement-needed": _(
        "A seal of this type is out of hand. A new one comes in its place alone: apply for it on the page of that seal."
    ),
    "consent-missing": _("A co-custodian of the lost seal has not agreed to a new one. Ask them to, at the incident."),
    "rules-empty": _("The rules need a title and a text. Write both, within their length."),
    "rules-changed": _("The rules are not what your page showed, so they were not published. Read them again."),
    "not-the-keeper": _("You do not keep this seal, so you cannot answer for it. Its keeper has to."),
    "seal-not-electronic": _("This is a physical seal: it does not stand on a file. Choose an electronic one."),
    "stamps-nothing": _("A licence, a U-key or a bank token is kept, not stamped with: enter it as a physical object."),
    "period-not-possible": _("These days are not possible: the last day is over, or lies before the first."),
    "predecessor-in-force": _(
        "This seal takes the place of another one, which must be destroyed or void first. Bring that to its end."
    ),
    "keeper-missing": _("A physical seal needs a keeper. Hand it over to somebody first."),
    "face-missing": _("An electronic seal needs a face. Fill in its words."),
    "act-under-way": _("Something else is under way for this seal. Wait until it has ended."),
    "proof-missing": _(
        "Something is missing that this takes: a photograph, the counter reading or the police filing number. Add it."
    ),
    "words-missing": _("Not everybody whose word this takes has given it. Ask the witnesses named on the permit."),
    "witnesses-missing": _("This takes more witnesses, or fewer. Name exactly as many as the page asks for."),
    "terms-incomplete": _("Something that this needs is missing or not possible. Fill in every field."),
    "too-few-approvers": _(
        "This takes more people who may approve than the company has. Ask the security administrator to name another."
    ),
    "not-a-photo": _("This is no photograph in JPEG or PNG of at most 10 MB. Take it again."),
    "face-unreadable": _("A seal's face cannot be drawn from this. Check its words."),
    "face-text-too-long": _("These words do not fit on the face. Shorten them."),
    "too-many-pixels": _("That many dots an inch make a picture nobody can use. Ask for fewer."),
    "pages-unreadable": _("These are no pages. Write them like 1-3,7,last, or all, or all:odd."),
    "too-many-places": _("The seal would go to too many places. Name pages together, like all or 1-30."),
    "party-unknown": _("No electronic seal here has this company's code and this number. Check both."),
    "no-place-left": _("Nobody left a place for this seal in the document. Choose where it stands."),
    "page-twice": _("One page is named twice. Name each page once."),
    "words-not-found": _("These words do not stand in the document's text. Choose the place on the page instead."),
    "too-many-found": _("These words stand in too many places. Say which one, or use longer words."),
    "seam-needs-pages": _("A seal across pages needs at least two pages. Choose more pages, or another manner."),
    "seam-too-narrow": _("Each page would bear too narrow a strip of the seal. Let fewer pages share one seal."),
    "imprint-unreadable": _("The picture cannot be read. Upload a PNG or JPEG file."),
    "imprint-too-large": _("The picture is too large. Make it at most 4 million pixels and 10 MB."),
    "imprint-too-small": _("The imprint is too small in the picture. Scan it at 300 dpi, or go closer."),
    "imprint-without-ink": _("No ink of this colour stands out. Choose the colour of the imprint, and light paper."),
    "imprint-blurred": _("The imprint is blurred. Take a sharp picture in good light, or scan it."),
    "imprint-cut-off": _("The imprint is cut off at the rim of the picture. Leave some paper around it."),
    "several-imprints": _("There is more than one imprint in the picture. Cut it down to one."),
    "imprint-slanted": _(
        "The imprint has not the chosen shape: it was taken from the side, or the size is another one."
    ),
    "code-too-long": _("The text is too long for a code. Shorten it."),
    "place-not-blank": _("Something stands there already. Choose a blank place for the code."),
    "missing-glyph": _("One of the characters cannot be drawn on a seal. Use another form of it."),
    "barred-from-keeping": _(
        "Whoever holds the post “%(office)s” in a company keeps none of its seals. Choose somebody else."
    ),
    "set-has-this-keeper": _(
        "One person keeps, or would keep, two seals of a set that has a keeper each. Choose another keeper, or hand "
        "one over first."
    ),
    "mistake-not-shown": _(
        "Show that it was a mistake: a picture of the seal where it is, or the words of whoever took it in."
    ),
    "set-too-small": _("A set has two seals at least. Name their numbers."),
    "type-not-fitting": _(
        "This type is for another group, or for the other kind of seal, or like another built-in type. "
        "Choose another one."
    ),
    "type-of-other-level": _(
        "Seals of this type belong to a unit, or else to the company itself, as the type says. Choose accordingly."
    ),
    "type-name-taken": _("The company has a type of this name already. Choose another name."),
    "keepers-not-separate": _(
        "“%(seal_type)s” and “%(already)s” of one company do not share a keeper. Choose somebody else for one of them."
    ),
    # files
    "file-empty": _("The file is empty. Choose another one."),
    "file-too-large": _("The file is larger than %(megabytes)s MB. Make it smaller, or split it."),
    "not-a-pdf": _("This is not a PDF. Save or print the document as PDF and upload that."),
    "picture-unreadable": _("The picture cannot be read, or is too large. Save it as PNG or JPEG, or scan it as PDF."),
    "office-not-installed": _("Office files cannot be taken in here. Save the document as PDF and upload that."),
    "office-not-converted": _("No PDF could be made of this file. Save it as PDF and upload that."),
    "pdf-encrypted": _("The PDF is protected by a password. Save it without protection and upload that."),
    "pdf-damaged": _("The PDF is damaged or incomplete. Ask for the file again, or print it to a new PDF."),
    "pdf-without-pages": _("The PDF has no pages. Choose another file."),
    "too-many-pages": _("The PDF has more than %(most)s pages. Split it."),
    "pdf-not-sealable": _CANNOT_BE_SEALED,
    "pdf-too-hard": _("Reading the file takes more time or memory than any usual document. Print it to a new PDF."),
    "no-such-page": _("The document has no such page. Choose one that it has."),
    "placement-outside-page": _("The seal would stand partly outside the page. Move it inwards."),
    "page-too-small": _("The page is smaller than the seal. Choose a larger page."),
    "evidence-unavailable": _("A revocation list or an OCSP answer could not be had. It is asked for again by itself."),
    "renewal-gains-nothing": _(
        "The time stamp authority's certificate ends no later than the last one's, so nothing would be gained."
    ),
    "evidence-spoils": _("The evidence would change what a check of the file says, so it was not put in."),
    "copy-of-sealed": _(
        "The file bears a seal or signature already, and words across its pages would break it. Make the copy of the "
        "file as it was before, and have that one sealed."
    ),
    "busy": _("Many files are being checked just now. Try again in a few seconds."),
    "too-many-checks": _("Too many files were checked from your address. Wait a minute and try again."),
    "storage-full": _("The disk is full, so nothing was stored. Tell your administrator."),
    "stored-file-changed": _("The stored file is not the one that was stored. Nothing was sealed; tell the auditor."),
    # the signer
    "signer-unavailable": _(
        "The signer does not answer. Nothing is lost: what was begun is finished by itself when it is back."
    ),
    "signer-refused": _("The signer refused. Nothing was sealed; tell your administrator."),
    "seal-suspended": _("The seal is suspended, and the signer has refused. Ask its manager."),
    "seal-destroyed": _("The seal's key is destroyed. Nothing brings it back; a new seal takes its own approval."),
    "seal-unknown": _("The signer does not know this seal. Tell your administrator."),
    "seal-already-made": _("The seal has been made already. Reload the page."),
    "seal-version-differs": _("The seal was renewed after this approval. Apply again."),
    "certificate-expired": _("The seal's certificate has expired. The seal must be renewed before it can be used."),
    "window-not-open": _("The approved time has not begun yet. Come back on its first day."),
    "window-closed": _("The approved time is over. Apply again."),
    "document-not-approved": _("The signer found no approval for this document. Nothing was sealed."),
    "document-differs": _("The document is not the one that was approved. Nothing was sealed."),
    "face-not-approved": _("The face is not the one that was approved. Apply again."),
    "impressions-spent": _("The approved number of impressions is used up. Apply again."),
    "intent-reused": _("The signer was asked for something else under the same number. Tell your administrator."),
    "sealed-file-invalid": _(
        "The sealed file did not pass its own check, so it was not released. Print the document to a new PDF."
    ),
    "field-taken": _CANNOT_BE_SEALED,
    "approvals-missing": _NOT_APPROVED,
    "assertion-invalid": _NOT_APPROVED,
    "stages-incomplete": _NOT_APPROVED,
    "statements-mixed": _NOT_APPROVED,
    "statement-spent": _NOT_APPROVED,
    "statement-unreadable": _NOT_APPROVED,
    "purpose-differs": _NOT_APPROVED,
    "clock-runs-backwards": _("The signer's clock runs backwards, so it has stopped. Tell your administrator."),
    "frame-cut": _NOT_FROM_HERE,
    "signer-full": _("The signer's disk is full. Nothing was sealed; tell your administrator, and seal again then."),
    "frame-too-long": _NOT_FROM_HERE,
    "header-unreadable": _NOT_FROM_HERE,
    "operation-unknown": _NOT_FROM_HERE,
    "request-unreadable": _NOT_FROM_HERE,
    "peer-not-allowed": _("The signer does not serve this program. Tell your administrator."),
    "key-unreadable": _("A key could not be read. Check the file and its password."),
    "key-not-supported": _(
        "This kind of key is not supported. Use an elliptic-curve key on P-256, or RSA of 2048, 3072 or 4096 bits."
    ),
    "not-a-pack": _("This file is there already and holds no parts of sealed documents. Choose another name."),
    "pack-in-use": _("Another job is writing to this file of parts. Wait until it has ended."),
    "part-missing": _("There is no part for this document. Check that it is the original, unchanged."),
    "timestamp-refused": _("The time stamp authority gave no time stamp for this document. Try again later."),
    **policies.REFUSED,
    # the record
    "ledger-unwritable": _(
        "The record cannot be written, so nothing was done. Try again; if it stays, tell your administrator."
    ),
    "not-yet-provable": _("The receipt is being prepared. Try again in a few seconds."),
    "checkpoint-rolled-back": _RECORD_BROKEN,
    "checkpoint-forked": _RECORD_BROKEN,
    "checkpoint-out-of-step": _RECORD_BROKEN,
    "proof-broken": _("The proof does not lead to the record's checkpoint. Do not rely on it."),
    "note-broken": _("The checkpoint is not signed with the record's key. Do not rely on it."),
    "receipt-unreadable": _("This is no receipt, or it was altered. Ask for it again."),
    "receipt-for-another-file": _("The receipt is genuine, but for another file. Compare what you have received."),
    "no-log-key": _("The record's key is not known here. Give the one that the installation has published."),
    "not-canonical": _("This is not in the one exact form that can be checked. Do not rely on it."),
    # running it
    "not-a-demo": _("This is a real installation: its people act for themselves, and nothing is invented for them."),
    "not-judged-valid": _("Our own check did not find the sealed file valid. Do not use it; tell your administrator."),
    "wrong-setting": _("A setting has a value that cannot be used. The log says which."),
    "cannot-start": _("The product cannot start on this machine as it is. The log says why."),
}
