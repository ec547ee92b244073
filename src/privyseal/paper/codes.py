"""The QR codes that a photograph shows."""

from typing import Final

import zxingcpp

from privyseal.paper.ink import Picture

_QR: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def texts_on(picture: Picture) -> tuple[str, ...]:
    """Return what each code says that can be read, from whatever side it was photographed."""
    found = zxingcpp.read_barcodes(picture, formats=_QR)
    return tuple(code.text for code in found)
