"""Pictures of imprints, as people take them."""

import io
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

from privyseal.pdf.face import Face
from privyseal.pdf.raster import png

PAPER: Final = (236, 232, 224)


def photo(
    face: Face, *, dpi: int = 250, turned: float = 0, blur: float = 0.8, room: float = 1.5, printed: str = ""
) -> Image.Image:
    """Return an imprint on paper, over lines of black print if wanted, turned to the left and as sharp as said."""
    imprint = Image.open(io.BytesIO(png(face, dpi=dpi))).convert("RGBA")
    side = round(max(imprint.size) * room)
    paper = Image.new("RGBA", (side, side), (*PAPER, 255))
    for line in range(0, side if printed else 0, 24):
        ImageDraw.Draw(paper).text((5, line), printed, fill=(30, 30, 30, 255))
    paper.alpha_composite(imprint, ((side - imprint.width) // 2, (side - imprint.height) // 2))
    upright = paper.convert("RGB").rotate(turned, Image.Resampling.BICUBIC, fillcolor=PAPER)
    return upright.filter(ImageFilter.GaussianBlur(blur))


def jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=85)
    return file.getvalue()
