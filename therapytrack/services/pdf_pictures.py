"""A drawn chart (SVG) in a PDF, at its own size, with its words in every script that the document has a font for."""

import io
import re
from html import unescape
from typing import TYPE_CHECKING, Final, NamedTuple

from therapytrack.domain.svg_parts import SIZE, size_of
from therapytrack.services.pdf_pages import FAMILY, letters_of, printable

if TYPE_CHECKING:
    from fpdf import FPDF

_WORDS = re.compile(
    r'<text x="([-\d.]+)" y="([-\d.]+)" text-anchor="(\w+)"(?: font-size="([\d.]+)")? fill="(#\w{6})">([^<]*)</text>'
)
_TOLD = re.compile(r"<(title|desc)>[^<]*</\1>")
BASELINE: Final = 0.8  # of a cell as high as its letters, from its top


class Words(NamedTuple):
    """Words of a drawing: where their baseline begins, is in the middle or ends by `anchor`."""

    x: float
    y: float
    anchor: str
    size: float
    color: str
    text: str


def picture_size(pdf: "FPDF", drawing: str) -> tuple[float, float]:
    """How wide and how high `drawing` is printed: a point for each of its pixels, but no wider than the page."""
    across, high = size_of(drawing)
    width = min(across, pdf.epw)
    return width, width * high / across


def picture(pdf: "FPDF", drawing: str, title: str, alt: str) -> None:
    """A drawing with its alternative text, on one page."""
    width, height = picture_size(pdf, drawing)
    if pdf.will_page_break(height):
        pdf.add_page()
    plain, apart = _apart(pdf, _TOLD.sub("", drawing))
    left, top = pdf.l_margin, pdf.get_y()
    pdf.image(io.BytesIO(plain.encode()), x=left, w=width, h=height, title=title, alt_text=printable(alt))
    after = pdf.get_y()
    for words in apart:
        _write_at(pdf, words, (left, top), width / size_of(drawing)[0])
    pdf.set_xy(pdf.l_margin, after)


def _apart(pdf: "FPDF", drawing: str) -> tuple[str, list[Words]]:
    """The drawing without the words for which the family has no letters, and those: the library draws words of a
    picture in one font and leaves out what it lacks."""
    known = letters_of(pdf)
    found: list[Words] = []

    def kept(match: re.Match[str]) -> str:
        x, y, anchor, size, color, escaped = match.groups()
        text = unescape(escaped)
        if all(ord(sign) in known for sign in text):
            return match[0]
        found.append(Words(float(x), float(y), anchor, float(size or SIZE), color, text))
        return ""

    return _WORDS.sub(kept, drawing), found


def _write_at(pdf: "FPDF", words: Words, corner: tuple[float, float], scale: float) -> None:
    size = words.size * scale
    x, y = corner[0] + words.x * scale, corner[1] + words.y * scale - BASELINE * size
    pdf.set_font(FAMILY, "", size)
    pdf.set_text_color(*(int(words.color[place : place + 2], 16) for place in (1, 3, 5)))
    text = printable(words.text)
    before = {"start": 0.0, "middle": 0.5, "end": 1.0}[words.anchor] * pdf.get_string_width(text)
    inner, pdf.c_margin = pdf.c_margin, 0
    pdf.set_xy(x - before, y)
    pdf.cell(0, size, text)
    pdf.c_margin = inner
