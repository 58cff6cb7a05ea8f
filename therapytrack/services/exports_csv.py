"""CSV that opens in a spreadsheet without running anything: text is quoted and guarded, numbers stay numbers."""

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice

Cell = str | int | float | date | None

# What a spreadsheet may take for a formula, at the start or behind blanks that it strips (OWASP ASVS 5.0, 1.2.10).
FORMULA = re.compile("[\\s\u200b-\u200f\u2060\ufeff]*[=+\\-@\uff1d\uff0b\uff0d\uff20\\t\\r\\n]")
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
BOM = "\ufeff"
CHUNK = 2000


def guarded(text: str) -> str:
    """`text` as a cell that stays text: control characters out, an apostrophe before what could be a formula."""
    if text.isalnum():
        return text
    clean = UNPRINTABLE.sub("", text)
    return f"'{clean}" if FORMULA.match(clean) else clean


def csv_chunks(columns: Sequence[str], rows: Sequence[Sequence[Cell]], chunk: int = CHUNK) -> Iterator[bytes]:
    """The file in pieces of `chunk` rows, UTF-8 with a byte order mark, so that its size never stands in memory."""
    import pandas

    known: dict[str, str] = {}

    def cell(value: Cell) -> Cell:
        if isinstance(value, str):
            if value not in known:
                known[value] = guarded(value)
            return known[value]
        return value.isoformat() if isinstance(value, date) else value

    waiting = iter(rows)
    first = True
    while (part := [[cell(value) for value in row] for row in islice(waiting, chunk)]) or first:
        frame = pandas.DataFrame(part, columns=list(columns), dtype=object)
        text = frame.to_csv(index=False, header=first, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        yield ((BOM if first else "") + text).encode()
        known.clear()
        first = False
