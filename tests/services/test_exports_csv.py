"""CSV files: no cell is taken for a formula, and what is a number stays one."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapytrack.services.exports_csv import Cell, csv_chunks, guarded

RISKY = "=+-@\t\r\n＝＋－＠"
STRIPPED = " \u00a0\u200b\u200e\u200f\u2060\ufeff"


def read(rows: list[list[Cell]]) -> list[list[str]]:
    text = b"".join(csv_chunks(["what", "n"], rows)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("start", [*RISKY, *(f"{blank}=" for blank in STRIPPED), "\x00=", "\x07+1"])
def test_a_formula_is_guarded(start: str) -> None:
    assert guarded(f"{start}cmd|'/c calc'!A1").startswith("'")


@pytest.mark.parametrize("text", ["Ana", "80% of trials", "/ɹ/ initial", "a=b", "نور", "", "1-2"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text


@settings(max_examples=300)
@given(st.lists(st.tuples(st.text(max_size=20), st.integers(-(10**9), 10**9)), max_size=5))
def test_no_cell_of_text_begins_like_a_formula(rows: list[tuple[str, int]]) -> None:
    for text, number in read([[text, number] for text, number in rows])[1:]:
        assert not text.lstrip().lstrip(STRIPPED).startswith(tuple(RISKY))
        assert int(number) in {n for _, n in rows}


def test_the_name_of_a_column_that_a_workspace_chose_is_no_formula_either() -> None:
    raw = b"".join(csv_chunks(["Date", "@SUM(1+9)*cmd|' /C calc'!A0"], [["a", "b"]])).decode("utf-8-sig")
    assert raw.splitlines()[0] == '"Date","\'@SUM(1+9)*cmd|\' /C calc\'!A0"'


def test_numbers_are_bare_and_text_is_quoted() -> None:
    raw = b"".join(csv_chunks(["what", "n", "share", "day"], [["-5", -5, 62.5, date(2026, 3, 24)]])).decode("utf-8-sig")
    assert raw.splitlines()[1] == '"\'-5",-5,62.5,"2026-03-24"'


def test_the_file_begins_with_a_byte_order_mark_even_without_rows() -> None:
    assert b"".join(csv_chunks(["what"], [])) == b'\xef\xbb\xbf"what"\r\n'


def test_the_file_comes_in_pieces() -> None:
    rows: list[list[Cell]] = [["x", number] for number in range(25)]
    pieces = list(csv_chunks(["what", "n"], rows, chunk=10))
    assert [piece.count(b"\r\n") for piece in pieces] == [11, 10, 5]


def test_an_integer_beside_an_empty_cell_stays_an_integer() -> None:
    assert read([["a", 1], ["b", None]])[1:] == [["a", "1"], ["b", ""]]
