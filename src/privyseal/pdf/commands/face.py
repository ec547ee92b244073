"""``privyseal face render F.json -o FILE``: the face of a seal as a picture."""

import json
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final

from privyseal.kernel.errors import Refused
from privyseal.pdf.face import Face, sheet, svg
from privyseal.pdf.raster import png

REFUSED: Final = 1


def configure(parser: ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    one = what.add_parser("render", help="draw a face template, to scale")
    one.add_argument("template", type=Path, metavar="F.json")
    one.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="*.svg, *.pdf or *.png")
    one.add_argument("--dpi", type=int, default=600, metavar="N", help="of a PNG (default: 600)")


def run(arguments: Namespace) -> int:
    """Return 0 where the picture was written, 1 where that was refused."""
    try:
        face = Face.from_json(json.loads(arguments.template.read_bytes()))
        arguments.output.write_bytes(_picture(face, arguments.output.suffix, arguments.dpi))
    except (OSError, Refused, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    return 0


def _picture(face: Face, suffix: str, dpi: int) -> bytes:
    match suffix:
        case ".svg":
            return svg(face).encode()
        case ".pdf":
            return sheet(face)
        case ".png":
            return png(face, dpi=dpi)
        case _:
            raise ValueError("The picture must end in .svg, .pdf or .png.")
