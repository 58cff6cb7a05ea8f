"""Texts made to be slow: what reads them takes time with their length, so that nobody holds up everybody else.

Each size took seconds of a core, and the largest that a socket takes minutes, before it was mended.
"""

import time
from collections.abc import Callable
from unicodedata import combining, normalize

import pytest

from therapytrack.domain.form_fields import FieldReader
from therapytrack.domain.licence_scope import oversteps
from therapytrack.domain.names import MOST_MARKS, folded, normal, tidy
from therapytrack.domain.progress_codes import parse_code_set
from therapytrack.domain.service_log import parse_columns
from therapytrack.errors import Invalid

PILED = "a" + "\u0301\u0323" * 40_000  # each mark goes before the last one
HIDDEN = "a" + "\u0f73\u0f71" * 20_000  # marks once they are taken apart
SECONDS = 1.0


def read_text(text: str) -> None:
    FieldReader({"text": text}).text("text", 500)


def read_line(text: str) -> None:
    FieldReader({"text": text}).line("text", 80)


def read_codes(text: str) -> None:
    parse_code_set({"set_name": "Ours", "codes": text})


def refused(read: Callable[[str], object], text: str) -> None:
    try:
        read(text)
    except Invalid:
        return


@pytest.mark.parametrize("text", [PILED, HIDDEN], ids=["piled", "hidden"])
@pytest.mark.parametrize("read", [read_text, read_line, tidy, folded, oversteps])
def test_marks_without_end_are_no_work_without_end(read: Callable[[str], object], text: str) -> None:
    began = time.process_time()
    refused(read, text)
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_codes, "A = Fine\nB =" + " " * 1000 + "|!"),
        (parse_columns, "\n".join(f"{number:x} = x" for number in range(30_000))),
    ],
)
def test_lines_without_end_are_no_work_without_end(read: Callable[[str], object], text: str) -> None:
    began = time.process_time()
    refused(read, text)
    assert time.process_time() - began < SECONDS


def test_of_a_long_text_only_piles_of_marks_are_cut() -> None:
    text = "Nguyễn e\u0301lodie 한국어 ཱི " * 200
    assert normal(text) == normalize("NFC", text)
    cut = normal(PILED + "b")
    assert (cut[-1], sum(combining(sign) > 0 for sign in cut)) == ("b", MOST_MARKS - 1), "one joins its letter"
