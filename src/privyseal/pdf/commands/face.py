"""``privyseal face render|trace``: the face of a seal as a picture, and a picture as a face."""

import json
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final

from privyseal.kernel.errors import Refused
from privyseal.pdf import confined
from privyseal.pdf.commands.files import face_in, opened, told
from privyseal.pdf.confined import Task
from privyseal.pdf.face import Face, sheet, svg
from privyseal.pdf.raster import png
from privyseal.pdf.usual import BY_NAME, COLOURS

REFUSED: Final = 1


def configure(parser: ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    render = what.add_parser("render", help="draw a face template, to scale")
    render.add_argument("template", type=Path, metavar="F.json")
    render.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="*.svg, *.pdf or *.png")
    render.add_argument("--dpi", type=int, default=600, metavar="N", help="of a PNG (default: 600)")
    render.set_defaults(act=_render)
    trace = what.add_parser("trace", help="make a face template of a photo or scan of an imprint")
    trace.add_argument("picture", type=Path, metavar="PICTURE", help="*.png or *.jpg, one imprint on light paper")
    trace.add_argument("-o", "--output", type=Path, required=True, metavar="F.json")
    trace.add_argument("--format", choices=list(BY_NAME), default="round-42x42", help="its shape and its size in mm")
    trace.add_argument("--colour", choices=list(COLOURS), default="red", help="of the ink")
    trace.set_defaults(act=_trace)


def run(arguments: Namespace) -> int:
    """Return 0 where the picture was written, 1 where that was refused."""
    try:
        with opened():
            arguments.act(arguments)
    except (Refused, ValueError) as error:
        sys.stderr.write(f"{told(error)}\n")
        return REFUSED
    return 0


def _render(arguments: Namespace) -> None:
    arguments.output.write_bytes(_picture(face_in(arguments.template), arguments.output.suffix, arguments.dpi))


def _trace(arguments: Namespace) -> None:
    offered = BY_NAME[arguments.format]
    face = confined.run(
        Task.IMPRINT,
        arguments.picture.read_bytes(),
        shape=offered.shape,
        size=offered.size,
        colour=COLOURS[arguments.colour],
    )
    arguments.output.write_text(json.dumps(face.to_json()))


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
