"""One student's summary as data: what every rendering of it (PDF, page, draft) says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from therapytrack.domain.date_range import DateRange
from therapytrack.domain.dates import long_date
from therapytrack.domain.draft_facts import count as numbered
from therapytrack.domain.goal_chart import ChartRow, GoalChart
from therapytrack.domain.points import Metric


@dataclass(frozen=True, slots=True)
class GoalSummary:
    """One goal: its words, the chart of all data up to the last day, and the points within the range."""

    number: int
    label: str
    text: str
    mastery: str
    versions: str
    chart: GoalChart
    rows: tuple[ChartRow, ...]

    @property
    def has_intervals(self) -> bool:
        """Whether any point has a 95% interval; else a table has no column for it."""
        return any(row.interval for row in self.rows)

    @property
    def told(self) -> bool:
        """Whether the goal is told in words, which need lines of their own."""
        return self.chart.metric is Metric.NOTHING


@dataclass(frozen=True, slots=True)
class StudentSummary:
    """Everything that a summary says. `attendance` counts sessions by what happened, `minutes` were delivered."""

    student: str
    local_number: str
    grade: str
    school: str
    range: DateRange
    goals: tuple[GoalSummary, ...]
    attendance: tuple[tuple[str, int], ...]
    minutes: int
    author: str
    workspace: str
    made_on: date

    @property
    def title(self) -> str:
        """What the document is called: never the student's name, which would show in windows and file lists."""
        return f"Progress summary, {self.range.words}"

    @property
    def about(self) -> tuple[tuple[str, str], ...]:
        """The lines under the name: what, value."""
        lines = [
            ("Student number", self.local_number),
            ("Grade", self.grade),
            ("School", self.school),
            ("Period", self.range.words),
            ("Prepared by", f"{self.author}, {self.workspace}"),
            ("Prepared on", long_date(self.made_on)),
        ]
        return tuple((what, value) for what, value in lines if value)

    @property
    def service_sentence(self) -> str:
        """Attendance and minutes in one sentence."""
        return service_words(self.attendance, self.minutes)


def service_words(attendance: Sequence[tuple[str, int]], minutes: int) -> str:
    """Sessions by what happened, and the minutes delivered, in one sentence."""
    if not attendance:
        return "No session is documented in this period."
    counts = ", ".join(f"{words.lower()} {count}" for words, count in attendance)
    sessions = sum(count for _, count in attendance)
    return f"{numbered(sessions, 'session')} ({counts}), {numbered(minutes, 'minute')} delivered."
