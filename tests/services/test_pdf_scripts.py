"""Names in the scripts of the families whose children are at American schools: each letter has a shape, and a reader
can copy them in the order in which they are read."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf
import pytest

from therapytrack.services.pdf_pages import BOX, FAMILY, Frame, new_document, write
from therapytrack.services.pdf_runs import direction, numbers_apart, runs

NAMES = {
    "Arabic": "محمد علي الحسن", "Hebrew": "דוד כהן", "Devanagari": "अनन्या क्षत्रिय", "Bengali": "শ্রেয়া চট্টোপাধ্যায়",
    "Gurmukhi": "ਹਰਪ੍ਰੀਤ ਸਿੰਘ", "Gujarati": "પ્રિયા પટેલ", "Tamil": "கார்த்திக் ஸ்ரீனிவாசன்", "Telugu": "శ్రీనివాస్ రెడ్డి",
    "Kannada": "ಕೃಷ್ಣ ಮೂರ್ತಿ", "Malayalam": "ലക്ഷ്മി കൃഷ്ണൻ", "Sinhala": "ශ්‍රී ප්‍රියන්ත", "Thai": "น้ำทิพย์ ศรีสุวรรณ",
    "Lao": "ສົມສັກ ນ້ຳ", "Khmer": "សុភាព ស្រីមុំ", "Myanmar": "အောင်ဆန်း ကျွန်ုပ်", "Georgian": "ნინო ბერიძე",
    "Armenian": "Արամ Հակոբյան", "Ethiopic": "ሰላም ተስፋዬ", "Cherokee": "ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ", "Adlam": "𞤀𞤣𞤤𞤢𞤥 𞤆𞤵𞤤𞤢𞤪",
    "NKo": "ߒߞߏ ߞߊ߲߬", "Tifinagh": "ⵜⵉⴼⵉⵏⴰⵖ", "Mongolian": "ᠮᠣᠩᠭᠣᠯ", "CJK": "王小明 さくら 김민준", "Emoji": "🎉👩‍👧⭐",
}  # fmt: skip


def document(text: str) -> Any:
    """An empty page of a document that says `text`."""
    pdf = new_document(Frame("Title", "Ana", "Lincoln", "Ana, today", text))
    pdf.add_page()
    return pdf


def letters(font: Any) -> dict[int, str]:
    """What each code of an embedded font says that it is."""
    table = font.ToUnicode.read_bytes().partition(b"beginbfchar")[2]
    pairs = re.findall(rb"<(\w{4})> <(\w+)>", table)
    return {int(code, 16): bytes.fromhex(said.decode()).decode("utf-16-be") for code, said in pairs}


def said(data: bytes) -> Iterator[str]:
    """What a page says, in the order in which it is drawn: shape by shape, or the words that stand for several."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        page = pdf.pages[0]
        fonts = {name: letters(font) for name, font in dict(page.Resources.Font).items()}
        font, kept, told = dict[int, str](), list[dict[int, str]](), False
        for step in pikepdf.parse_content_stream(page):
            operands: Any = step.operands
            match str(step.operator):
                case "q":
                    kept.append(font)
                case "Q":
                    font = kept.pop()
                case "Tf":
                    font = fonts[str(operands[0])]
                case "BDC":
                    told = True
                    yield str(operands[1].ActualText)
                case "EMC":
                    told = False
                case "Tj" if not told:
                    codes = bytes(operands[0])
                    yield from (font.get(codes[n] * 256 + codes[n + 1], "") for n in range(0, len(codes), 2))


@pytest.mark.parametrize("script", NAMES)
def test_a_name_is_printed_in_its_script_with_its_font_alone(script: str) -> None:
    name = NAMES[script]
    pdf = document(name)
    for style in ("", "B"):
        write(pdf, name, size=12, style=style)
    drawn = list(said(bytes(pdf.output())))
    assert {font.rstrip("B").split()[-1] for font in pdf.fonts if not font.startswith(FAMILY.lower())} == {
        script.lower()
    }
    shapes = [glyph for font in pdf.fonts.values() for glyph, code in font.subset.items() if glyph and code]
    assert not [glyph for glyph in shapes if glyph.glyph_name == ".notdef"]
    assert pdf.boxed is None
    assert "".join(reversed(drawn) if direction(name) == "RTL" else drawn).count(name) == 2


def test_lines_after_a_name_are_in_the_family_again() -> None:
    sentence = "דוד said eight of ten words right and read aloud to his whole class. " * 4
    pdf = document(sentence)
    write(pdf, "Head", size=14, style="B")
    write(pdf, sentence, size=12)
    text = "".join(said(bytes(pdf.output())))
    assert text.count("".join(reversed("דוד"))) == 4
    assert text.count("said eight of ten words right") == 4
    assert BOX not in text


KNOWN = set(range(32, 127))
ARABIC = set(range(0x600, 0x700)) | {32, 0x200C}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a مُحَمَّد علی‌رضا b", [(None, "a "), ("ar", "مُحَمَّد علی‌رضا "), (None, "b")]),
        ("محمد\u0301 1", [("ar", "محمد"), (None, "\u0301 1")]),
        ("e\u200c1", [(None, "e\u200c1")]),
    ],
)
def test_marks_joiners_and_spaces_go_with_the_letters_around_them(
    text: str, parts: list[tuple[str | None, str]]
) -> None:
    found = runs(text, {None: KNOWN, "ar": ARABIC}, lambda sign: "ar" if ord(sign) in ARABIC else None)
    assert [(font, "".join(clusters)) for font, clusters in found] == parts


def test_no_line_breaks_within_a_letter_and_none_is_wider_than_a_line() -> None:
    thai = {None: KNOWN, "th": range(0xE00, 0xE80)}
    ((_, clusters),) = runs("น้ำก" + "\u0e49" * 40, thai, lambda _: "th")
    assert clusters[:3] == ["น้", "ำ", "ก" + "\u0e49" * 15]
    assert max(map(len, clusters)) == 16


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("דוד will say it.", "LTR"),
        ("Teacher: محمد عبد الرحمن الحسيني", "LTR"),
        ("דוד אמר 8 מילים.", "RTL"),
        ("דוד קרא את ה-IEP שלו.", "RTL"),
        ("8 of 10", "LTR"),
        ("", "LTR"),
    ],
)
def test_a_sentence_is_read_as_its_own_language_is(text: str, way: str) -> None:
    assert direction(text) == way


def test_a_number_after_a_name_stays_after_it() -> None:
    assert numbers_apart("Student: דוד, 900") == "Student: דוד\u200e, 900"
    assert numbers_apart("דוד אמר 8 מילים") == "דוד אמר 8 מילים"
    assert numbers_apart("Student: דוד כהן") == "Student: דוד כהן"
