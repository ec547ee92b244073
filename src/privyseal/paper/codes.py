"""The QR codes that a photograph shows."""

import zxingcpp

from privyseal.paper.ink import Picture


def texts_on(picture: Picture) -> tuple[str, ...]:
    """Return what each code says that can be read, from whatever side it was photographed."""
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return tuple(code.text for code in found)
