"""A student's mandates with what was given of each in the period that runs: the ledger's lines in the page's words."""

from collections.abc import Iterable
from dataclasses import dataclass
from sys import intern

from therapytrack.domain.dates import short_date, span_words
from therapytrack.domain.ledger import Line
from therapytrack.services.caseload import StudentFacts, minutes_of

PERIOD_WORDS = {"week": "this week", "month": "this month", "quarter": "this quarter", "year": "this IEP year"}


@dataclass(frozen=True, slots=True)
class MinutesView:
    """Minutes of the running `period`; `share` and `pace` are lengths of the bar; `due` "" without a mandate.

    `made_up` of those that are done were given in make-ups; `more` mandates run beside this one; `short`: what will be
    missing, and by when, at the present schedule ("" for nothing, and where no forecast was made).
    """

    done: int = 0
    due: str = ""
    share: str = "0%"
    pace: str = "0%"
    behind: int = 0
    made_up: int = 0
    more: int = 0
    period: str = ""
    short: str = ""


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


def minutes_view(facts: StudentFacts) -> MinutesView:
    """The minutes as a bar and its words, with the forecast where the facts were read for one."""
    status, line = minutes_of(facts), facts.line
    if status is None or line is None:
        return MinutesView()
    return MinutesView(
        status.delivered,
        intern(f"{status.mandated} min"),
        intern(f"{status.percent_of_mandate(status.delivered)}%"),
        intern(f"{status.percent_of_mandate(status.expected_by_now)}%"),
        status.behind,
        line.sums.made_up,
        len(facts.lines) - 1,
        PERIOD_WORDS[line.claim.per],
        intern(f"{line.sums.short} short by {short_date(line.span.end)}") if facts.foreseen and line.sums.short else "",
    )


def minutes_lines(lines: Iterable[Line]) -> list[MinutesLine]:
    """The lines of a running ledger."""
    return [
        MinutesLine(
            asked="; ".join(one.words for one in line.claim.mandates),
            days=span_words(line.period.start, line.period.end),
            provided=line.sums.provided,
            allowable=line.sums.allowable,
            made_up=line.sums.made_up,
            expected=line.sums.expected,
            behind=line.sums.behind,
        )
        for line in lines
    ]
