"""The PDF: it says what it is, embeds its fonts, and takes any name."""

import io
import logging
import shutil
import subprocess
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pikepdf
import pytest

from therapytrack.domain.accuracy import Purpose, Score
from therapytrack.domain.date_range import DateRange
from therapytrack.domain.goal_chart import GoalFacts, Phase, Point, build_goal_chart
from therapytrack.domain.points import Metric
from therapytrack.domain.student_summary import GoalSummary, StudentSummary
from therapytrack.errors import Unavailable
from therapytrack.routes.summary_page import summary_body
from therapytrack.services.pdf_workers import in_worker
from therapytrack.services.summary_pdf import render_summary_pdf

DAYS = DateRange(date(2026, 1, 1), date(2026, 12, 1))
NAUGHTY = [
    "محمد علي \u200f(x)",
    "अनन्या शर्मा",
    "山田太郎 김민준",
    "e 🎉👩\u200d👧 \u202e turned \x07",
    "x" * 300,
    "\ud800",
    "",
    "<b>a</b> **b** __c__ ![x](file:///etc/passwd)",
    "a\u0301" * 100,
]


def summary(name: str = "Mateo Rivera", points: int = 30) -> StudentSummary:
    first = date(2026, 1, 5)
    data = [
        Point(first + timedelta(days=7 * n), Score(20, min(20, 5 + n // 3)), Purpose.PROBE, recorded_by=name)
        for n in range(points)
    ]
    phases = [Phase("Baseline", date(2026, 1, 1)), Phase(name[:40] or "Next", date(2026, 2, 1))]
    chart = build_goal_chart(GoalFacts(name[:40] or "Goal", 80, date(2026, 12, 18)), phases, data)
    goal = GoalSummary(1, name[:40], f"By May, {name} will do it.", "Not yet.", "", chart, chart.rows)
    return StudentSummary(
        name, "900", "Gr 2", name[:90], DAYS, (goal,), (("Present", 3),), 90, name[:50], "Lincoln", DAYS.until
    )


def judged(tool: str, *arguments: str) -> str:
    """What a command-line judge says about a file; "" on a machine that does not have it. Raises when it objects."""
    found = shutil.which(tool)
    if found is None:
        return ""
    return subprocess.run([found, *arguments], check=True, capture_output=True, text=True).stdout


def test_it_has_title_language_and_embedded_fonts() -> None:
    with pikepdf.open(io.BytesIO(render_summary_pdf(summary()))) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Progress summary, Jan 1, 2026 to Dec 1, 2026"
        assert str(pdf.Root.Lang) == "en-US"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        fonts = [font for page in pdf.pages for font in dict(page.Resources.Font).values()]
        assert fonts
        assert all("/FontFile2" in font.DescendantFonts[0].FontDescriptor for font in fonts)


def test_the_chart_is_a_drawing_with_alternative_text() -> None:
    with pikepdf.open(io.BytesIO(render_summary_pdf(summary()))) as pdf:
        images = [page for page in pdf.pages if "/XObject" in page.Resources]
        tags = [str(one.Alt) for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/Alt" in one]
    assert not images
    assert any(words.startswith("Chart of Mateo Rivera") for words in tags)


@pytest.mark.parametrize("name", NAUGHTY)
def test_a_name_in_any_script_is_printed(name: str) -> None:
    with pikepdf.open(io.BytesIO(render_summary_pdf(summary(name, 4)))) as pdf:
        assert pdf.pages


def test_no_warning_quotes_what_a_font_lacks(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        render_summary_pdf(summary("Ana ภาษาไทย 🎉", 2))
    assert not [line for line in caplog.messages if "ภ" in line or "🎉" in line]


def test_its_structure_is_sound_and_its_text_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "summary.pdf"
    file.write_bytes(render_summary_pdf(summary("Nguyễn Văn Đức", points=90)))
    with pikepdf.open(file) as pdf:
        assert not pdf.check_pdf_syntax()
        assert len(pdf.pages) == 3
    judged("qpdf", "--check", str(file))
    text = judged("pdftotext", "-layout", str(file), "-")
    for words in ("Nguyễn Văn Đức", "Prepared by: Nguyễn Văn Đức, Lincoln", "Page 1 of 3", "Chart of"):
        assert not text or words in text


def test_a_narrative_is_printed_whole_and_other_measures_without_an_interval(tmp_path: Path) -> None:
    words = "Asked a peer for the red block twice, then waited for an answer before taking it himself."
    told = Point(date(2026, 1, 5), Score(0, 0), Purpose.PRACTICE, words=words)
    timed = Point(date(2026, 1, 5), Score(3, 0, 0, 125_000, 41.7), Purpose.PROBE)
    goals = []
    for metric, point in ((Metric.NOTHING, told), (Metric.MEAN_TIME, timed)):
        chart = build_goal_chart(GoalFacts("Goal", 0, date(2026, 12, 18), measured=metric), (), [point])
        goals.append(GoalSummary(1, "Goal", "By May.", "", "", chart, chart.rows))
    made = replace(summary(), goals=tuple(goals))
    file = tmp_path / "summary.pdf"
    file.write_bytes(render_summary_pdf(made))
    text = " ".join(judged("pdftotext", "-layout", str(file), "-").split())
    page = summary_body(made, "x.pdf")
    for said in (words, "3 episodes, 2:05 in all"):
        assert not text or said in text
        assert said in page
    assert "95% interval</th>" not in page
    assert "95% interval</th>" in summary_body(summary(), "x.pdf")


def test_missing_fonts_are_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        render_summary_pdf(summary(), tmp_path)
    assert "make build" in caught.value.sentence


async def test_the_worker_process_draws_the_same_document() -> None:
    data = await in_worker(render_summary_pdf, summary())
    assert data.startswith(b"%PDF-")
