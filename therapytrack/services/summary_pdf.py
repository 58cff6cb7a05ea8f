"""The student summary as PDF: embedded Unicode fonts, the chart as vector drawing, every page numbered.

The library does not tag text (its issue 792), so the same summary is also served as an accessible HTML page.
"""

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from therapytrack.domain.chart_svg import render_svg
from therapytrack.domain.dates import long_date
from therapytrack.domain.goal_chart import ChartRow
from therapytrack.domain.names import DIRECTION_SIGNS
from therapytrack.domain.student_summary import GoalSummary, StudentSummary
from therapytrack.errors import Unavailable
from therapytrack.settings import PROJECT_ROOT

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS = PROJECT_ROOT / ".build" / "fonts"
FAMILY = "Source Sans 3"
FILES = {"": "SourceSans3-Regular.ttf", "B": "SourceSans3-SemiBold.ttf"}
# Scripts that the family lacks, each with the font that stands in; it is loaded only for a text that needs it.
FALLBACKS = (
    (
        "Noto Sans Arabic",
        "NotoSansArabic-Regular.ttf",
        re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufefc]"),
    ),
    ("Noto Sans Devanagari", "NotoSansDevanagari-Regular.ttf", re.compile("[\u0900-\u097f\ua8e0-\ua8ff]")),
    (
        "Noto Sans CJK",
        "NotoSansCJK-Regular.otf",
        re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"),
    ),
)
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
MARGIN, LINE = 54, 15
INK, SOFT, RULE = (20, 33, 31), (64, 80, 77), (217, 224, 222)
COLUMNS = (("Date", 84), ("Condition", 132), ("Trials", 52), ("Score", 48), ("95% interval", 84), ("Recorded by", 104))
WITHOUT_INTERVAL = (("Date", 84), ("Condition", 104), ("Data", 142), ("Score", 70), ("Recorded by", 104))
Columns = tuple[tuple[str, int], ...]


class SummaryRenderer(Protocol):
    """Turns a summary into the bytes of a document."""

    def __call__(self, summary: StudentSummary) -> bytes:
        """Render `summary`. Raises Unavailable when what it needs is not installed."""


def render_summary_pdf(summary: StudentSummary, fonts: Path = FONTS) -> bytes:
    """The summary on US Letter pages. Work of one core for tenths of a second: run it in a worker process."""
    import logging

    # The library's warnings quote the signs that a font lacks, which may be part of a name.
    logging.getLogger("fpdf").setLevel(logging.CRITICAL)
    pdf = _document(summary, fonts)
    pdf.add_page()
    _head(pdf, summary)
    for goal in summary.goals:
        _goal(pdf, goal)
    if not summary.goals:
        _text(pdf, "No active goal is documented.", size=11)
    return bytes(pdf.output())


def printable(text: str) -> str:
    """`text` without control characters, lone surrogates and signs that turn the direction of what follows."""
    clean = UNPRINTABLE.sub("", text.replace("\t", " "))
    return "".join(sign for sign in clean if sign not in DIRECTION_SIGNS)


def _document(summary: StudentSummary, fonts: Path) -> "FPDF":
    from fpdf import FPDF, ViewerPreferences

    class Pages(FPDF):
        """Adds the line at the top and the foot of every page."""

        def header(self) -> None:
            """Workspace at the left, what it is at the right."""
            self.set_font(FAMILY, "", 9)
            self.set_text_color(*SOFT)
            self.cell(0, 12, printable(summary.workspace)[:90])
            self.set_x(self.l_margin)
            self.cell(0, 12, "Confidential student record", align="R", new_x="LMARGIN", new_y="NEXT")
            self.ln(10)

        def footer(self) -> None:
            """Author and date at the left, the page's number at the right."""
            self.set_y(-MARGIN + 14)
            self.set_font(FAMILY, "", 9)
            self.set_text_color(*SOFT)
            self.cell(0, 12, f"{printable(summary.author)[:80]}, {long_date(summary.made_on)}")
            self.set_x(self.l_margin)
            self.cell(0, 12, f"Page {self.page_no()} of {{nb}}", align="R")

    pdf = Pages(orientation="portrait", unit="pt", format="Letter")
    pdf.set_margins(MARGIN, MARGIN - 14, MARGIN)
    pdf.set_auto_page_break(True, margin=MARGIN)
    pdf.set_lang("en-US")
    pdf.set_title(summary.title)
    pdf.set_author(printable(summary.author))
    pdf.set_creator("TherapyTrack")
    pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
    _load_fonts(pdf, fonts, _all_text(summary))
    return pdf


def _all_text(summary: StudentSummary) -> str:
    goals = [
        f"{goal.label}{goal.text}{goal.mastery}{[band.name for band in goal.chart.bands]}" for goal in summary.goals
    ]
    people = [f"{row.recorded_by}{row.score}" for goal in summary.goals for row in goal.rows]
    return "".join([summary.student, summary.author, summary.workspace, summary.school, *goals, *people])


def _load_fonts(pdf: "FPDF", folder: Path, text: str) -> None:
    needed = [(name, file) for name, file, signs in FALLBACKS if signs.search(text)]
    try:
        for style, file in FILES.items():
            pdf.add_font(FAMILY, style, folder / file)
        for name, file in needed:
            pdf.add_font(name, "", folder / file)
    except FileNotFoundError as error:
        raise Unavailable("The fonts for PDFs are not installed. Ask the operator to run `make build`.") from error
    pdf.set_fallback_fonts([name for name, _ in needed], exact_match=False)
    pdf.set_text_shaping(True)


def _text(pdf: "FPDF", words: str, *, size: float, style: str = "", color: tuple[int, int, int] = INK) -> None:
    pdf.set_font(FAMILY, style, size)
    pdf.set_text_color(*color)
    pdf.multi_cell(0, size * 1.36, printable(words), align="L", new_x="LMARGIN", new_y="NEXT")


def _head(pdf: "FPDF", summary: StudentSummary) -> None:
    _text(pdf, "Progress summary", size=11, color=SOFT)
    _text(pdf, summary.student, size=20, style="B")
    pdf.ln(6)
    for what, value in summary.about:
        _text(pdf, f"{what}: {value}", size=10.5, color=SOFT)
    pdf.ln(8)
    _text(pdf, summary.service_sentence, size=11)


def _goal(pdf: "FPDF", goal: GoalSummary) -> None:
    pdf.ln(10)
    if pdf.will_page_break(330 if goal.chart.segments else 130):
        pdf.add_page()
    pdf.set_draw_color(*RULE)
    pdf.line(MARGIN, pdf.get_y(), pdf.w - MARGIN, pdf.get_y())
    pdf.ln(10)
    _text(pdf, f"Goal {goal.number}: {goal.label}", size=14, style="B")
    _text(pdf, goal.text, size=10.5)
    pdf.ln(4)
    for fact in goal.chart.facts:
        _text(pdf, fact.sentence, size=10.5, color=SOFT)
    if goal.mastery:
        _text(pdf, f"Mastery: {goal.mastery}", size=10.5, color=SOFT)
    if goal.versions:
        _text(pdf, f"Later versions: {goal.versions}.", size=10.5, color=SOFT)
    pdf.ln(6)
    if goal.chart.segments:
        _chart(pdf, goal)
    _table(pdf, goal)


def _chart(pdf: "FPDF", goal: GoalSummary) -> None:
    width, height = pdf.epw, 236.0
    if pdf.will_page_break(height):
        pdf.add_page()
    drawing = render_svg(goal.chart, width=700, height=700 * height / width)
    plain = re.sub(r"<(title|desc)>[^<]*</\1>", "", drawing)
    pdf.image(io.BytesIO(plain.encode()), w=width, h=height, title=goal.chart.title, alt_text=printable(goal.chart.alt))
    pdf.ln(4)
    _text(pdf, goal.chart.alt, size=9, color=SOFT)


def _table(pdf: "FPDF", goal: GoalSummary) -> None:
    pdf.ln(6)
    if not goal.rows:
        _text(pdf, "No data points in this period.", size=10.5, color=SOFT)
        return
    if goal.told:
        _narratives(pdf, goal.rows)
        return
    columns = COLUMNS if goal.has_intervals else WITHOUT_INTERVAL
    _table_head(pdf, columns)
    for row in goal.rows:
        if pdf.will_page_break(LINE):
            pdf.add_page()
            _table_head(pdf, columns)
        interval = (row.interval,) if goal.has_intervals else ()
        cells = (row.date_text, row.condition, row.trials, row.score, *interval, row.recorded_by)
        _line(pdf, cells, columns, style="")


def _narratives(pdf: "FPDF", rows: tuple[ChartRow, ...]) -> None:
    """Texts, whole: no column is wide enough for them."""
    for row in rows:
        by = f", {row.recorded_by}" if row.recorded_by else ""
        _text(pdf, f"{row.date_text}{by}", size=9.5, style="B")
        _text(pdf, row.score, size=10.5)
        pdf.ln(4)


def _table_head(pdf: "FPDF", columns: Columns) -> None:
    _line(pdf, tuple(name for name, _ in columns), columns, style="B")
    pdf.line(MARGIN, pdf.get_y(), pdf.w - MARGIN, pdf.get_y())


def _line(pdf: "FPDF", cells: tuple[str, ...], columns: Columns, *, style: str) -> None:
    """Cells, not the library's table: that is slower by far."""
    pdf.set_font(FAMILY, style, 9.5)
    pdf.set_text_color(*INK)
    for words, (_, width) in zip(cells, columns, strict=True):
        pdf.cell(width, LINE, _fitting(pdf, printable(words), width - 6))
    pdf.ln(LINE)


def _fitting(pdf: "FPDF", words: str, width: float) -> str:
    """`words`, cut with an ellipsis where they are wider than their column."""
    if len(words) < 12 or pdf.get_string_width(words) <= width:
        return words
    while words and pdf.get_string_width(words + "…") > width:
        words = words[: len(words) * 9 // 10]
    return words.rstrip() + "…"
