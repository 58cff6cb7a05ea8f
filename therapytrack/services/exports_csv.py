"""CSV that opens in a spreadsheet without running anything: text is quoted and guarded, numbers stay numbers."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
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


def csv_chunks(columns: Sequence[str], rows: Iterable[Sequence[Cell]], chunk: int = CHUNK) -> Iterator[bytes]:
    """The file in pieces of `chunk` rows, UTF-8 with a byte order mark, so that its size never stands in memory."""
    import pandas

    waiting = iter(rows)
    first = True
    while (part := list(islice(waiting, chunk))) or first:
        cells = [_column(values) for values in zip(*part, strict=True)] or [[] for _ in columns]
        frame = pandas.DataFrame(dict(enumerate(cells)), dtype=object)
        header = [guarded(one) for one in columns] if first else False
        text = frame.to_csv(index=False, header=header, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        yield ((BOM if first else "") + text).encode()
        first = False


def _column(values: Sequence[Cell]) -> list[Cell]:
    """One column's cells; text that repeats, as it mostly does, is looked at once."""
    kinds = set(map(type, values))
    if kinds == {str}:
        safe = {text: guarded(str(text)) for text in set(values)}
        return [safe[text] for text in values]
    if kinds <= {int, float, type(None)}:
        return list(values)
    return [_cell(value) for value in values]


def _cell(value: Cell) -> Cell:
    if isinstance(value, str):
        return guarded(value)
    return value.isoformat() if isinstance(value, date) else value
