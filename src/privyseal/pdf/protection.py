"""Files protected by a password: opened for whoever may take the protection off, with nothing kept of the password.

Whoever opens a file as its owner may do anything with it, also take its protection off; anybody else may do what the
file itself permits (ISO 32000-2, 7.6.4.1 and table 22).
"""

import stringprep
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final

import pikepdf
from pikepdf import Pdf

from privyseal.pdf.accepted import LONGEST_PASSWORD, PdfEncrypted, PdfPasswordWrong, PdfProtected, PdfRestricted

_NONE: Final = b""
_OLDER: Final = ("pdfdoc", "gb18030", "latin-1")
"""How programs before PDF 2.0 wrote a password: as the format asks, or as the machine did."""


def unlocked(opened: Callable[[bytes], Pdf], password: str) -> tuple[Pdf, bytes]:
    """Return the file, and what opens it, or refuse; ``opened`` opens it by the bytes of a password."""
    is_readable = is_known = False
    for tried in (_NONE, *spellings(password)):
        try:
            pdf = opened(tried)
        except pikepdf.PasswordError:
            continue
        except pikepdf.PdfError as error:
            if "encryption" in str(error):  # by a certificate, or by a method that nobody here knows
                raise PdfProtected(reason="method") from error
            raise
        if not pdf.is_encrypted or may_unprotect(pdf):
            return pdf, tried
        pdf.close()
        is_readable, is_known = True, is_known or tried != _NONE
    if password and not is_known:
        raise PdfPasswordWrong
    raise PdfRestricted if is_readable else PdfEncrypted


def may_unprotect(pdf: Pdf) -> bool:
    """Tell whether whoever opened a protected file is its owner, or may do with it what anybody may without protection.

    A seal is a new signature field: that takes the right to change the file and to annotate it.
    """
    can = pdf.allow
    return pdf.owner_password_matched or (
        can.modify_other and can.modify_annotation and can.extract and can.print_highres
    )


def spellings(password: str) -> Iterator[bytes]:
    """Return the bytes that programs make of a password, the standard's first, each once."""
    found = dict.fromkeys(each.encode(errors="surrogatepass") for each in (prepared(password), password))
    for encoding in _OLDER:
        with suppress(UnicodeEncodeError):
            found[password.encode(encoding)] = None
    return (one[:LONGEST_PASSWORD] for one in found if one and b"\0" not in one)


def prepared(password: str) -> str:
    """Return a password as SASLprep writes it (RFC 4013): what it forbids is let through, and then opens nothing."""
    mapped = (" " if stringprep.in_table_c12(each) else each for each in password if not stringprep.in_table_b1(each))
    return unicodedata.normalize("NFKC", "".join(mapped))
