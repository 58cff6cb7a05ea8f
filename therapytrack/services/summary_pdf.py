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
    height_of,
    keep_together,
    made_by,
    new_document,
    printable,
    rule,
    write,
)
from therapytrack.services.pdf_pictures import picture, picture_size

if TYPE_CHECKING:
    from fpdf import FPDF

LINE = 15
CHART_HEIGHT = 236.0
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
        f"{[text for text, _ in _paragraphs(goal)]}{goal.chart.alt}{[band.name for band in goal.chart.bands]}"
        for goal in summary.goals
    ]
    people = [f"{row.recorded_by}{row.score}" for goal in summary.goals for row in goal.rows]
    return "".join([summary.student, *(value for _, value in summary.about), *goals, *people])


def _head(pdf: "FPDF", summary: StudentSummary) -> None:
    write(pdf, "Progress summary", size=11, color=SOFT)
    write(pdf, summary.student, size=20, style="B")
    pdf.ln(6)
    for what, value in summary.about:
        write(pdf, f"{what}: {value}", size=10.5, color=SOFT)
    pdf.ln(8)
    write(pdf, summary.service_sentence, size=11)


def _paragraphs(goal: GoalSummary) -> list[tuple[str, float]]:
    """What is said of a goal, each paragraph with the size of its letters."""
    said = [fact.sentence for fact in goal.chart.facts]
    said += [f"Mastery: {goal.mastery}"] if goal.mastery else []
    said += [f"Later versions: {goal.versions}."] if goal.versions else []
    return [(f"Goal {goal.number}: {goal.label}", 14.0), (goal.text, 10.5), *((words, 10.5) for words in said)]


def _goal(pdf: "FPDF", goal: GoalSummary) -> None:
    label, text, *said = _paragraphs(goal)
    drawing = ""
    if goal.chart.segments:
        drawing = render_svg(goal.chart, width=700, height=700 * CHART_HEIGHT / pdf.epw, keyed=False)
    below = picture_size(pdf, drawing)[1] + height_of(pdf, [(goal.chart.alt, 9)]) if drawing else 2 * LINE
    pdf.ln(10)
    keep_together(pdf, 30 + height_of(pdf, _paragraphs(goal)) + below, 130)
    rule(pdf)
    pdf.ln(10)
    write(pdf, label[0], size=label[1], style="B")
    write(pdf, text[0], size=text[1])
    pdf.ln(4)
    for words, size in said:
        write(pdf, words, size=size, color=SOFT)
    pdf.ln(6)
    if drawing:
        picture(pdf, drawing, goal.chart.title, goal.chart.alt)
        pdf.ln(4)
        write(pdf, goal.chart.alt, size=9, color=SOFT)
    _table(pdf, goal)


def _table(pdf: "FPDF", goal: GoalSummary) -> None:
    pdf.ln(6)
    if not goal.rows:
        write(pdf, "No data points in this period.", size=10.5, color=SOFT)
        return
    if goal.told:
        _narratives(pdf, goal.rows)
        return
    columns = COLUMNS if goal.has_intervals else WITHOUT_INTERVAL
    if pdf.will_page_break(LINE * min(3, len(goal.rows) + 1)):
        pdf.add_page()
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
