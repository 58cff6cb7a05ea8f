"""The minutes ledger as PDF: a line for each line of the ledger, on pages that lie on their side."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from therapytrack.services.minutes_exports import MinutesReport
from therapytrack.services.pdf_pages import (
    FAMILY,
    FONTS,
    INK,
    SOFT,
    Frame,
    made_by,
    new_document,
    printable,
    rule,
    write,
)

if TYPE_CHECKING:
    from fpdf import FPDF

LINE = 15
COLUMNS = (
    ("", 158), ("Allowable", 56), ("Provided", 56), ("Not provided", 70), ("Not accounted for", 94), ("Forecast", 246),
)  # fmt: skip
IDENTITY = (
    "Allowable = provided + not provided (by reason) + not accounted for, in minutes. Where more was provided than is "
    "allowable, the sum is greater by what is more."
)


def render_minutes_pdf(report: MinutesReport, fonts: Path = FONTS) -> bytes:
    """The report on US Letter pages. Work of one core: run it in a worker process. Raises Unavailable."""
    frame = Frame(
        title=report.title,
        author=report.author,
        workspace=report.workspace,
        foot=made_by(report.author, report.made_on),
        text="".join([report.title, report.moved, *(row[0] for row in report.short)]),
    )
    pdf = new_document(frame, fonts)
    pdf.add_page(orientation="landscape")
    write(pdf, report.title, size=16, style="B")
    write(pdf, " ".join(one for one in (IDENTITY, report.moved) if one), size=10, color=SOFT)
    pdf.ln(8)
    _table(pdf, report.short)
    return bytes(pdf.output())


def _table(pdf: "FPDF", rows: Sequence[tuple[str, ...]]) -> None:
    if not rows:
        write(pdf, "No mandate asks for minutes in these days.", size=11)
        return
    _head(pdf)
    for row in rows:
        if pdf.will_page_break(LINE):
            pdf.add_page(orientation="landscape")
            _head(pdf)
        _line(pdf, row)


def _head(pdf: "FPDF") -> None:
    _line(pdf, tuple(name for name, _ in COLUMNS), "B")
    rule(pdf)


def _line(pdf: "FPDF", cells: tuple[str, ...], style: str = "") -> None:
    """Cells, not the library's table: that is slower by far."""
    pdf.set_font(FAMILY, style, 9.5)
    pdf.set_text_color(*INK)
    for words, (_, width) in zip(cells, COLUMNS, strict=True):
        text = printable(words)
        while len(text) > 1 and pdf.get_string_width(text) > width - 6:
            text = f"{text[:-2].rstrip()}…"
        pdf.cell(width, LINE, text)
    pdf.ln(LINE)
