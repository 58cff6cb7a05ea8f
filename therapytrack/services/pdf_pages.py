"""What every PDF of the product shares: US Letter pages, embedded Unicode fonts, a line above and below, page numbers.

The library does not tag text (its issue 792), so what is printed can also be read as an accessible page.
"""

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from unicodedata import bidirectional, category

from therapytrack.domain.dates import long_date
from therapytrack.domain.names import DIRECTION_SIGNS, stream_safe
from therapytrack.domain.scripts import CJK, SCRIPTS
from therapytrack.errors import Unavailable
from therapytrack.services.pdf_runs import LEFT_TO_RIGHT, TONES, direction, numbers_apart
from therapytrack.settings import PROJECT_ROOT

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS = PROJECT_ROOT / ".build" / "fonts"
FAMILY = "Source Sans 3"
FILES = {"": "SourceSans3-Regular.ttf", "B": "SourceSans3-SemiBold.ttf"}
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]|\ufe0f?\u20e3")
MARGIN = 54
HEADER = 22
MOST_PRINTED = 8
STRONG, MOST_WITHOUT = ("L", "R", "AL", "EN", "AN"), 60
UNSEEN = {"Mn", "Mc", "Me", "Cf", "Cc", "Zs", "Zl", "Zp"}  # categories of signs of which nothing is missed
NUMBER_OF_PAGES = "{nb}"
BOX = "\u25a1"
LETTER = 0.5  # of its size, how wide a letter is at the most on average
HIGH = 1.36  # of its size, how high a line is
INK, SOFT, RULE = (20, 33, 31), (64, 80, 77), (217, 224, 222)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the text of a document: its title (never a name), who made it and when, the words of its
    language. `text` is everything that it says, for choosing the fonts."""

    title: str
    author: str
    workspace: str
    foot: str
    text: str
    lang: str = "en-US"
    confidential: str = "Confidential student record"
    page: str = "Page {page} of {pages}"
    lacking: str = f"{BOX} = a letter that this file has no font for"


def made_by(author: str, made_on: date) -> str:
    """The foot of an English document."""
    return f"{author[:80]}, {long_date(made_on)}"


def quiet() -> None:
    """The library's warnings quote the signs that a font lacks, which may be part of a name."""
    import logging

    logging.getLogger("fpdf").setLevel(logging.CRITICAL)


def printable(text: str) -> str:
    """`text` without control characters, lone surrogates, signs that turn the direction of what follows, and marks
    beyond eight on one letter: laying out a line takes time with the square of its signs."""
    clean = stream_safe(UNPRINTABLE.sub("", text.replace("\t", " ")), MOST_PRINTED)
    return _held_together("".join(sign for sign in clean if sign not in DIRECTION_SIGNS))


def _held_together(text: str) -> str:
    """`text` with a sign that cannot be seen among more than 60 in a row that have no direction: the library looks for
    the next one that has by calling itself, and a thousand are too deep for it."""
    kept, without = list[str](), 0
    for sign in text:
        without = 0 if bidirectional(sign) in STRONG else without + 1
        if without > MOST_WITHOUT:
            kept.append(LEFT_TO_RIGHT)
            without = 1
        kept.append(sign)
    return "".join(kept)


def _pages(frame: Frame, counts: Sequence[int]) -> "FPDF":
    from therapytrack.services.pdf_shaping import Shaped

    starts = [(1 + sum(counts[:place]), count) for place, count in enumerate(counts)]

    class Pages(Shaped):
        """Adds the line at the top and the foot of every page, and shows a box for each letter without a font."""

        boxed: tuple[int, int] | None = None  # the part in which a box stands

        def part(self) -> tuple[int, int]:
            """The first page of the part that is being written, and how many it has (0: as many as there are)."""
            return next((one for one in reversed(starts) if one[0] <= self.page_no()), (1, 0))

        def normalize_text(self, text: str) -> str:
            """`text` with a box for what would be left out without a sign that it was."""
            if text.isascii():
                return text
            known, text = letters_of(self), numbers_apart(text)
            shown = "".join(sign if _seen(sign, known) or self.get_fallback_font(sign) else BOX for sign in text)
            if BOX in shown:
                self.boxed = self.part()
            return shown

        def header(self) -> None:
            """Workspace at the left, what it is at the right."""
            self.set_font(FAMILY, "", 9)
            self.set_text_color(*SOFT)
            self.cell(0, 12, printable(frame.workspace)[:90])
            self.set_x(self.l_margin)
            self.cell(0, 12, frame.confidential, align="R", new_x="LMARGIN", new_y="NEXT")
            self.ln(10)

        def footer(self) -> None:
            """Author and date at the left, the page's number within its part at the right."""
            first, pages = self.part()
            words = frame.page.format(page=self.page_no() - first + 1, pages=pages or NUMBER_OF_PAGES)
            _foot(self, (frame.foot, frame.lacking if self.boxed == (first, pages) else "", words))

    return Pages(orientation="portrait", unit="pt", format="Letter")


def _foot(pdf: "FPDF", words: tuple[str, str, str]) -> None:
    left, middle, right = words
    pdf.set_y(-MARGIN + 14)
    pdf.set_font(FAMILY, "", 9)
    pdf.set_text_color(*SOFT)
    pdf.cell(0, 12, LEFT_TO_RIGHT + printable(left))
    pdf.set_x(pdf.l_margin)
    pdf.cell(0, 12, middle, align="C")
    # The sign for the number of all pages is wider than the number.
    pdf.set_x(pdf.w - MARGIN - pdf.c_margin - pdf.get_string_width(right.replace(NUMBER_OF_PAGES, "1")))
    pdf.cell(0, 12, right)


def letters_of(pdf: "FPDF", font: str = FAMILY.lower()) -> Container[int]:
    """The code points for which a font has a letter: the family, if no other is asked for."""
    found: Any = pdf.fonts[font]
    known: Container[int] = found.cmap
    return known


def _seen(sign: str, known: Container[int]) -> bool:
    """Whether `sign` is among those that a font knows, or nothing is missed without it."""
    return ord(sign) in known or category(sign) in UNSEEN or ord(sign) in TONES


def new_document(frame: Frame, fonts: Path = FONTS, counts: Sequence[int] = ()) -> "FPDF":
    """An empty document with its fonts loaded. `counts`: how many pages each of its parts has, each numbered from 1.

    Raises Unavailable when the fonts are not installed.
    """
    from fpdf import ViewerPreferences

    quiet()
    pdf = _pages(frame, counts)
    pdf.set_margins(MARGIN, MARGIN - 14, MARGIN)
    pdf.set_auto_page_break(True, margin=MARGIN)
    pdf.set_lang(frame.lang)
    pdf.set_title(frame.title)
    pdf.set_author(printable(frame.author))
    pdf.set_creator("TherapyTrack")
    pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
    _load_fonts(pdf, fonts, "".join((frame.text, frame.author, frame.workspace)))
    return pdf


def _load_fonts(pdf: "FPDF", folder: Path, text: str) -> None:
    try:
        for style, file in FILES.items():
            pdf.add_font(FAMILY, style, folder / file)
        known = letters_of(pdf)
        missing = "".join(sign for sign in set(text) if ord(sign) not in known)
        needed = [script for script in (*SCRIPTS, CJK) if script.signs.search(missing)]
        for script in needed:
            for style in ("", "B") if script.bold else ("",):
                pdf.add_font(script.family, style, folder / script.file(style))
    except FileNotFoundError as error:
        raise Unavailable("The fonts for PDFs are not installed. Ask the operator to run `make build`.") from error
    pdf.set_fallback_fonts([script.family for script in needed], exact_match=False)
    pdf.set_text_shaping(True)


def write(pdf: "FPDF", words: str, *, size: float, style: str = "", color: tuple[int, int, int] = INK) -> None:
    """Paragraphs over the whole width; what is read leftward and takes several lines begins at the right."""
    pdf.set_font(FAMILY, style, size)
    pdf.set_text_color(*color)
    for line in printable(words).split("\n"):
        leftward = direction(line) == "RTL" and pdf.get_string_width(line) > pdf.epw
        pdf.multi_cell(0, size * HIGH, line, align="R" if leftward else "L", new_x="LMARGIN", new_y="NEXT")


def rule(pdf: "FPDF") -> None:
    """A hairline over the whole width."""
    pdf.set_draw_color(*RULE)
    pdf.line(MARGIN, pdf.get_y(), pdf.w - MARGIN, pdf.get_y())


def height_of(pdf: "FPDF", paragraphs: Iterable[tuple[str, float]]) -> float:
    """About how high these paragraphs are, each with the size of its letters: rather too high than too low."""
    lines = [
        (max(1, ceil(LETTER * size * len(line) / pdf.epw)), size)
        for text, size in paragraphs
        for line in text.split("\n")
    ]
    return sum(count * size * HIGH for count, size in lines)


def keep_together(pdf: "FPDF", height: float, least: float) -> None:
    """Begin a page unless so much has room here; what no page has room for begins here when `least` has."""
    whole = pdf.h - pdf.t_margin - pdf.b_margin - HEADER
    if pdf.will_page_break(height if height <= whole else least):
        pdf.add_page()


SPANISH: Final = {
    "lang": "es-US",
    "confidential": "Expediente confidencial del estudiante",
    "page": "Página {page} de {pages}",
    "lacking": f"{BOX} = una letra para la que este archivo no tiene fuente",
}
