"""Reports as files: what they say of themselves, the language of a letter, and many put together for printing."""

import io
import re
import time
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import pikepdf
import pytest

from tests.domain.report_cases import facts, weekly
from therapytrack.domain.family_words import family_text
from therapytrack.domain.report_content import GoalContent, Kind, ReportContent, content_from, content_text, text_hash
from therapytrack.domain.report_words import data_paragraph
from therapytrack.errors import Unavailable
from therapytrack.services.pdf_pages import BOX, Frame, height_of, keep_together, new_document, write
from therapytrack.services.pdf_pictures import picture
from therapytrack.services.pdf_workers import in_worker
from therapytrack.services.report_pdf import PrintedReport, pack_reports, render_merged, render_report

SHAPE = 'width="470" height="250" viewBox="0 0 470 250"'
BOX_OF_390 = 'width="390" height="250" viewBox="0 0 390 250"'
BOX_OF_1008 = 'width="1008" height="200" viewBox="0 0 1008 200"'
CHART = f'<svg xmlns="http://www.w3.org/2000/svg" {SHAPE}><rect width="9" height="9"/></svg>'


def printed(kind: Kind = "report", goals: int = 3, student: str = "Sofía Hernández") -> PrintedReport:
    goal = facts(weekly(13, 14, 16, 17, 18))
    made: dict[str, Any] = {
        "paragraph": data_paragraph(goal),
        "cautions": (),
        "code": "C",
        "code_meaning": "Goal met",
        "words": "At the table.",
        "family_en": family_text(goal, "Sofía", "en"),
        "family_es": family_text(goal, "Sofía", "es"),
        "chart": CHART,
        "alt": "Chart of /s/ blends: 5 probes.",
    }
    content = ReportContent(
        "r", "s", student, "Sofía", "900", "Gr 2", "Lincoln", "Quarter 1", "2026-09-01", "2026-11-24",
        "Rosa Alvarez, CCC-SLP", "Lincoln USD", "Mississippi, version 1", "9 sessions, 210 minutes delivered.",
        tuple(GoalContent(f"g{n}", "v", n, f"Goal label {n}", "By May.", **made) for n in range(1, goals + 1)),
    )  # fmt: skip
    addenda = (("Rosa Alvarez, Nov 27, 2026", "The date was Nov 3."),)
    return PrintedReport(content, kind, ("Signed by Rosa Alvarez, Nov 26, 2026",), addenda, date(2026, 11, 26))


def test_a_report_says_what_it_is_and_describes_its_charts() -> None:
    made = render_report(printed())
    with pikepdf.open(io.BytesIO(made.data)) as pdf:
        assert len(pdf.pages) == made.pages > 1
        assert str(pdf.docinfo["/Title"]) == "Progress report, Quarter 1"
        assert str(pdf.Root.Lang) == "en-US"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        tags = [str(one.Alt) for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/Alt" in one]
        assert tags.count("Chart of /s/ blends: 5 probes.") == 3
        fonts = [font for page in pdf.pages for font in dict(page.Resources.Font).values()]
        assert all("/FontFile2" in font.DescendantFonts[0].FontDescriptor for font in fonts)


def test_a_letter_has_its_language() -> None:
    for kind, lang, title in (
        ("family-en", "en-US", "Progress report, Quarter 1"),
        ("family-es", "es-US", "Informe de progreso, Quarter 1"),
    ):
        with pikepdf.open(io.BytesIO(render_report(printed(kind)).data)) as pdf:  # type: ignore[arg-type]
            assert (str(pdf.Root.Lang), str(pdf.docinfo["/Title"])) == (lang, title)


def test_many_are_one_file_in_their_order_and_one_file_each() -> None:
    parts = [printed(goals=1), printed(goals=4)]
    made = [render_report(one) for one in parts]
    merged = render_merged(tuple((one, file.pages) for one, file in zip(parts, made, strict=True)))
    with pikepdf.open(io.BytesIO(merged)) as pdf:
        assert len(pdf.pages) == sum(file.pages for file in made)
    packed = pack_reports(tuple((f"{n}.pdf", file.data) for n, file in enumerate(made)))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.namelist() == ["0.pdf", "1.pdf"]
        assert archive.read("1.pdf") == made[1].data


def document(text: str = "") -> Any:
    """An empty page of a document that says `text`."""
    pdf = new_document(Frame("Title", "Ana", "Lincoln", "Ana, today", text))
    pdf.add_page()
    return pdf


def fonts_of(data: bytes) -> set[str]:
    """The families of letters that a file's pages use."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        used = [font for page in pdf.pages for font in dict(page.Resources.Font).values()]
        return {str(font.BaseFont).split("+")[-1] for font in used}


@pytest.mark.parametrize("kind", ["family-en", "family-es"])
def test_a_letter_has_the_letters_of_the_name_that_a_child_goes_by(kind: Kind) -> None:
    made = printed(kind)
    named = replace(made, content=replace(made.content, first_name="محمد"))
    assert any("Arabic" in font for font in fonts_of(render_report(named).data))
    assert not any("Arabic" in font for font in fonts_of(render_report(made).data))


def test_the_words_within_a_chart_are_printed_in_their_script() -> None:
    words = '<text x="9" y="20" text-anchor="end" fill="#000000">دواء &amp; x</text>'
    svg = CHART.replace("</svg>", f"{words}</svg>")
    made = printed(goals=1)
    goals = (replace(made.content.goals[0], chart=svg),)
    drawn = render_report(replace(made, content=replace(made.content, goals=goals)))
    assert any("Arabic" in font for font in fonts_of(drawn.data))
    pdf = document(words)
    picture(pdf, svg, "Chart", "Words")
    assert (pdf.page_no(), pdf.get_x(), pdf.c_margin > 0) == (1, pdf.l_margin, True)
    starts = re.findall(rb"BT ([-\d.]+) [-\d.]+ Td", bytes(pdf.pages[1].contents))
    assert len(starts) > 2
    assert all(0 < float(x) < pdf.w for x in starts), "the words stand on the page, whatever side they are held at"


def test_a_letter_without_a_font_is_a_box_that_the_foot_explains() -> None:
    pdf = document()
    assert pdf.normalize_text("a דוד b") == f"a {BOX * 3} b"
    assert pdf.boxed == (1, 0)
    plain = document()
    assert plain.normalize_text("e\u0301\u200d \u2265 ɹ é") == "e\u0301\u200d \u2265 ɹ é"
    assert plain.normalize_text("\U0001f44b\U0001f3fd") == f"{BOX}\U0001f3fd", "a tone is no letter"
    assert document("山").normalize_text("山") == "山"


@pytest.mark.parametrize("text", ["By May, he will say it. " * 40, "WIDE MOTHER " * 20, "a\nb\n" * 5, "", "x" * 400])
def test_paragraphs_are_no_higher_than_they_are_reckoned(text: str) -> None:
    pdf = document()
    before = pdf.get_y()
    write(pdf, text, size=10.5)
    assert pdf.get_y() - before <= height_of(pdf, [(text, 10.5)]) + 0.01


def test_what_belongs_together_begins_a_page_when_one_has_room_for_it() -> None:
    pages = {}
    for height in (300, 600, 900):
        pdf = document()
        pdf.set_y(300)
        keep_together(pdf, height, 100)
        pages[height] = pdf.page_no()
    assert pages == {300: 1, 600: 2, 900: 1}, "what no page has room for begins where it is"


def test_a_chart_is_printed_at_its_own_size_but_no_wider_than_the_page() -> None:
    pdf = document()
    for box, high in ((BOX_OF_390, 250), (BOX_OF_1008, 100)):
        before = pdf.get_y()
        picture(pdf, CHART.replace(SHAPE, box), "Chart", "Words")
        assert pdf.get_y() - before == pytest.approx(high)


@pytest.mark.parametrize(
    "words",
    ["." * 2_000, " _" * 1_000, "\U0001f469\u200d" * 900, "\u0489" * 2_000, "\u202e" * 900 + "<b>&amp;\ufffe\ud800\0"],
)
def test_no_words_keep_a_report_from_being_printed(words: str) -> None:
    assert render_report(addressed(words)).pages > 0


def test_marks_without_end_do_not_hold_up_whoever_prints_after_them() -> None:
    began = time.process_time()
    render_report(addressed("a" + "\u0301\u0323" * 1_500))
    assert time.process_time() - began < 3


def fails(words: str) -> None:
    raise RecursionError(words)


async def test_a_document_that_cannot_be_made_is_a_sentence_and_quotes_nothing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(Unavailable) as told:
        await in_worker(fails, "Canarygiven")
    assert "could not be made" in told.value.sentence
    logged = "".join(capfd.readouterr())
    assert ("RecursionError" in logged, "Canarygiven" in logged) == (True, False)


def addressed(words: str) -> PrintedReport:
    """A letter with these words in it."""
    made = printed("family-en", goals=1)
    (goal,) = made.content.goals
    return replace(made, content=replace(made.content, goals=(replace(goal, family_en=words),)))


def test_the_stored_text_is_the_content() -> None:
    content = printed().content
    assert content_from(content_text(content)) == content
    assert len(text_hash(content_text(content))) == 64
