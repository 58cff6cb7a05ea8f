"""What the page of minutes is asked to show, as its address says it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from therapytrack.domain.calendar_form import school_year, school_year_of, school_year_words
from therapytrack.domain.dates import MONTHS, long_date, short_date
from therapytrack.domain.minutes import Mandate, Per, Period, period_of

BY = {"student": "Student", "clinician": "Clinician", "school": "School", "workspace": "All together"}
WHOSE = {"all": "All", "active": "On the caseload", "archived": "Archived"}
SPANS = {"running": "Current", "week": "Week", "month": "Month", "quarter": "Quarter", "year": "School year"}
PAGE_SIZE = 60
# Beyond it no ledger is asked for, and no calendar goes.
REACH = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class MinutesChoice:
    """Whose sums, of which kind of period, the one that `on` falls in; `student`: the id of one to be explained.

    `whose`: every student, those of the caseload alone, or archived ones.
    """

    by: str = "student"
    span: str = "running"
    on: str = ""
    student: str = ""
    page: int = 0
    whose: str = "all"

    def day(self, today: date) -> date:
        """A day of the period."""
        return date.fromisoformat(self.on) if self.on else today

    def period(self, today: date) -> Period | None:
        """The days to look at; None for the running period of each mandate."""
        return None if self.span == "running" else _period(self.span, self.day(today))

    def words(self, today: date) -> str:
        """The period in words: "Nov 23 – Nov 29, 2026", "Nov 2026", "2026–27"."""
        period = self.period(today)
        if period is None:
            return f"The current period of each mandate, {long_date(today)}"
        if self.span == "year":
            return f"School year {school_year_words(period.start.year)}"
        if self.span == "month":
            return f"{MONTHS[period.start.month - 1]} {period.start.year}"
        return f"{short_date(period.start)} – {long_date(period.end)}"

    def moved(self, today: date, steps: int) -> "MinutesChoice":
        """The period before (-1) or after (1)."""
        period = self.period(today)
        if period is None:
            return self
        day = period.start - timedelta(days=1) if steps < 0 else period.end + timedelta(days=1)
        return replace(self, on=day.isoformat(), page=0) if abs(day - today) <= REACH else self

    def href(self, path: str = "/minutes", **changes: Any) -> str:
        """The address of this choice with `changes`."""
        chosen = {name: changes.get(name, getattr(self, name)) for name in USUAL}
        values = {name: value for name, value in chosen.items() if value != USUAL[name]}
        return f"{path}?{urlencode(values)}" if values else path


USUAL = asdict(MinutesChoice())


def parse_choice(asked: Mapping[str, str], today: date) -> MinutesChoice:
    """What an address asks for; what it does not say, or says wrongly, is the default."""
    by, span = asked.get("by", ""), asked.get("span", "")
    page, whose = asked.get("page", ""), asked.get("whose", "")
    return MinutesChoice(
        by if by in BY else "student",
        span if span in SPANS else "running",
        _day(asked.get("on", ""), today),
        asked.get("student", "")[:36],
        int(page) if page.isascii() and page.isdigit() and len(page) < 4 else 0,
        whose if whose in WHOSE else "all",
    )


def _day(text: str, today: date) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return ""
    return day.isoformat() if abs(day - today) <= REACH else ""


def _period(span: str, day: date) -> Period:
    if span == "year":
        return Period(*school_year(school_year_of(day)))
    return period_of(Mandate(1, 1, Per(span), day), day)
