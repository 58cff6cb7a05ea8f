"""Names of files: what people see and save is neither a path nor a trick."""

import pytest

from therapytrack.domain.file_names import LONGEST_NAME, attachment_header, clean_name, size_words


@pytest.mark.parametrize(
    ("given", "media_type", "expected"),
    [
        ("Report 2026.pdf", "application/pdf", "Report 2026.pdf"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        (r"C:\Users\ana\Letter.TXT", "text/plain", "Letter.txt"),
        ("photo\u202egpj.exe", "image/png", "photogpj.exe.png"),
        ("two\r\nlines\x00.pdf", "application/pdf", "two lines.pdf"),
        ("page.html", "text/plain", "page.html.txt"),
        (".pdf", "application/pdf", "pdf.pdf"),
        ("", "image/jpeg", "file.jpg"),
        ("...", "image/jpeg", "file.jpg"),
        ("\ud800.txt", "text/plain", "txt.txt"),
        ('a<b>:"|?*.png', "image/png", "a_b______.png"),
        ("Zoe\u0308 ABC.jpeg", "image/jpeg", "Zo\u00eb ABC.jpeg"),
    ],
)
def test_a_name_is_made_safe(given: str, media_type: str, expected: str) -> None:
    assert clean_name(given, media_type) == expected


def test_a_long_name_keeps_its_ending() -> None:
    name = clean_name("a" * 500 + ".pdf", "application/pdf")
    assert (len(name), name[-5:]) == (LONGEST_NAME, "a.pdf")


def test_a_header_holds_any_name_and_cannot_be_broken_out_of() -> None:
    header = attachment_header('Zoë "x".pdf')
    assert header == "attachment; filename=\"Zo_ _x_.pdf\"; filename*=UTF-8''Zo%C3%AB%20%22x%22.pdf"
    header.encode("latin-1")


def test_sizes_in_words() -> None:
    assert [size_words(one) for one in (1, 812, 24_000, 3_300_000, 1024**3)] == [
        "1 byte", "812 bytes", "23 KB", "3.1 MB", "1.0 GB",
    ]  # fmt: skip
