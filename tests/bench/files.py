"""Long files beside the bare library that writes them (L): the same cells, in processor time of this process."""

import io
import time
from collections.abc import Callable
from datetime import date, timedelta
from statistics import median

from therapytrack.services.exports_csv import Cell, csv_chunks
from therapytrack.services.exports_xlsx import xlsx_bytes

ROWS, LIMIT = 50_000, 1.5
COLUMNS = ("Date", "Student", "Goal", "Purpose", "Trials", "Correct", "Percent", "Note")


def file_lines() -> list[str]:
    """CSV and XLSX of 50,000 rows, in L."""
    rows = [_row(number) for number in range(ROWS)]
    return [
        _line("CSV", "pandas", 3, lambda: b"".join(csv_chunks(COLUMNS, rows)), lambda: _bare_csv(rows)),
        _line("XLSX", "XlsxWriter", 1, lambda: xlsx_bytes(COLUMNS, rows, "Progress"), lambda: _bare_book(rows)),
    ]


def _row(number: int) -> tuple[Cell, ...]:
    correct, purpose = number % 11, "probe" if number % 7 else "practice"
    student, goal = f"Student {number % 60}", f"Produces /s/ in words, part {number % 180}"
    day = date(2025, 9, 1) + timedelta(days=number % 300)
    return (day, student, goal, purpose, 10, correct, 10.0 * correct, f"{correct} of 10 with a model, then none.")


def _line(kind: str, library: str, rounds: int, ours: Callable[[], object], bare: Callable[[], object]) -> str:
    took, under = [], []
    for _ in range(rounds):
        under.append(_seconds(bare))
        took.append(_seconds(ours))
    ratio = median(one / least for one, least in zip(took, under, strict=True))
    return (
        f"{kind} of {ROWS:,} rows: {median(took):.2f} s, {library} alone {median(under):.2f} s, {ratio:.2f} L "
        f"(budget {LIMIT} L: {'ok' if ratio <= LIMIT else 'MISSED'})"
    )


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _bare_csv(rows: list[tuple[Cell, ...]]) -> bytes:
    import pandas

    return bytes(pandas.DataFrame(rows, columns=list(COLUMNS)).to_csv(index=False).encode())


def _bare_book(rows: list[tuple[Cell, ...]]) -> bytes:
    import xlsxwriter

    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        page, day = book.add_worksheet(), book.add_format({"num_format": "m/d/yyyy"})
        page.write_row(0, 0, COLUMNS)
        for number, (first, *others) in enumerate(rows, start=1):
            page.write_datetime(number, 0, first, day)
            page.write_row(number, 1, others)
    return target.getvalue()
