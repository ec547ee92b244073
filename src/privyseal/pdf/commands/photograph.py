"""``privyseal verify PHOTO``: what the signed code on a photographed paper says, with no database and no network."""

import json
import sys
from argparse import Namespace
from pathlib import Path
from typing import Final

from privyseal.kernel import paper_keys
from privyseal.kernel.canonical import utc_text
from privyseal.kernel.errors import Refused
from privyseal.kernel.paper_code import PaperCode, PaperCodeForged, Said
from privyseal.kernel.paper_keys import PaperCodeOfAnother
from privyseal.pdf import photographed
from privyseal.pdf.commands.files import FileUnusable, certificates_in, certificates_of_codes_in, public

_VERDICTS: Final = ("genuine", "forged", "cannot-say")  # in the order of what the command returns
_WORDS: Final = {
    "genuine": "The code is genuine. A code can be copied: compare company, pages and amount with the paper.",
    "forged": "The code is forged: the key that it names did not sign it.",
    "paper-code-of-another": "None of these certificates is the one that the code names.",
    "no-code-on-photo": "No signed code can be read from this picture. Photograph the code alone.",
    "picture-unreadable": "The picture cannot be read. Save it as JPEG or PNG.",
}


def judge(photo: bytes, arguments: Namespace) -> int:
    """Say what a code says and whether it is genuine; return 0 genuine, 1 forged, 2 cannot be said."""
    code, refusal, found = _judged(photo, arguments)
    said = _plain(found.said) if found else {}
    if arguments.json:
        whole = {"verdict": _VERDICTS[code], "refusal": refusal, "said": said or None, "exit": code}
        sys.stdout.write(json.dumps(whole, ensure_ascii=False, indent=2) + "\n")
    else:
        words = _WORDS.get(refusal) or _WORDS.get(_VERDICTS[code]) or f"Nothing can be said of it ({refusal})."
        sys.stdout.write("\n".join([words, *(f"  {name}: {value}" for name, value in said.items())]) + "\n")
    return code


def _judged(photo: bytes, arguments: Namespace) -> tuple[int, str, PaperCode | None]:
    found = None
    try:
        found = photographed.signed_code_on(photo)
        _check(found, arguments.paper or public("paper.pem"), arguments.trust or ())
    except FileUnusable:
        raise
    except PaperCodeForged as refusal:
        return 1, refusal.code, found
    except Refused as refusal:
        return 2, refusal.code, found
    return 0, "", found


def _check(found: PaperCode, paper: Path, trust: tuple[Path, ...]) -> None:
    """Return if the code is signed under an authority of ``trust``, or, where none is given, the last of the file."""
    certificates = certificates_of_codes_in(paper)
    trusted = [one for file in trust for one in certificates_in(file)] or certificates[-1:]
    for authority in trusted:
        try:
            paper_keys.check(found, certificates=certificates, authority=authority)
        except PaperCodeOfAnother:
            continue
        return
    raise PaperCodeOfAnother


def _plain(said: Said) -> dict[str, str | int]:
    return {
        "company": said.company,
        "uscc": said.uscc,
        "seal": said.seal,
        "sealed_at": utc_text(said.at),
        "pages": said.pages,
        "amount": said.amount,
        "document": said.document,
        "use": said.use,
    }
