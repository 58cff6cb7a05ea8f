"""A signed progress report as PDF, for the record or for the family, and many of them put together for printing."""

import io
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from therapytrack.domain.dates import long_date
from therapytrack.domain.family_words import TONGUES, Language, family_date
from therapytrack.domain.report_content import GoalContent, Kind, ReportContent
from therapytrack.services.pdf_pages import (
    FONTS,
    SOFT,
    SPANISH,
    Frame,
    height_of,
    keep_together,
    new_document,
    rule,
    write,
)
from therapytrack.services.pdf_pictures import picture, picture_size

if TYPE_CHECKING:
    from fpdf import FPDF

ENDING: Final = {"merged": "pdf", "each": "zip"}


@dataclass(frozen=True, slots=True)
class PrintedReport:
    """A signed report and what stands under it: `signatures` in words, addenda as (who and when, text)."""

    content: ReportContent
    kind: Kind
    signatures: tuple[str, ...]
    addenda: tuple[tuple[str, str], ...]
    made_on: date

    @property
    def language(self) -> Language:
        """The language in which it is written."""
        return "es" if self.kind == "family-es" else "en"


@dataclass(frozen=True, slots=True)
class RenderedReport:
    """A PDF and how many pages it has."""

    data: bytes
    pages: int


def render_report(printed: PrintedReport, fonts: Path = FONTS) -> RenderedReport:
    """The report or the family's letter on US Letter pages. Work of one core for tenths of a second: run it in a worker
    process. Raises Unavailable when the fonts are not installed."""
    pdf = new_document(_frame((printed,)), fonts)
    _part(pdf, printed)
    return RenderedReport(bytes(pdf.output()), pdf.page_no())


def render_merged(parts: tuple[tuple[PrintedReport, int], ...], fonts: Path = FONTS) -> bytes:
    """Several of one kind as one file for printing, with how many pages each has; each is numbered from 1.

    Raises Unavailable when the fonts are not installed.
    """
    printed = tuple(one for one, _ in parts)
    pdf = new_document(_frame(printed), fonts, [pages for _, pages in parts])
    for one in printed:
        _part(pdf, one)
    return bytes(pdf.output())


def pack_reports(files: tuple[tuple[str, bytes], ...]) -> bytes:
    """Several files, each by its name, in one ZIP; PDFs are packed already."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), data)
    return out.getvalue()


def title_of(period: str, kind: Kind) -> str:
    """What a document is called: never a student's name, which would show in windows and file lists."""
    return f"{'Informe de progreso' if kind == 'family-es' else 'Progress report'}, {period}"


def _frame(parts: tuple[PrintedReport, ...]) -> Frame:
    """What stands around the text; several parts are of one period and printed by one person."""
    first = parts[0]
    content, spanish = first.content, first.kind == "family-es"
    day = family_date(first.made_on, "es") if spanish else long_date(first.made_on)
    by = content.author if len({one.content.author for one in parts}) == 1 else content.workspace
    return Frame(
        title=title_of(content.period, first.kind),
        author=by,
        workspace=content.workspace,
        foot=f"{by[:80]}, {day}",
        text="".join(text for one in parts for text in _texts(one)),
        **(SPANISH if spanish else {}),
    )


def _texts(printed: PrintedReport) -> list[str]:
    content = printed.content
    texts = [content.student, content.first_name, content.service, *(value for _, value in content.about)]
    texts += [*printed.signatures, *(text for pair in printed.addenda for text in pair)]
    for goal in content.goals:
        texts += [text for text, _ in _paragraphs(goal)]
        texts += [goal.family_en, goal.family_es, goal.chart]
    return texts


def _part(pdf: "FPDF", printed: PrintedReport) -> None:
    pdf.add_page()
    if printed.kind == "report":
        _report(pdf, printed)
    else:
        _letter(pdf, printed)


def _report(pdf: "FPDF", printed: PrintedReport) -> None:
    content = printed.content
    write(pdf, "Progress report", size=11, color=SOFT)
    write(pdf, content.student, size=20, style="B")
    pdf.ln(6)
    for what, value in content.about:
        write(pdf, f"{what}: {value}", size=10.5, color=SOFT)
    pdf.ln(8)
    write(pdf, content.service, size=11)
    for goal in content.goals:
        _goal(pdf, goal)
    _signed(pdf, printed)


def _signed(pdf: "FPDF", printed: PrintedReport) -> None:
    """The signatures, all on one page, and the addenda."""
    height = 20 + height_of(pdf, [(line, 10.5) for line in printed.signatures])
    keep_together(pdf, 12 + height, 60)
    pdf.ln(12)
    rule(pdf)
    pdf.ln(8)
    for line in printed.signatures:
        write(pdf, line, size=10.5)
    for who, text in printed.addenda:
        pdf.ln(8)
        keep_together(pdf, height_of(pdf, [(who, 10.5), (text, 10.5)]), 60)
        write(pdf, f"Addendum, {who}", size=10.5, style="B")
        write(pdf, text, size=10.5)


def _paragraphs(goal: GoalContent) -> list[tuple[str, float]]:
    """What is said of a goal, each paragraph with the size of its letters."""
    progress = f"Progress: {goal.code_words}" if goal.code else "Progress: see the words below."
    named = [(f"Goal {goal.number}: {goal.label}", 14.0), (goal.text, 10.5), (progress, 11.0), (goal.paragraph, 10.5)]
    return [*named, (goal.words, 10.5)] if goal.words else named


def _goal(pdf: "FPDF", goal: GoalContent) -> None:
    label, text, progress, paragraph, *words = _paragraphs(goal)
    pdf.ln(10)
    picture_height = picture_size(pdf, goal.chart)[1] if goal.chart else 0
    keep_together(pdf, 24 + height_of(pdf, _paragraphs(goal)) + picture_height, 130)
    rule(pdf)
    pdf.ln(10)
    write(pdf, label[0], size=label[1], style="B")
    write(pdf, text[0], size=text[1], color=SOFT)
    pdf.ln(4)
    write(pdf, progress[0], size=progress[1], style="B")
    write(pdf, paragraph[0], size=paragraph[1])
    for own, size in words:
        pdf.ln(3)
        write(pdf, own, size=size)
    if goal.chart:
        pdf.ln(4)
        picture(pdf, goal.chart, f"Chart of goal {goal.number}", goal.alt)


def _letter(pdf: "FPDF", printed: PrintedReport) -> None:
    content, language = printed.content, printed.language
    tongue = TONGUES[language]
    write(pdf, content.workspace, size=11, color=SOFT)
    write(pdf, tongue.letter.format(name=content.first_name), size=18, style="B")
    pdf.ln(4)
    write(pdf, content.family_period(language), size=12, color=SOFT)
    if not content.goals:
        write(pdf, tongue.nobody, size=12)
    for goal in content.goals:
        said, written = goal.family(language), tongue.as_written.format(text=goal.text)
        pdf.ln(12)
        keep_together(pdf, 3 + height_of(pdf, [(goal.label, 14), (said, 12.5), (written, 10.5)]), 90)
        write(pdf, goal.label, size=14, style="B")
        write(pdf, said, size=12.5)
        pdf.ln(3)
        write(pdf, written, size=10.5, color=SOFT)
    pdf.ln(16)
    write(pdf, tongue.sign.format(author=content.author), size=12)


def signature_line(what: str, who: str, on: date) -> str:
    """One line under a report: "Signed by Ana Ruiz, CCC-SLP, Nov 26, 2026"."""
    return f"{what} by {who}, {long_date(on)}"
