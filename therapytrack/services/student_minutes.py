"""A student's mandates with what was given of each in the period that runs: the ledger's lines in the page's words."""

from collections.abc import Iterable
from dataclasses import dataclass

from therapytrack.domain.dates import long_date, short_date
from therapytrack.domain.ledger import Line


@dataclass(frozen=True, slots=True)
class MinutesLine:
    """One mandate, or several that are counted together, in the period that runs; minutes are whole."""

    asked: str
    days: str
    provided: int
    allowable: int
    made_up: int
    expected: int
    behind: int


def minutes_lines(lines: Iterable[Line]) -> list[MinutesLine]:
    """The lines of a running ledger."""
    return [
        MinutesLine(
            asked="; ".join(one.words for one in line.claim.mandates),
            days=f"{short_date(line.period.start)} to {long_date(line.period.end)}",
            provided=line.sums.provided,
            allowable=line.sums.allowable,
            made_up=line.sums.made_up,
            expected=line.sums.expected,
            behind=line.sums.behind,
        )
        for line in lines
    ]
