"""How fast a face is drawn, beside cairosvg with the same face: SVG beside its PNG, PDF and PNG beside the same."""

import time
from collections.abc import Callable
from statistics import median
from typing import Final

from bench.goals import FACE_PDF, FACE_PNG, FACE_SVG, Goal
from bench.report import Figure, Probe, Report, reached
from privyseal.pdf import face as faces
from privyseal.pdf.face import Face
from privyseal.pdf.raster import png

_FACE: Final = Face(ring="上海示例贸易有限公司", bottom="合同专用章", code="3101150012345")
_DPI: Final = 600
_PIXELS: Final = round(_FACE.diameter * _DPI / 25_400)
_ROUNDS: Final = 15


def run() -> Report:
    """Draw by turns, each time anew; the font is open, as it is in every process that draws a second face."""
    import cairosvg  # type: ignore[import-untyped]  # noqa: PLC0415  needs libcairo, which no other bench does

    source = faces.svg(_FACE).encode()

    def to_svg() -> object:
        return cairosvg.svg2svg(bytestring=source)

    def to_pdf() -> object:
        return cairosvg.svg2pdf(bytestring=source)

    def to_png() -> object:
        return cairosvg.svg2png(bytestring=source, output_width=_PIXELS, output_height=_PIXELS)

    figures = (
        *_beside(FACE_SVG, lambda: faces.svg(_FACE), to_png),
        *_beside(FACE_PDF, lambda: faces.sheet(_FACE), to_pdf),
        *_beside(FACE_PNG, lambda: png(_FACE, dpi=_DPI), to_png),
    )
    copied = Figure("cairosvg writing the SVG again", median(_cpu_milliseconds(to_svg) for _ in range(_ROUNDS)), "ms")
    return Report("face", (*figures, copied))


def _beside(goal: Goal, ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[Figure, Figure]:
    own, peer = [], []
    for _ in range(_ROUNDS):
        peer.append(_cpu_milliseconds(theirs))
        own.append(_cpu_milliseconds(ours))
    spread = f"CPU of ours, between {min(own):.2f} and {max(own):.2f} ms"
    probe = Probe("CPU of cairosvg", median(peer), "ms")
    return reached(goal, median(peer) / median(own), probe), Figure(f"{goal.figure}: {spread}", median(own), "ms")


def _cpu_milliseconds(draw: Callable[[], object]) -> float:
    faces.svg.cache_clear()
    faces.drawing.cache_clear()
    began = time.process_time()
    draw()
    return (time.process_time() - began) * 1000
