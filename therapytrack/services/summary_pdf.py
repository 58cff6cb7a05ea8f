"""The student summary as PDF: embedded Unicode fonts, the chart as vector drawing, every page numbered.

The library does not tag text (its issue 792), so the same summary is also served as an accessible HTML page.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from therapytrack.domain.chart_svg import render_svg
from therapytrack.domain.goal_chart import ChartRow
from therapytrack.domain.student_summary import GoalSummary, StudentSummary
from therapytrack.services.pdf_pages import (
    FAMILY,
    FONTS,
    INK,
    MARGIN,
    SOFT,
    Frame,
    made_by,
    new_document,
    picture,
    printable,
    rule,
    write,
)

if TYPE_CHECKING:
    from fpdf import FPDF

LINE = 15
COLUMNS = (("Date", 84), ("Condition", 132), ("Trials", 52), ("Score", 48), ("95% interval", 84), ("Recorded by", 104))
WITHOUT_INTERVAL = (("Date", 84), ("Condition", 104), ("Data", 142), ("Score", 70), ("Recorded by", 104))
Columns = tuple[tuple[str, int], ...]


def render_summary_pdf(summary: StudentSummary, fonts: Path = FONTS) -> bytes:
    """The summary on US Letter pages. Work of one core for tenths of a second: run it in a worker process."""
    pdf = new_document(_frame(summary), fonts)
    pdf.add_page()
    _head(pdf, summary)
    for goal in summary.goals:
        _goal(pdf, goal)
    if not summary.goals:
        write(pdf, "No active goal is documented.", size=11)
    return bytes(pdf.output())


def _frame(summary: StudentSummary) -> Frame:
    return Frame(
        title=summary.title,
        author=summary.author,
        workspace=summary.workspace,
        foot=made_by(summary.author, summary.made_on),
        text=_all_text(summary),
    )


def _all_text(summary: StudentSummary) -> str:
    goals = [
        f"{goal.label}{goal.text}{goal.mastery}{[band.name for band in goal.chart.bands]}" for goal in summary.goals
    ]
    people = [f"{row.recorded_by}{row.score}" for goal in summary.goals for row in goal.rows]
    return "".join([summary.student, summary.author, summary.workspace, summary.school, *goals, *people])


def _head(pdf: "FPDF", summary: StudentSummary) -> None:
    write(pdf, "Progress summary", size=11, color=SOFT)
    write(pdf, summary.student, size=20, style="B")
    pdf.ln(6)
    for what, value in summary.about:
        write(pdf, f"{what}: {value}", size=10.5, color=SOFT)
    pdf.ln(8)
    write(pdf, summary.service_sentence, size=11)


def _goal(pdf: "FPDF", goal: GoalSummary) -> None:
    pdf.ln(10)
    if pdf.will_page_break(330 if goal.chart.segments else 130):
        pdf.add_page()
    rule(pdf)
    pdf.ln(10)
    write(pdf, f"Goal {goal.number}: {goal.label}", size=14, style="B")
    write(pdf, goal.text, size=10.5)
    pdf.ln(4)
    for fact in goal.chart.facts:
        write(pdf, fact.sentence, size=10.5, color=SOFT)
    if goal.mastery:
        write(pdf, f"Mastery: {goal.mastery}", size=10.5, color=SOFT)
    if goal.versions:
        write(pdf, f"Later versions: {goal.versions}.", size=10.5, color=SOFT)
    pdf.ln(6)
    if goal.chart.segments:
        _chart(pdf, goal)
    _table(pdf, goal)


def _chart(pdf: "FPDF", goal: GoalSummary) -> None:
    height = 236.0
    drawing = render_svg(goal.chart, width=700, height=700 * height / pdf.epw, keyed=False)
    picture(pdf, drawing, height, goal.chart.title, goal.chart.alt)
    pdf.ln(4)
    write(pdf, goal.chart.alt, size=9, color=SOFT)


def _table(pdf: "FPDF", goal: GoalSummary) -> None:
    pdf.ln(6)
    if not goal.rows:
        write(pdf, "No data points in this period.", size=10.5, color=SOFT)
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
        write(pdf, f"{row.date_text}{by}", size=9.5, style="B")
        write(pdf, row.score, size=10.5)
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
