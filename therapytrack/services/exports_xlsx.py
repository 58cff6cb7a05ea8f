"""XLSX that opens in a spreadsheet without running anything: text is text, numbers are numbers, no cell a formula."""

import io
from collections.abc import Iterable, Sequence
from datetime import date

from therapytrack.services.exports_csv import UNPRINTABLE, Cell

LONGEST_CELL = 32_767


def xlsx_bytes(columns: Sequence[str], rows: Iterable[Sequence[Cell]], sheet: str) -> bytes:
    """A workbook of one sheet with a head that stays in sight. `sheet`: its name, at most 31 plain signs.

    Rows are written as they come, so that memory does not grow with them.
    """
    import xlsxwriter  # costs a start what few people need

    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "m/d/yyyy"})
        page = book.add_worksheet(sheet[:31])
        page.freeze_panes(1, 0)
        for column, name in enumerate(columns):
            page.write_string(0, column, name, bold)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    page.write_datetime(number, column, value, day)
                elif isinstance(value, str):
                    page.write_string(number, column, UNPRINTABLE.sub("", value)[:LONGEST_CELL])
                elif value is not None:
                    page.write_number(number, column, value)
    return target.getvalue()
